import * as connections from '@stoa/contract/connection';
import { listDataObjects } from '@stoa/contract/data-object';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { enqueueDueCrawls } from '../../provisioning/crawl-start.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { createPlatform, type TestPlatform } from '../../testing/scratch-platform.ts';
import { until } from '../../testing/until.ts';

let server: TestServer;
let platform: TestPlatform;
let admin: TestPerson;
let consumer: TestPerson;

beforeAll(async () => {
  server = await startTestServer();
  platform = await createPlatform(
    server.deps,
    `create schema sales; create table sales.orders (id int primary key, total numeric(10,2)); create schema "Odd ""Name"".x";
     create view "Odd ""Name"".x"."select" as select 1 as one; comment on table sales.orders is 'What people ordered';`,
  );
  admin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  consumer = await server.person({ username: 'consumer' });
});
afterAll(async () => {
  await server.stop();
  await platform.drop();
});

const secretOf = (): string => platform.connection('x').credentials.password;
const crawlOf = async (connectionKey: string) =>
  until(async () => {
    const { body } = await admin.call(connections.readConnection, { params: { connectionKey } });
    return body.crawl?.status === 'RUNNING' ? undefined : body.crawl;
  });
const taskOf = async (taskId: string) =>
  until(async () => {
    const { body } = await admin.call(getTask, { params: { taskId } });
    return body.status === 'SUCCEEDED' || body.status === 'FAILED' ? body : undefined;
  });

test('only an application admin manages connections, and nobody without a login sees one', async () => {
  const body = platform.connection('warehouse');
  expect((await server.nobody.call(connections.listConnections)).status).toBe(401);
  expect((await consumer.call(connections.listConnections)).status).toBe(403);
  for (const operation of [connections.createConnection, connections.preflightConnection])
    expect((await consumer.call(operation, { body })).status).toBe(403);
  expect((await admin.call(connections.readConnection, { params: { connectionKey: 'nothing' } })).status).toBe(404);
});

test('a technology without a connector and an address that is not allowed are refused aloud', async () => {
  const body = platform.connection('warehouse');
  const other = await admin.call(connections.preflightConnection, { body: { ...body, technology: 'Snowflake' } });
  expect(other).toMatchObject({ status: 422, body: { code: 'connection.technology_unsupported' } });
  const metadata = { ...body, config: { ...body.config, host: '169.254.169.254' } };
  for (const operation of [connections.preflightConnection, connections.createConnection]) {
    const refused = await admin.call(operation, { body: metadata });
    expect(refused).toMatchObject({ status: 422, body: { code: 'connection.address_refused' } });
  }
  const unknown = { ...body, config: { ...body.config, host: 'no-such-host.invalid' } };
  const checked = await admin.call(connections.preflightConnection, { body: unknown });
  expect(checked.body.checks).toContainEqual(expect.objectContaining({ check: 'REACHABLE', result: 'fail' }));
});

test('a key is given once, whatever its case', async () => {
  const key = newUuid().slice(0, 8);
  const id = newUuid();
  await sql`insert into connection (id, connection_key, technology, config, auth_type, secret, settings, state)
    values (${id}, ${key.toUpperCase() + 'x'}, 'PostgreSQL', '{}', 'password', '', '{}', 'paused')`.execute(
    server.deps.db,
  );
  const body = platform.connection(`${key.toLowerCase()}X`);
  const again = await admin.call(connections.createConnection, { body });
  expect(again).toMatchObject({ status: 409, body: { code: 'connection.key_taken' } });
  await sql`delete from connection where id = ${id}`.execute(server.deps.db);
});

test('a connection whose checks fail is not stored, and the script mends it', async () => {
  const body = platform.connection('warehouse');
  const refused = await admin.call(connections.createConnection, { body });
  expect(refused).toMatchObject({ status: 422, body: { code: 'connection.preflight_failed' } });
  expect(refused.body['checks']).toContainEqual(expect.objectContaining({ check: 'AUTH', result: 'fail' }));
  expect(JSON.stringify(refused.body)).not.toContain(JSON.stringify(secretOf()));
  expect((await admin.call(connections.listConnections)).body.meta.totalCount).toBe(0);
  const { technology, config } = body;
  const script = await admin.call(connections.createConnectionScript, { body: { technology, config } });
  expect(script.body.script).toContain('stoa_connector');
  await platform.setUp();
  const checked = await admin.call(connections.preflightConnection, { body });
  expect(checked.body.checks.filter((check) => check.result === 'fail')).toEqual([]);
});

test('a new connection crawls by itself, and no answer, log row or audit row holds its secret', async () => {
  const body = platform.connection('warehouse');
  const both = await Promise.all([1, 2].map(() => admin.call(connections.createConnection, { body })));
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 409]);
  const made = both.find((answer) => answer.status === 201);
  expect(made?.body).toMatchObject({
    state: 'active',
    credentials: { password: '[REDACTED]' },
    crawl: { status: 'RUNNING' },
  });
  expect(await crawlOf('warehouse')).toMatchObject({ status: 'SUCCEEDED', found: 6 });
  const read = await admin.call(connections.readConnection, { params: { connectionKey: 'warehouse' } });
  expect(read.body).toMatchObject({ objectCount: 6, dataSourceCount: 0, abilities: { manage: { allowed: true } } });
  expect(read.body.serverVersion).toMatch(/^\d/);
  const { rows } = await sql<{
    all: string;
  }>`select (select json_agg(a)::text from audit_event a) || (select json_agg(c)::text from connection c) as all`.execute(
    server.deps.db,
  );
  for (const text of [JSON.stringify(read.body), JSON.stringify(made?.body), rows[0]?.all ?? ''])
    expect(text).not.toContain(JSON.stringify(secretOf()).slice(1, -1));
  const roots = await admin.call(listDataObjects, { query: { connectionKey: 'warehouse' } });
  expect(roots.body.data).toMatchObject([{ name: platform.database, objectType: 'database', state: 'disabled' }]);
});

test('the checks are run again when somebody asks, and what they came to is kept', async () => {
  const params = { connectionKey: 'warehouse' };
  const checksOf = async () => (await admin.call(connections.readConnection, { params })).body.preflight;
  const before = await checksOf();
  expect((await consumer.call(connections.recheckConnection, { params })).status).toBe(403);
  const unknown = await admin.call(connections.recheckConnection, { params: { connectionKey: 'nowhere' } });
  expect(unknown.status).toBe(404);
  const { status, body } = await admin.call(connections.recheckConnection, { params });
  expect(status).toBe(200);
  expect(body.checks.filter((check) => check.result === 'fail')).toEqual([]);
  const after = await checksOf();
  expect(after?.checks).toEqual(body.checks);
  expect(after?.checkedAt).not.toBe(before?.checkedAt);
});

test('what the checks change of a connection is on record, with who asked for them', async () => {
  const params = { connectionKey: 'warehouse' };
  const stateOf = async () => (await admin.call(connections.readConnection, { params })).body.state;
  await platform.run(`alter role "${platform.account}" nologin`);
  expect((await admin.call(connections.recheckConnection, { params })).status).toBe(200);
  expect(await stateOf()).toBe('error');
  await platform.run(`alter role "${platform.account}" login`);
  await admin.call(connections.recheckConnection, { params });
  expect(await stateOf()).toBe('active');
  const { rows } = await sql<{ status: string; actor: string }>`select action_status as status, actor ->> 'id' as actor
    from audit_event where action = 'ConnectionChecked' order by sequence`.execute(server.deps.db);
  expect(rows.slice(-2)).toEqual(['FAILURE', 'SUCCESS'].map((status) => ({ status, actor: admin.globalUserId })));
});

test('a change of the login is tested before it replaces the old one, and [REDACTED] keeps what is there', async () => {
  const params = { connectionKey: 'warehouse' };
  const wrong = await admin.call(connections.updateConnection, {
    params,
    body: { credentials: { password: 'wrong' } },
  });
  expect(wrong).toMatchObject({ status: 422, body: { code: 'connection.preflight_failed' } });
  const kept = await admin.call(connections.updateConnection, {
    params,
    body: { credentials: { password: '[REDACTED]' }, syncIntervalHours: 12 },
  });
  expect(kept.body).toMatchObject({ syncIntervalHours: 12, config: platform.connection('x').config });
  await platform.run(`alter role ${platform.account} password 'another'`);
  expect(
    (await admin.call(connections.updateConnection, { params, body: { credentials: { password: 'another' } } })).status,
  ).toBe(200);
  const sync = await admin.call(connections.syncConnection, { params });
  expect(await taskOf(sync.body.taskId)).toMatchObject({ status: 'SUCCEEDED', done: 6 });
  const stored = await admin.call(connections.preflightConnection, {
    body: { ...platform.connection('warehouse'), credentials: { username: platform.account, password: '[REDACTED]' } },
  });
  expect(stored.body.checks.filter((check) => check.result === 'fail')).toEqual([]);
});

test('a paused connection neither crawls nor reconciles until it is active again', async () => {
  const params = { connectionKey: 'warehouse' };
  expect((await admin.call(connections.updateConnection, { params, body: { state: 'paused' } })).body.state).toBe(
    'paused',
  );
  for (const operation of [connections.syncConnection, connections.reconcileConnection])
    expect(await admin.call(operation, { params })).toMatchObject({ status: 409, body: { code: 'connection.paused' } });
  expect((await admin.call(connections.updateConnection, { params, body: { state: 'active' } })).body.state).toBe(
    'active',
  );
  expect((await admin.call(connections.reconcileConnection, { params })).status).toBe(202);
});

test('a path names what is crawled; names with dots stand in quotes, and another database is unknown', async () => {
  const params = { connectionKey: 'warehouse' };
  await platform.run('create table sales.refunds (id int)');
  const path = `${platform.database}.sales`;
  const sync = await admin.call(connections.syncConnection, { params, query: { path } });
  expect(await taskOf(sync.body.taskId)).toMatchObject({ status: 'SUCCEEDED', done: 4 });
  const odd = await admin.call(connections.syncConnection, {
    params,
    query: { path: `${platform.database}."Odd ""Name"".x"` },
  });
  expect(await taskOf(odd.body.taskId)).toMatchObject({ status: 'SUCCEEDED', done: 3 });
  const other = await admin.call(connections.syncConnection, { params, query: { path: 'elsewhere.sales' } });
  expect(other).toMatchObject({ status: 422, body: { code: 'connection.path_unknown' } });
});

test('a due connection crawls without being asked', async () => {
  await sql`update connection set next_crawl_at = now() - interval '1 minute'`.execute(server.deps.db);
  await enqueueDueCrawls(server.deps);
  await enqueueDueCrawls(server.deps);
  // The server looks by itself as well, and may have been first: then its row comes with its commit.
  const rows = await until(async () => {
    const crawls = await sql<{ id: string }>`select id from task where kind = 'crawl' and created_by is null`.execute(
      server.deps.db,
    );
    return crawls.rows.length > 0 ? crawls.rows : undefined;
  });
  expect(rows).toHaveLength(1);
  expect(await taskOf(rows[0]?.id ?? '')).toMatchObject({ status: 'SUCCEEDED' });
});

test('drift is listed by finding, with what is done about it', async () => {
  const { rows } = await sql<{ id: string }>`select id from connection`.execute(server.deps.db);
  await server.deps.db
    .insertInto('drift_finding')
    .values({
      id: newUuid(),
      connection_id: rows[0]?.id ?? '',
      finding: 'bypass',
      object: 'a.b.c',
      principal: 'joe',
      privilege: '',
    })
    .execute();
  const params = { connectionKey: 'warehouse' };
  const { body } = await admin.call(connections.listDrift, { params, query: { finding: 'bypass' } });
  expect(body.data).toMatchObject([{ finding: 'bypass', principal: 'joe', privilege: null }]);
  expect((await admin.call(connections.listDrift, { params, query: { finding: 'missing' } })).body.data).toEqual([]);
  const found = (searchText: string) => admin.call(connections.listDrift, { params, query: { searchText } });
  expect((await found('A.B')).body.data).toMatchObject([{ object: 'a.b.c' }]);
  expect((await found('joe')).body.meta.totalCount).toBe(1);
  expect((await found('a_b')).body.data).toEqual([]);
});

test('a connection that a published product uses stays; without one it goes, and its task outlives it', async () => {
  const params = { connectionKey: 'warehouse' };
  const productId = newUuid();
  await sql`with o as (select id, connection_id from data_object where name = 'orders'),
      s as (insert into data_source (data_object_id, connection_id, name) select id, connection_id, 'orders' from o returning id),
      p as (insert into data_product (id, name, slug, subject_matter_expert, created_by)
        values (${productId}, 'Orders', 'orders', ${admin.globalUserId}, ${admin.globalUserId}))
    insert into data_product_source (id, data_product_id, data_source_id) select 'c1', ${productId}, id from s`.execute(
    server.deps.db,
  );
  const refused = await admin.call(connections.deleteConnection, { params });
  expect(refused).toMatchObject({ status: 409, body: { code: 'connection.in_use', products: [{ name: 'Orders' }] } });
  await sql`update data_product set deleted_at = now()`.execute(server.deps.db);
  const gone = await admin.call(connections.deleteConnection, { params });
  expect(gone.status).toBe(202);
  expect(await taskOf(gone.body.taskId)).toMatchObject({ status: 'SUCCEEDED' });
  expect((await admin.call(connections.readConnection, { params })).status).toBe(404);
  expect((await admin.call(connections.deleteConnection, { params })).status).toBe(404);
});
