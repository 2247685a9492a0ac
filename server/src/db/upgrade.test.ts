import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { getCurrentUser } from '@stoa/contract/auth';
import { readConnection } from '@stoa/contract/connection';
import { listDataObjects } from '@stoa/contract/data-object';
import { getTask } from '@stoa/contract/task';
import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashToken, newAccessToken } from '../http/authenticate.ts';
import { deriveKey, sealBytes } from '../secrets/seal.ts';
import { startTestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform } from '../testing/live-platform.ts';
import { callerOf } from '../testing/people.ts';
import { connectionString, createDatabase, dropDatabase } from '../testing/postgres.ts';
import { until } from '../testing/until.ts';
import { migrate, readMigrations } from './migrate.ts';

const migrations = join(import.meta.dirname, '../../migrations');
const ids = { person: randomUUID(), connection: randomUUID(), task: randomUUID(), dead: randomUUID() };
const token = newAccessToken();
let url: string;
let platform: LivePlatform;
let client: pg.Client;

beforeAll(async () => {
  process.env['STOA_ALLOW_UNSAFE_DATABASE'] = 'on';
  url = await createDatabase();
  platform = await makeLivePlatform(connectionString('postgres'));
  client = new pg.Client(url);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await platform.drop();
  await dropDatabase(url);
});

/** The schema of the first version that knew owners of data, as that version left it. */
async function migrateToFormer(): Promise<void> {
  await client.query(
    `create table stoa_migration (name text primary key, digest text not null, applied_at timestamptz not null default now())`,
  );
  for (const { name, sql, digest } of await readMigrations(migrations)) {
    if (name > '0023_data_owners.sql') continue;
    await client.query(sql);
    await client.query('insert into stoa_migration (name, digest) values ($1, $2)', [name, digest]);
  }
  await runMigrations({ connectionString: url, logger: new Logger(() => () => {}) });
}

/** As secrets were sealed then. */
const sealed = (text: string) =>
  `k1.${sealBytes(deriveKey(Buffer.alloc(32, 7), 'stoa/connection.secret'), ['k1', 'connection', ids.connection, 'secret'], Buffer.from(text))}`;

/** A person with a token, a connection, a crawl that a process which is gone had begun, and a key that waits. */
async function fillAsFormer(): Promise<void> {
  const { host, port, database, connector } = platform;
  await client.query(
    `insert into app_user (global_user_id, person_id, username, name) values ($1, $1, 'former', 'Former Admin')`,
    [ids.person],
  );
  await client.query(`insert into global_permission (global_user_id, permission) values ($1, 'APPLICATION_ADMIN')`, [
    ids.person,
  ]);
  await client.query(
    `insert into personal_access_token (id, token_hash, prefix, global_user_id, description, expires_at)
      values ($1, $2, 'stoa_pat_', $3, 'kept', now() + interval '1 day')`,
    [randomUUID(), hashToken(token), ids.person],
  );
  await client.query(
    `insert into connection (id, connection_key, technology, config, auth_type, secret, settings, state, created_by)
      values ($1, 'former', 'PostgreSQL', $2, 'password', $3, '{"identityTemplate": "{username}"}', 'active', $4)`,
    [
      ids.connection,
      JSON.stringify({ host, port, database, tls: 'disable' }),
      sealed(JSON.stringify(connector)),
      ids.person,
    ],
  );
  await client.query(
    `insert into task (id, kind, connection_id, subject, status, created_by) values ($1, 'crawl', $2, '{"target": "former"}', 'RUNNING', $3)`,
    [ids.task, ids.connection, ids.person],
  );
  await client.query(
    `insert into crawl (id, connection_id, task_id, path, status, started_at) values ($1, $2, $3, '{}', 'RUNNING', now())`,
    [randomUUID(), ids.connection, ids.task],
  );
  await client.query(`insert into replica (id, heartbeat_at) values ($1, now() - interval '1 hour')`, [ids.dead]);
  await client.query(
    `select graphile_worker.add_job('crawl', json_build_object('taskId', $1::text, 'connectionId', $2::text), queue_name => $2::text, max_attempts => 5)`,
    [ids.task, ids.connection],
  );
  await client.query(
    `update graphile_worker._private_jobs set locked_by = 'worker-gone', locked_at = now() - interval '1 hour', attempts = 1`,
  );
  await client.query(
    `update graphile_worker._private_job_queues set locked_by = 'worker-gone', locked_at = now() - interval '1 hour'`,
  );
  await client.query(`insert into provisioning_key (connection_id, cause) values ($1, 'button')`, [ids.connection]);
  // Names that were two names then, and are one since.
  await client.query(`insert into user_group (name) values ('fine'), ('ﬁne'), ('Straße')`);
}

test('a database of a former version is migrated by the start, also after one that was killed in the middle, and its jobs go on', async () => {
  await migrateToFormer();
  await fillAsFormer();

  // A later migration alters this table, having made others: it is killed while it waits for it.
  await client.query('begin; lock table replica');
  const killed = migrate(url, migrations).then(
    () => 'migrated',
    () => 'killed',
  );
  const observer = new pg.Client(connectionString('postgres'));
  await observer.connect();
  await until(async () => {
    const { rowCount } = await observer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'stoa migrate' and wait_event_type = 'Lock' and datname = $1`,
      [new URL(url).pathname.slice(1)],
    );
    return rowCount === 1 ? true : undefined;
  });
  await observer.end();
  expect(await killed).toBe('killed');
  await client.query('rollback');
  const { rows } = await client.query<{ last: string; keys: string | null }>(
    `select max(name) as last, to_regclass('data_key')::text as keys from stoa_migration`,
  );
  expect(rows[0]?.keys).toBeNull();
  expect(rows[0]?.last).toMatch(/^003[0-6]/);

  const server = await startTestServer({ databaseUrl: url });
  const admin = callerOf(server.url, token);
  expect((await admin.call(getCurrentUser)).body.username).toBe('former');
  const { rows: groups } = await client.query('select name, name_key from user_group order by id');
  expect(groups).toEqual([
    { name: 'fine', name_key: 'fine' },
    { name: 'ﬁne', name_key: null },
    { name: 'Straße', name_key: 'strasse' },
  ]);
  await until(async () => {
    const { body } = await admin.call(getTask, { params: { taskId: ids.task } });
    if (body.status === 'FAILED') throw new Error(body.error);
    return body.status === 'SUCCEEDED' ? true : undefined;
  });
  const objects = await admin.call(listDataObjects, { query: { connectionKey: 'former' } });
  expect(objects.body.data.length).toBeGreaterThan(0);
  await until(async () => {
    const { rows: waiting } = await client.query('select from provisioning_key where connection_id = $1', [
      ids.connection,
    ]);
    return waiting.length === 0 ? true : undefined;
  });
  expect((await admin.call(readConnection, { params: { connectionKey: 'former' } })).body.state).toBe('active');
  await until(async () => {
    const { rows: secrets } = await client.query<{ secret: string }>('select secret from connection');
    return secrets[0]?.secret.startsWith('k2.') ? true : undefined;
  });
  await server.stop();
});
