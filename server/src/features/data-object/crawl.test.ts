import { getAccessRequestById } from '@stoa/contract/access-request';
import { getAssetByMetadata, requestAsset } from '@stoa/contract/asset';
import { createConnection, readConnection, syncConnection } from '@stoa/contract/connection';
import { listDataObjects, readDataObject, updateDataObject } from '@stoa/contract/data-object';
import { listDataSources, readDataSource } from '@stoa/contract/data-source';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { standardAnswers } from '../access-request/requests.fixture.ts';
import { runCrawl } from '../../provisioning/crawl.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { createPlatform, type TestPlatform } from '../../testing/scratch-platform.ts';
import { until } from '../../testing/until.ts';
import { uniqueName } from '../../testing/postgres.ts';

let server: TestServer;
let platform: TestPlatform;
let admin: TestPerson;
let governor: TestPerson;
let consumer: TestPerson;
const otherOwner = uniqueName('owner');
const connectionKey = 'warehouse';

beforeAll(async () => {
  server = await startTestServer();
  platform = await createPlatform(
    server.deps,
    `create schema sales; create schema hr; create role ${otherOwner};
     create table sales.orders (id int primary key, "Total %" numeric(10,2), note text);
     comment on column sales.orders.note is 'free text'; comment on table sales.orders is 'What people ordered';
     create table sales.refunds (id int); create view sales.totals as select 1 as total;
     create table hr.staff (id int, salary money); create table hr.leave (id int); create table "hr"."a_b%" (id int)`,
  );
  await platform.setUp();
  admin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'consumer' });
  expect((await admin.call(createConnection, { body: platform.connection(connectionKey) })).status).toBe(201);
  await until(async () => ((await connection()).crawl?.status === 'SUCCEEDED' ? true : undefined));
});
afterAll(async () => {
  await server.stop();
  await platform.run(`drop owned by ${otherOwner}; drop role ${otherOwner}`);
  await platform.drop();
});

const connection = async () => (await admin.call(readConnection, { params: { connectionKey } })).body;
const ended = (taskId: string) =>
  until(async () => {
    const { body } = await admin.call(getTask, { params: { taskId } });
    return body.status === 'SUCCEEDED' || body.status === 'FAILED' ? body : undefined;
  }, 60);
const sync = async (path?: string) =>
  ended((await admin.call(syncConnection, { params: { connectionKey }, query: { path } })).body.taskId);
const object = async (name: string) => {
  const { body } = await admin.call(listDataObjects, { query: { connectionKey, searchText: name, limit: 100 } });
  const found = body.data.find((row) => row.name === name);
  if (!found) throw new Error(`${name} is not there`);
  return found;
};
const setState = async (
  name: string,
  body: { state?: 'enabled' | 'disabled' | 'inherit'; newChildState?: 'enabled' },
) => {
  const answer = await admin.call(updateDataObject, { params: { id: (await object(name)).id }, body });
  if (answer.status === 202) await ended(answer.body.taskId);
  return answer;
};
const keysOf = async () =>
  (
    await sql<{ cause: string }>`select cause from provisioning_key where cause <> 'sweep' order by id`.execute(
      server.deps.db,
    )
  ).rows.map((r) => r.cause);

test('the tree is read by people who run platforms, page by page', async () => {
  expect((await consumer.call(listDataObjects)).status).toBe(403);
  expect(
    (await governor.call(updateDataObject, { params: { id: newUuid() }, body: { state: 'enabled' } })).status,
  ).toBe(403);
  expect((await admin.call(readDataObject, { params: { id: newUuid() } })).status).toBe(404);
  const root = await object(platform.database);
  const { id } = await object('sales');
  const first = await governor.call(listDataObjects, { query: { parentId: id, limit: 2 } });
  expect(first.body.data.map((row) => row.name)).toEqual(['orders', 'refunds']);
  const rest = await governor.call(listDataObjects, {
    query: { parentId: id, limit: 2, nextToken: first.body.meta.nextToken ?? '' },
  });
  expect(rest.body.data.map((row) => row.name)).toEqual(['totals']);
  expect(rest.body.meta.nextToken).toBeNull();
  expect((await admin.call(listDataObjects, { query: { nextToken: 'forged' } })).body).toMatchObject({
    code: 'page.token_invalid',
  });
  expect((await admin.call(listDataObjects, { query: { searchText: '%' } })).body.data.map((row) => row.name)).toEqual([
    'a_b%',
  ]);
  expect(
    (await admin.call(listDataObjects, { query: { parentId: root.id } })).body.data.map((row) => row.childCount),
  ).toEqual([3, 0, 3]);
});

test('enabling a schema makes its tables data sources, with columns and comments, and grants nothing', async () => {
  expect((await setState('sales', { state: 'enabled' })).body.dataObject).toMatchObject({ effectiveState: 'enabled' });
  const { body } = await governor.call(listDataSources, { query: { connectionKey } });
  expect(body.data.map((row) => row.objectPath.at(-1))).toEqual(['orders', 'refunds', 'totals']);
  const { body: detail } = await governor.call(readDataSource, { params: { id: body.data[0]?.id ?? 0 } });
  expect(detail).toMatchObject({ comment: 'What people ordered', columnCount: 3, disabled: false });
  expect(detail.columns).toMatchObject([
    { name: 'id', typeFamily: 'integer', nullable: false },
    { name: 'Total %', nativeType: 'numeric(10,2)', typeFamily: 'decimal' },
    { name: 'note', comment: 'free text' },
  ]);
  expect(await keysOf()).toEqual([]);
  expect((await consumer.call(readDataSource, { params: { id: detail.id } })).status).toBe(404);
  expect((await consumer.call(listDataSources)).body.meta.totalCount).toBe(0);
  expect((await governor.call(listDataSources, { query: { searchText: 'Total %' } })).body.meta.totalCount).toBe(1);
});

test('a published source is seen by everybody, and cannot be disabled below the product', async () => {
  const { rows } = await sql<{ id: number }>`select s.id from data_source s where name like '%orders'`.execute(
    server.deps.db,
  );
  const id = rows[0]?.id ?? 0;
  const productId = newUuid();
  await sql`with p as (insert into data_product (id, name, slug, subject_matter_expert, created_by)
      values (${productId}, 'Orders', 'orders', ${governor.globalUserId}, ${governor.globalUserId})),
    c as (insert into container (connection_id, target_id, kind) select id, ${productId}, 'dp' from connection)
    insert into data_product_source (id, data_product_id, data_source_id) values ('c1', ${productId}, ${id})`.execute(
    server.deps.db,
  );
  expect((await consumer.call(readDataSource, { params: { id } })).body.products).toMatchObject([{ name: 'Orders' }]);
  expect((await consumer.call(listDataSources)).body.meta.totalCount).toBe(1);
  for (const name of ['sales', platform.database, 'orders']) {
    const refused = await setState(name, { state: 'disabled' });
    if (name === platform.database) expect(refused.status).toBe(202);
    else
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'data_object.in_product', products: [{ name: 'Orders' }] },
      });
  }
});

test('a renamed table keeps its id, and a renamed schema takes its tables along', async () => {
  const before = { orders: await object('orders'), refunds: await object('refunds') };
  await platform.run(`alter table sales.orders rename to swap; alter table sales.refunds rename to orders;
    alter table sales.swap rename to refunds; alter schema sales rename to revenue`);
  expect(await sync()).toMatchObject({ status: 'SUCCEEDED' });
  const { body } = await admin.call(readDataObject, { params: { id: before.orders.id } });
  expect(body).toMatchObject({
    name: 'refunds',
    objectPath: [platform.database, 'revenue', 'refunds'],
    missingSince: null,
  });
  expect((await object('orders')).id).toBe(before.refunds.id);
  const source = await governor.call(readDataSource, { params: { id: before.orders.dataSourceId ?? 0 } });
  expect(source.body.name).toBe(`${platform.database}.revenue.refunds`);
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from audit_event where action = 'DataObjectRenamed'`.execute(server.deps.db);
  expect(rows[0]?.n).toBe(4);
  expect((await admin.call(listDataObjects, { query: { missing: true } })).body.data).toEqual([]);
});

test('a table made anew by the same owner is bound again; one of another owner waits for a person', async () => {
  const before = await object('refunds');
  await platform.run('drop table revenue.refunds; create table revenue.refunds (id int)');
  await sync();
  const same = await object('refunds');
  expect(same).toMatchObject({ id: before.id, hold: null, dataSourceId: before.dataSourceId });
  expect(same.platformId).not.toBe(before.platformId);
  await platform.run(
    `drop table revenue.refunds; create table revenue.refunds (id int); alter table revenue.refunds owner to ${otherOwner}`,
  );
  await sync();
  expect((await object('refunds')).hold).toContain(otherOwner);
  await sync();
  expect((await object('refunds')).hold).toContain(otherOwner);
  await setState('refunds', { state: 'enabled' });
  expect((await object('refunds')).hold).toBeNull();
  const { rows } = await sql<{
    action: string;
  }>`select action from audit_event where action ~ 'Recreated|Held' order by sequence`.execute(server.deps.db);
  expect(rows.map((row) => row.action)).toEqual(['DataObjectRecreated', 'DataObjectHeld']);
});

test('a dropped table is kept as missing with its source disabled, and comes back when it does', async () => {
  await platform.run('drop view revenue.totals');
  await sync(`${platform.database}.revenue`);
  const gone = await object('totals');
  expect(gone.missingSince).not.toBeNull();
  expect((await governor.call(readDataSource, { params: { id: gone.dataSourceId ?? 0 } })).body).toMatchObject({
    disabled: true,
  });
  await platform.run('create view revenue.totals as select 2 as total');
  await sync();
  expect(await object('totals')).toMatchObject({ id: gone.id, missingSince: null, hold: null });
  expect((await governor.call(readDataSource, { params: { id: gone.dataSourceId ?? 0 } })).body).toMatchObject({
    disabled: false,
  });
});

test('new children take the state that their parent gives them, and changed columns are read again', async () => {
  await setState('hr', { newChildState: 'enabled' });
  await platform.run('create table hr.jobs (id int); alter table revenue.orders add column added text');
  await sync();
  expect(await object('jobs')).toMatchObject({
    state: 'enabled',
    effectiveState: 'enabled',
    dataSourceId: expect.any(Number),
  });
  expect(await object('staff')).toMatchObject({ state: 'inherit', effectiveState: 'disabled', dataSourceId: null });
  const { dataSourceId } = await object('orders');
  const { body } = await governor.call(readDataSource, { params: { id: dataSourceId ?? 0 } });
  expect(body.columns.map((column) => column.name)).toContain('added');
});

test('a crawl that finds fewer than half marks nothing as gone, until a person confirms it', async () => {
  await platform.run(
    `drop table hr.staff, hr.leave, hr."a_b%", hr.jobs; drop schema hr; drop view revenue.totals; drop table revenue.refunds`,
  );
  const suspect = await sync();
  expect(suspect).toMatchObject({ status: 'FAILED', error: expect.stringContaining('CRAWL_SUSPECT') });
  expect((await connection()).crawl).toMatchObject({ status: 'FAILED' });
  expect((await object('staff')).missingSince).toBeNull();
  expect(await sync()).toMatchObject({ status: 'SUCCEEDED' });
  expect((await object('staff')).missingSince).not.toBeNull();
});

test('a crawl whose process died changes nothing, and the next one closes and mends it', async () => {
  const { rows } = await sql<{ id: string }>`select id from connection`.execute(server.deps.db);
  const connectionId = rows[0]?.id ?? '';
  const taskId = newUuid();
  const crawlId = newUuid();
  await sql`with t as (insert into task (id, kind, connection_id, subject, status) values (${taskId}, 'crawl', ${connectionId}, '{}', 'RUNNING')),
      w as (insert into crawl (id, connection_id, task_id, path) values (${crawlId}, ${connectionId}, ${taskId}, '{}'))
    insert into setting (name, value) values ('x', '{}')`.execute(server.deps.db);
  await sql`insert into crawl_object (crawl_id, new_id, platform_id, depth, object_path, object_type, columns)
    values (${crawlId}, ${newUuid()}, '1', 1, '{half}', 'database', '[]')`.execute(server.deps.db);
  expect(await sync()).toMatchObject({ status: 'SUCCEEDED' });
  expect(await ended(taskId)).toMatchObject({ status: 'FAILED', error: 'The process that ran it ended.' });
  await runCrawl(server.deps, taskId);
  expect((await admin.call(listDataObjects, { query: { searchText: 'half' } })).body.data).toEqual([]);
});

test('thousands of tables are crawled and enabled within seconds, and an unchanged crawl writes no row again', async () => {
  await platform.run('create schema wide');
  await platform.run(`do $$ begin for i in 1..3000 loop
    execute format('create table wide.t%s (id int, name text, at timestamptz, amount numeric, note text)', i);
    if i % 500 = 0 then commit; end if; end loop; end $$`);
  const started = Date.now();
  expect(await sync()).toMatchObject({ status: 'SUCCEEDED' });
  const crawled = Date.now();
  await setState('wide', { state: 'enabled' });
  const enabled = Date.now();
  expect((await connection()).dataSourceCount).toBeGreaterThanOrEqual(3_000);
  await sync();
  const again = Date.now();
  process.stdout.write(
    `3,000 tables: crawl ${crawled - started} ms, enable ${enabled - crawled} ms, crawl again ${again - enabled} ms\n`,
  );
  expect(crawled - started).toBeLessThan(30_000);
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from data_object where name ~ '^t[0-9]+$' and updated_at > created_at + interval '1 ms'`.execute(
    server.deps.db,
  );
  expect(rows[0]?.n).toBe(3_000);
}, 180_000);

test('what was asked for before it was there is found by the next crawl, and its requests go on', async () => {
  const { database } = platform;
  const query = { fullyQualifiedName: `${database}.later.awaited`, technology: 'PostgreSQL' };
  const asked = (await consumer.call(getAssetByMetadata, { query })).body;
  if (asked.type !== 'DATA_OBJECT') throw new Error('it is a product');
  const { objectPath, technology } = asked.metadata;
  const made = await consumer.call(requestAsset, {
    params: { id: asked.id },
    body: {
      requestType: 'DATA_ACCESS',
      user: consumer.globalUserId,
      form: standardAnswers,
      asset: { type: 'DATA_OBJECT', metadata: { objectPath, technology } },
    },
  });
  expect(made.status).toBe(201);
  await platform.run('create schema later; create table later.awaited (id int)');
  expect((await sync()).status).toBe('SUCCEEDED');
  const found = await object('awaited');
  const { body } = await consumer.call(getAccessRequestById, { params: { id: made.body.id } });
  expect(body).toMatchObject({ status: 'PENDING', asset: { id: found.id, registered: true } });
});
