import pg from 'pg';
import { BackupWriter, type BackupTable } from './backup-file.ts';
import { copyOut } from './copy.ts';

/** Rows that mean nothing later: who is signed in, which processes live, what is being counted. */
const withoutRows = [
  'session',
  'replica',
  'rate_count',
  'live_event',
  'crawl_object',
  'slack_install_state',
  'pending_sign_in',
];
/** Of the job library what makes a job; its own schema it makes itself. */
const jobTables = ['_private_tasks', '_private_job_queues', '_private_jobs', '_private_known_crontabs'];

export type Taken = { takenAt: string; tables: number; bytes: number };

/** Everything that one moment's snapshot holds, as one file. Reads alone; nobody waits for it. */
export async function takeBackup(
  url: string,
  { file, rootKey }: { file: string; rootKey?: string | undefined },
): Promise<Taken> {
  const client = new pg.Client({ connectionString: url, application_name: 'backup of stoa' });
  client.on('error', () => {});
  await client.connect();
  const writer = new BackupWriter(file);
  try {
    await client.query(`set timezone = 'UTC'; set extra_float_digits = 3; set statement_timeout = 0`);
    await client.query('begin isolation level repeatable read, read only');
    const header = await readHeader(client);
    await writer.header(rootKey === undefined ? header : { ...header, rootKey });
    const tables = await listTables(client);
    for (const table of tables) {
      await writer.table(table);
      await copyOut(client, `copy ${nameOf(table)} (${columnsOf(table)}) to stdout`, (chunk) => writer.rows(chunk));
    }
    await writer.finish({ sequences: await readSequences(client), tables: tables.length });
    return { takenAt: header.takenAt, tables: tables.length, bytes: writer.bytes };
  } catch (error) {
    await writer.abandon();
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

export const nameOf = ({ schema, name }: Pick<BackupTable, 'schema' | 'name'>): string =>
  `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
export const columnsOf = ({ columns }: BackupTable): string =>
  columns.map((one) => pg.escapeIdentifier(one)).join(', ');

async function readHeader(client: pg.Client) {
  const { rows: migrations } = await client.query<{ name: string; digest: string }>(
    'select name, digest from stoa_migration order by name',
  );
  const { rows } = await client.query<{
    taken: Date;
    installation: string;
    roots: string[] | null;
  }>(`select now() as taken,
    (select value ->> 'id' from setting where name = 'installation') as installation,
    (select array_agg(distinct root_key_id) from data_key where root_key_id is not null) as roots`);
  const row = rows[0];
  if (row === undefined) throw new Error('the database did not answer');
  return {
    takenAt: row.taken.toISOString(),
    installationId: row.installation,
    rootKeyIds: row.roots ?? [],
    migrations,
  };
}

async function listTables(client: pg.Client): Promise<BackupTable[]> {
  const { rows } = await client.query<BackupTable>(
    `select n.nspname as schema, c.relname as name,
      (select json_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and (
      (n.nspname = 'public' and c.relname <> 'stoa_migration' and c.relname <> all ($1))
      or (n.nspname = 'graphile_worker' and c.relname = any ($2)))
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    order by 1, 2`,
    [withoutRows, jobTables],
  );
  return rows;
}

async function readSequences(client: pg.Client) {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'S' and n.nspname in ('public', 'graphile_worker') order by 1, 2`,
  );
  const sequences = [];
  for (const { schema, name } of rows) {
    const { rows: now } = await client.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${nameOf({ schema, name })}`,
    );
    if (now[0] !== undefined) sequences.push({ schema, name, ...now[0] });
  }
  return sequences;
}
