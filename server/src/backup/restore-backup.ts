import { setTimeout as sleep } from 'node:timers/promises';
import { runMigrations as runJobMigrations, Logger as JobLogger } from 'graphile-worker';
import pg from 'pg';
import { CommandError } from '../command/command-error.ts';
import { migrationLock, readMigrations, requireVersion } from '../db/migrate.ts';
import { newUuid } from '../db/new-id.ts';
import { failPoint } from '../work/fail-point.ts';
import {
  BackupFileError,
  type BackupHeader,
  type BackupEnd,
  type BackupRecord,
  type BackupTable,
  readBackup,
} from './backup-file.ts';
import { clearDatabase, suspendChecks } from './clear-database.ts';
import { copyIn } from './copy.ts';
import { restoreMark, type RestoreMark } from './record-restore.ts';
import { columnsOf, nameOf } from './take-backup.ts';

type Asked = {
  readonly file: string;
  readonly migrationsFolder: string;
  /** What stands in the database goes. */
  readonly isReplacing: boolean;
  /** Fingerprint of the root key that the next start has. */
  readonly rootKeyId: string;
};
export type Inspected = { header: BackupHeader; tables: number; bytes: number };
export type Restored = Inspected & { id: string };

/** The head of a whole backup: it is read to its end first, so that nothing is begun with half a file. */
export async function inspectBackup(file: string): Promise<Inspected> {
  let header: BackupHeader | undefined;
  let bytes = 0;
  let tables = 0;
  try {
    for await (const record of readBackup(file)) {
      if (record.type === 'header') header = record.value;
      else if (record.type === 'rows') bytes += record.chunk.length;
      else if (record.type === 'table') tables += 1;
    }
  } catch (error) {
    if (error instanceof BackupFileError) throw new CommandError(`${file} ${error.message}. Nothing was changed.`);
    throw error;
  }
  if (header === undefined) throw new CommandError(`${file} has no head. Nothing was changed.`);
  return { header, tables, bytes };
}

/**
 * Puts a backup into the database at `url`, all of it or nothing: schema, rows and the mark that this was a restore are one
 * transaction. `recordRestore` makes of the mark what the app shows, once the schema is that of this version.
 */
export async function restoreBackup(url: string, asked: Asked): Promise<Restored> {
  const inspected = await inspectBackup(asked.file);
  requireRootKey(inspected.header, asked);
  const migrations = await migrationsOf(inspected.header, asked.migrationsFolder);
  const id = newUuid();
  const client = new pg.Client({ connectionString: url, application_name: 'restore of stoa' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('set statement_timeout = 0');
    // A Stoa that is started meanwhile waits for it.
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await requireVersion(client);
    await requireNobody(client);
    const isEmpty = await requireOurs(client, asked.isReplacing);
    // Its schema is the same for everybody; it stays empty where the rest fails.
    await runJobMigrations({ connectionString: url, logger: new JobLogger(() => () => {}) });
    await client.query('begin');
    try {
      if (!isEmpty) await clearDatabase(client);
      await makeSchema(client, migrations);
      const resume = await suspendChecks(client);
      await load(client, asked.file);
      await resume();
      await leaveMark(client, { ...inspected, id });
      // Somebody who came since then holds what is being dropped, or would go on with what was.
      await requireNobody(client);
      failPoint('restore.beforeCommit');
      await client.query('commit');
      failPoint('restore.afterCommit');
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    }
    return { ...inspected, id };
  } finally {
    await client.end().catch(() => {});
  }
}

function requireRootKey({ rootKeyIds }: BackupHeader, { rootKeyId }: Asked): void {
  const foreign = rootKeyIds.find((id) => id !== rootKeyId);
  if (foreign === undefined) return;
  throw new CommandError(
    `the secrets in this backup were sealed with root key ${foreign}, and the root key given here is ${rootKeyId}. ` +
      'Give the root key of that time (STOA_SECRET_KEY, STOA_SECRET_KEY_FILE, or secret.key in STOA_DATA_DIR). Nothing was changed.',
  );
}

async function migrationsOf(header: BackupHeader, folder: string) {
  const known = new Map((await readMigrations(folder)).map((one) => [one.name, one]));
  return header.migrations.map(({ name, digest }) => {
    const found = known.get(name);
    if (found === undefined || found.digest !== digest)
      throw new CommandError(
        `the backup was taken by another version of Stoa (${name}); restore it with that one or a newer one. Nothing was changed.`,
      );
    return found;
  });
}

async function leaveMark(client: pg.Client, { id, header, tables, bytes }: Restored): Promise<void> {
  const { takenAt, installationId } = header;
  const mark: RestoreMark = { id, takenAt, tables, bytes, installationId };
  await client.query(
    'insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
    [restoreMark, JSON.stringify(mark)],
  );
}

type Session = { pid: number; login: string | null; name: string | null };

/**
 * Any other session on the database, whatever it calls itself, may be a Stoa. One that only waits to migrate does not count: it
 * has done nothing yet. A session that is just ending (one of ours, of a Stoa that was stopped) is given the time for it.
 */
async function requireNobody(client: pg.Client): Promise<void> {
  let somebody: Session | undefined;
  for (let looks = 0; looks < 20; looks += 1) {
    if (looks > 0) await sleep(100);
    // Within a transaction the answer would be that of the first look.
    await client.query('select pg_stat_clear_snapshot()');
    const { rows } = await client.query<Session>(
      `select pid, usename as login, application_name as name from pg_stat_activity a
      where datname = current_database() and pid <> pg_backend_pid() and usesysid is not null
        and coalesce(backend_type, 'client backend') = 'client backend'
        and not exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory' and not l.granted
          and (l.classid::bigint << 32) | l.objid::bigint = $1)
      order by pid limit 1`,
      [migrationLock],
    );
    somebody = rows[0];
    if (somebody === undefined) return;
  }
  const { pid, login, name } = somebody ?? {};
  throw new CommandError(
    `somebody is on this database (${name ? `"${name}"` : 'a session'} of ${login}, pid ${pid}): a Stoa that runs, or another program. ` +
      'Stop every one of them first. Nothing was changed.',
  );
}

/** Whether the database is empty. One that holds Stoa is replaced when that was said; one that holds something else never. */
async function requireOurs(client: pg.Client, isReplacing: boolean): Promise<boolean> {
  const { rows } = await client.query<{ full: boolean; ours: boolean }>(`select
    exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')) as full,
    to_regclass('public.stoa_migration') is not null as ours`);
  if (rows[0]?.full !== true) return true;
  if (rows[0].ours !== true)
    throw new CommandError('this database holds something that is not Stoa. Nothing was changed; name an empty one.');
  if (!isReplacing)
    throw new CommandError(
      'this database holds a Stoa already. Nothing was changed; repeat with --replace to put the backup in its place.',
    );
  return false;
}

async function makeSchema(client: pg.Client, migrations: readonly { name: string; digest: string; sql: string }[]) {
  await client.query(`create table stoa_migration (
    name text primary key, digest text not null, applied_at timestamptz not null default now())`);
  for (const { name, digest, sql } of migrations) {
    await client.query(sql);
    await client.query('insert into stoa_migration (name, digest) values ($1, $2)', [name, digest]);
  }
}

async function load(client: pg.Client, file: string): Promise<void> {
  const records = readBackup(file);
  let next = await records.next();
  while (!next.done) {
    const record: BackupRecord = next.value;
    if (record.type === 'table') next = await loadTable(client, record.value, records);
    else {
      if (record.type === 'end') await setSequences(client, record.value);
      next = await records.next();
    }
  }
  // Whoever held a job is gone.
  await client.query(`update graphile_worker._private_jobs set locked_at = null, locked_by = null where locked_by is not null;
    update graphile_worker._private_job_queues set locked_at = null, locked_by = null where locked_by is not null`);
}

/** Answers the record after the table's rows. */
async function loadTable(client: pg.Client, table: BackupTable, records: AsyncGenerator<BackupRecord>) {
  const state: { after?: IteratorResult<BackupRecord> } = {};
  async function* rows(): AsyncGenerator<Buffer> {
    for (;;) {
      const one = await records.next();
      if (one.done === true || one.value.type !== 'rows') {
        state.after = one;
        return;
      }
      yield one.value.chunk;
    }
  }
  await copyIn(client, `copy ${nameOf(table)} (${columnsOf(table)}) from stdin`, rows());
  return state.after ?? records.next();
}

async function setSequences(client: pg.Client, { sequences }: BackupEnd): Promise<void> {
  for (const { schema, name, value, called } of sequences)
    await client.query('select setval(to_regclass($1), $2::bigint, $3) where to_regclass($1) is not null', [
      nameOf({ schema, name }),
      value,
      called,
    ]);
}
