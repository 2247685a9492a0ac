import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Difference, lookBeyond } from '../backup/look-beyond.ts';
import { recordCompared, recordLooked, recordRestore } from '../backup/record-restore.ts';
import { inspectBackup, restoreBackup, type Restored } from '../backup/restore-backup.ts';
import { type Config, readConfig } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { applicationRole, openDatabase, openPool } from '../db/pool.ts';
import { writeNewFile } from '../durable-file.ts';
import { createLog } from '../log.ts';
import { createPlatforms } from '../provisioning/platforms.ts';
import { openKeyRing } from '../secrets/key-ring.ts';
import { requireRootKey } from '../secrets/root-key.ts';
import { installationId } from '../settings-store.ts';
import { failPoint } from '../work/fail-point.ts';
import { reachDatabase } from './application-database.ts';
import { CommandError, print, tell } from './command-error.ts';

const usage = 'Usage: stoa restore <file> [--replace] [--root-key-to <file>]';
const migrationsFolder = join(process.env['STOA_ROOT'] ?? process.cwd(), 'server/migrations');

/** `stoa restore`: a backup into an empty database, or in the place of what is there; then the platforms are looked at. */
export async function runRestore(args: readonly string[]): Promise<void> {
  const asked = readArguments(args);
  if (asked.rootKeyTo !== undefined) return writeRootKey(asked.file, asked.rootKeyTo);
  const config = readConfig(process.env);
  const root = await requireRootKey(config);
  const reached = await reachDatabase(config, { isMade: true });
  try {
    const { file, isReplacing } = asked;
    const restored = await restoreBackup(reached.url, { file, migrationsFolder, isReplacing, rootKeyId: root.id });
    await migrate(reached.url, migrationsFolder);
    tell(`the database is that of ${restored.header.takenAt} (${restored.tables} tables). Everybody signs in again.`);
    await compare(reached.url, config, restored);
    tell(
      'Start Stoa now: it takes away what is beyond the backup and gives what is missing. Settings → Restores lists it.',
    );
    tell('What was decided after the backup is gone: also accounts and tokens that were ended since are as they were.');
  } finally {
    await reached.stop();
  }
}

/** The restore is recorded before anything is looked at: what fails from then on loses nothing but the look. */
async function compare(url: string, config: Config, { id, header }: Restored): Promise<void> {
  const log = createLog('silent');
  const db = openDatabase(openPool({ url, max: 4, log, role: applicationRole }));
  try {
    await recordRestore(db);
    const owner = { root: await requireRootKey(config), installationId: await installationId(db) };
    const secrets = await openKeyRing({ db, log, ...owner });
    const platforms = createPlatforms({ config, db, secrets, installationId: owner.installationId });
    const found: Difference[] = [];
    try {
      for await (const looked of lookBeyond({ db, platforms, installationId: owner.installationId })) {
        await recordLooked(db, id, looked);
        failPoint('restore.looked');
        found.push(...looked.found);
        looked.found.forEach(show);
      }
      await recordCompared(db, { id, installationId: header.installationId }, found);
    } finally {
      await platforms.close();
    }
    if (found.length === 0) tell('the platforms have exactly what the backup says.');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    tell('the backup is restored. What the platforms have beyond it could not be looked at to the end:');
    throw new CommandError(`${reason}. The next start makes the platforms what the backup says all the same.`);
  } finally {
    await db.destroy();
  }
}

const words = { beyond: 'beyond the backup', missing: 'missing', unseen: 'not asked' } as const;

function show(one: Difference): void {
  const who = [one.subject && `"${one.subject}"`, one.container, one.principal, one.object].filter(
    (part) => part !== '',
  );
  print(
    `${words[one.kind]}: ${one.connection_key}: ${[who.join(', '), one.detail].filter((part) => part !== '').join(' ')}`,
  );
}

async function writeRootKey(file: string, to: string): Promise<void> {
  const { header } = await inspectBackup(file);
  if (header.rootKey === undefined) throw new CommandError(`there is no root key in ${file}.`);
  await writeNewFile(to, `${header.rootKey}\n`).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${to} cannot be written (${error.code ?? error.message}).`);
  });
  tell(`the root key of the backup is in ${to}. Nothing was restored: set STOA_SECRET_KEY_FILE to it and restore.`);
}

function readArguments(args: readonly string[]) {
  try {
    const options = { replace: { type: 'boolean' }, 'root-key-to': { type: 'string' } } as const;
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new Error('name one file');
    return { file: resolve(file), isReplacing: values.replace === true, rootKeyTo: values['root-key-to'] };
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : String(error)}. ${usage}`, 2);
  }
}
