import { parseArgs } from 'node:util';
import type { DataKeys } from '@stoa/contract/data-key';
import { appendAudit, type AuditActor } from '../audit/append.ts';
import { readConfig } from '../config.ts';
import type { Db, Tx } from '../db/pool.ts';
import { createLog } from '../log.ts';
import { describeKeys } from '../secrets/describe-keys.ts';
import { type KeyRing, openKeyRing } from '../secrets/key-ring.ts';
import { rejected, sentenceOf } from '../secrets/report-tampering.ts';
import { rewrapKeys } from '../secrets/rewrap.ts';
import { requireRootKey, readKeyFile } from '../secrets/root-key.ts';
import { beginRotation, finishRotation, isRotationOpen, type Rotated } from '../secrets/rotate.ts';
import { installationId } from '../settings-store.ts';
import { openApplicationDatabase } from './application-database.ts';
import { CommandError, print, tell } from './command-error.ts';

const usage = 'Usage: stoa keys list | rotate | rewrap --to <file with the new root key>';

/** `stoa keys`: the keys of stored secrets, on the server's host. */
export async function runKeys(args: readonly string[]): Promise<void> {
  const { positionals, values } = readArguments(args);
  const [act = '', ...more] = positionals;
  if (
    !['list', 'rotate', 'rewrap'].includes(act) ||
    more.length > 0 ||
    (act === 'rewrap') !== (values.to !== undefined)
  )
    throw new CommandError(usage, 2);
  const config = readConfig(process.env);
  const database = await openApplicationDatabase(config);
  const { db } = database;
  try {
    const owner = { root: await requireRootKey(config), installationId: await installationId(db) };
    const log = createLog('silent');
    const ring = await openKeyRing({ db, log, ...owner });
    const unopened = act === 'rotate' ? await rotate(db, ring) : [];
    if (values.to !== undefined) await rewrap(db, ring, values.to);
    show(await describeKeys(db));
    if (unopened.length > 0) throw new CommandError(sentenceOf(unopened));
  } finally {
    await database.close();
  }
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { to: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : String(error)}. ${usage}`, 2);
  }
}

async function rotate(db: Db, ring: KeyRing): Promise<Rotated['unopened']> {
  if (await isRotationOpen(db, ring)) tell('a rotation that has not ended is carried on.');
  else
    await db.transaction().execute(async (tx) => {
      const begun = await beginRotation(tx, ring);
      if (begun === 'foreign') throw new CommandError('the root key was changed meanwhile; give the new one.');
      if (begun === 'begun') await record(tx, { command: 'stoa keys rotate' });
    });
  return finish(db, ring, 'stoa keys rotate');
}

/** Answers what does not open; the audit names it. */
async function finish(db: Db, ring: KeyRing, command: string): Promise<Rotated['unopened']> {
  const { moved, unopened, retired } = await finishRotation(db, ring, {
    progress: async ({ done, total }) => {
      if (total > 0) tell(`${done} of ${total} secrets are sealed with the new keys.`);
    },
  });
  await db.transaction().execute((tx) =>
    appendAudit(
      tx,
      unopened.map((one) => rejected(one, { command })),
    ),
  );
  tell(`${moved} secrets were sealed anew; ${retired} keys are retired.`);
  return unopened;
}

/** The root key changes; secrets of the first form, which hang on it directly, get a data key first. */
async function rewrap(db: Db, ring: KeyRing, file: string): Promise<void> {
  const to = await readKeyFile(file, '--to');
  if (to.id === ring.owner.root.id) throw new CommandError('that is the root key in use. Nothing was changed.');
  const unopened = await finish(db, ring, 'stoa keys rewrap');
  const wrapped = await rewrapKeys(db, ring.owner, { to, actor });
  tell(`${wrapped} data keys are wrapped with root key ${to.id}. Give it to every Stoa of this database now:`);
  tell(
    `replace what ${ring.owner.root.from} gives by it, and start again. A Stoa that runs goes on until it is stopped.`,
  );
  // They did not open before either: that is no reason to keep a root key which has to go.
  if (unopened.length > 0) tell(sentenceOf(unopened));
}

const actor: AuditActor = { type: 'SYSTEM_ACTOR', id: 'stoa', name: 'stoa keys' };
const record = (tx: Tx, payload: Record<string, unknown>): Promise<void> =>
  appendAudit(tx, {
    action: 'DataKeysRotated',
    actor,
    targetType: 'DATA_KEY',
    targets: [{ id: 'data-keys', name: 'Data keys' }],
    payload,
  });

function show({ rootKeyId, kinds }: DataKeys): void {
  print(`root key ${rootKeyId}`);
  for (const { kind, title, firstForm, keys } of kinds) {
    print(`${kind}  (${title})`);
    for (const key of keys) {
      const since = key.retiredAt ?? key.replacedAt ?? key.activatedAt ?? key.createdAt;
      print(`  ${key.id}  ${key.state.padEnd(11)}  ${String(key.secrets).padStart(6)} secrets  since ${since}`);
    }
    if (firstForm > 0)
      print(`  (no data key yet)        ${String(firstForm).padStart(6)} secrets; stoa keys rotate moves them`);
  }
}
