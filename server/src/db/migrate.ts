import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runMigrations as runJobMigrations, Logger as JobLogger } from 'graphile-worker';
import pg from 'pg';
import { SettingsError } from '../config.ts';
import { allKinds, storedOf } from '../secrets/stored-secrets.ts';
import { applicationRole } from './pool.ts';

/** Any number no other program is likely to take; replicas that start together queue here. */
export const migrationLock = 7_305_201_945;

const silentJobLogger = new JobLogger(() => () => {});

export type Migration = { name: string; sql: string; digest: string };

export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), 'utf8');
      return { name, sql, digest: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Brings the database to the newest schema, one transaction per migration, and gives the application role what it needs.
 * Runs as the owner of the database. Refuses to start when an applied migration was edited, or is unknown to this version.
 */
export async function migrate(url: string, folder: string): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: url, application_name: 'stoa migrate' });
  // Without a listener a connection that is cut would end the process past the sentence that says why.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await requireVersion(client);
    const applied = await applyMigrations(client, migrations);
    await prepareApplicationRole(client);
    await runJobMigrations({ connectionString: url, logger: silentJobLogger });
    await grantToApplicationRole(client);
    await guardSecrets(client);
    return { applied };
  } finally {
    await client.end();
  }
}

export async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ v: number; f: string; s: string }>(
    `select current_setting('server_version_num')::int v, current_setting('fsync') f, current_setting('synchronous_commit') s`,
  );
  const row = rows[0];
  if (!row || row.v < 150_000) throw new SettingsError('DATABASE_URL', 'needs PostgreSQL 15 or newer');
  if (process.env['STOA_ALLOW_UNSAFE_DATABASE'] === 'on') return;
  if (row.f !== 'on' || row.s === 'off') {
    throw new SettingsError(
      'DATABASE_URL',
      'points to a server with fsync or synchronous_commit off; a decision could be lost',
    );
  }
}

async function applyMigrations(client: pg.Client, migrations: Migration[]): Promise<string[]> {
  await client.query(`create table if not exists stoa_migration (
    name text primary key, digest text not null, applied_at timestamptz not null default now())`);
  const { rows } = await client.query<{ name: string; digest: string }>('select name, digest from stoa_migration');
  const known = new Map(migrations.map((m) => [m.name, m.digest]));
  for (const row of rows) {
    const digest = known.get(row.name);
    if (digest === undefined)
      throw new SettingsError('DATABASE_URL', `was migrated by a newer Stoa (${row.name}); start that version`);
    if (digest !== row.digest)
      throw new SettingsError('DATABASE_URL', `holds another version of the migration ${row.name}`);
  }
  const done = new Set(rows.map((row) => row.name));
  const applied: string[] = [];
  for (const migration of migrations.filter((m) => !done.has(m.name))) {
    await client.query('begin');
    try {
      await client.query(migration.sql);
      await client.query('insert into stoa_migration (name, digest) values ($1, $2)', [
        migration.name,
        migration.digest,
      ]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
    applied.push(migration.name);
  }
  return applied;
}

async function prepareApplicationRole(client: pg.Client): Promise<void> {
  try {
    await client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${applicationRole}') then create role ${applicationRole} nologin; end if;
    exception when duplicate_object or unique_violation then null; end $$`);
    await client.query(`do $$ begin
      if not pg_has_role(current_user, '${applicationRole}', 'MEMBER') then grant ${applicationRole} to current_user; end if;
    end $$`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError(
      'DATABASE_URL',
      `may not create the role ${applicationRole} (${reason}); run once as an administrator: ` +
        `CREATE ROLE ${applicationRole} NOLOGIN; GRANT ${applicationRole} TO <the user of DATABASE_URL>;`,
    );
  }
}

/** The application may read and write its tables, but only append to those that prove what happened. */
async function grantToApplicationRole(client: pg.Client): Promise<void> {
  await client.query(`
    grant usage on schema public, graphile_worker to ${applicationRole};
    grant select, insert, update, delete on all tables in schema public, graphile_worker to ${applicationRole};
    grant usage, select, update on all sequences in schema public, graphile_worker to ${applicationRole};
    grant execute on all functions in schema graphile_worker to ${applicationRole};
    revoke update, delete, truncate on audit_event, audit_seal, audit_checkpoint, determination, data_use_agreement_version, agreement_acceptance, policy_version from ${applicationRole};
    revoke insert, update, delete on stoa_migration from ${applicationRole};
    revoke execute on function refresh_statistics() from public;
    grant execute on function refresh_statistics() to ${applicationRole};
  `);
  // The job library turns row-level security on for its tables, without a policy: only their owner would see a row.
  await client.query(`do $$ declare t record; begin
    for t in select c.oid::regclass as name from pg_class c
      where c.relnamespace = 'graphile_worker'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
        and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = '${applicationRole}')
    loop
      execute format('create policy ${applicationRole} on %s to ${applicationRole} using (true) with check (true)', t.name);
    end loop;
  end $$`);
}

/** No secret is stored under a data key that has retired, wherever secrets of a kind are kept. */
async function guardSecrets(client: pg.Client): Promise<void> {
  const guarded = new Map<string, { columns: Set<string>; paths: Set<string> }>();
  for (const stored of allKinds.flatMap(storedOf)) {
    const of = guarded.get(stored.table) ?? { columns: new Set(), paths: new Set() };
    of.columns.add(stored.path.split('.')[0] ?? stored.path);
    of.paths.add(stored.path);
    guarded.set(stored.table, of);
  }
  for (const [table, { columns, paths }] of guarded) {
    const args = [...paths].map((path) => pg.escapeLiteral(path)).join(', ');
    const wanted = `create trigger known_data_key before insert or update of ${[...columns].join(', ')} on ${table}
      for each row execute function refuse_unknown_data_key(${args})`;
    // Made anew only where it is another one, since that waits for whoever writes to the table.
    const { rows } = await client.query<{ comment: string | null }>(
      `select obj_description(oid, 'pg_trigger') as comment from pg_trigger where tgrelid = $1::regclass and tgname = 'known_data_key'`,
      [table],
    );
    if (rows[0]?.comment === args) continue;
    await client.query(`begin; drop trigger if exists known_data_key on ${table}; ${wanted};
      comment on trigger known_data_key on ${table} is ${pg.escapeLiteral(args)}; commit`);
  }
}
