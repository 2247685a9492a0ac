import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { recordBackup } from '../backup/record-backup.ts';
import { type Taken, takeBackup } from '../backup/take-backup.ts';
import { readConfig } from '../config.ts';
import { applicationRole, openDatabase, openPool } from '../db/pool.ts';
import { createLog } from '../log.ts';
import { requireRootKey } from '../secrets/root-key.ts';
import { reachDatabase } from './application-database.ts';
import { CommandError, tell } from './command-error.ts';

const usage = 'Usage: stoa backup <file> [--with-root-key]';

/** `stoa backup`: everything the database holds at one moment, while everything runs. */
export async function runBackup(args: readonly string[]): Promise<void> {
  const { file, withRootKey } = readArguments(args);
  if (await stat(file).catch(() => undefined)) throw new CommandError(`${file} is there already. Nothing was written.`);
  const folder = dirname(file);
  await access(folder, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'is not there' : `cannot be written to (${error.code})`;
    throw new CommandError(`The folder ${folder} ${why}. Nothing was written; make it, or name a file elsewhere.`);
  });
  const config = readConfig(process.env);
  const root = await requireRootKey(config);
  const reached = await reachDatabase(config);
  try {
    const taken = await takeBackup(reached.url, {
      file,
      rootKey: withRootKey ? root.bytes.toString('base64') : undefined,
    });
    await record(reached.url, taken, { file, withRootKey });
    tell(
      `${file} holds the database as of ${taken.takenAt}: ${taken.tables} tables, ${taken.bytes} bytes before compression.`,
    );
    tell(
      withRootKey
        ? 'The root key IS in it: whoever has this file can read every stored secret.'
        : `The root key (${root.id}) is NOT in it. Keep that apart: without it the stored secrets of this backup cannot be read.`,
    );
  } finally {
    await reached.stop();
  }
}

/** A backup that the audit does not know of is whole all the same, and may be the only one. */
async function record(url: string, taken: Taken, more: { file: string; withRootKey: boolean }): Promise<void> {
  const db = openDatabase(openPool({ url, max: 1, log: createLog('silent'), role: applicationRole }));
  try {
    await recordBackup(db, taken, more);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${more.file} is whole, but the audit could not be told of it (${reason}).`);
  } finally {
    await db.destroy();
  }
}

function readArguments(args: readonly string[]): { file: string; withRootKey: boolean } {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      options: { 'with-root-key': { type: 'boolean' } },
      allowPositionals: true,
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new Error('name one file');
    return { file: resolve(file), withRootKey: values['with-root-key'] === true };
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : String(error)}. ${usage}`, 2);
  }
}
