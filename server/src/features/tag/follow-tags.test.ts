import { createConnection, readConnection, syncConnection, updateConnection } from '@stoa/contract/connection';
import { listDataObjects, updateDataObject } from '@stoa/contract/data-object';
import { readDataSource } from '@stoa/contract/data-source';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { createPlatform, type TestPlatform } from '../../testing/scratch-platform.ts';
import { until } from '../../testing/until.ts';
import { changeTags, type TagSource } from './change-tags.ts';
import { loadTagFacts } from './load-tag-facts.ts';
import { addDynamicDomain, addTag, membersOf } from './tags.fixture.ts';

let server: TestServer;
let platform: TestPlatform;
let admin: TestPerson;
let governor: TestPerson;
let pii: number;
let email: number;
const connectionKey = 'warehouse';

beforeAll(async () => {
  server = await startTestServer();
  platform = await createPlatform(
    server.deps,
    'create schema crm; create table crm.people (id int, old text, email text, phone text); create table crm.orders (id int)',
  );
  await platform.setUp();
  admin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  await admin.call(createConnection, { body: platform.connection(connectionKey) });
  await until(async () => {
    const { body } = await admin.call(readConnection, { params: { connectionKey } });
    return body.crawl?.status === 'SUCCEEDED' ? true : undefined;
  });
  const crm = await object('crm');
  const { body } = await admin.call(updateDataObject, {
    params: { id: crm.id },
    body: { state: 'enabled', newChildState: 'enabled' },
  });
  await ended(body.taskId);
  email = await addTag(server.deps.db, 'PII.Email');
  pii = await idOf('PII');
});
afterAll(async () => {
  await server.stop();
  await platform.drop();
});

const ended = (taskId: string) =>
  until(async () => {
    const { body } = await admin.call(getTask, { params: { taskId } });
    return body.status === 'SUCCEEDED' || body.status === 'FAILED' ? body : undefined;
  }, 60);
const sync = async () =>
  ended((await admin.call(syncConnection, { params: { connectionKey }, query: {} })).body.taskId);
const object = async (name: string) => {
  const { body } = await admin.call(listDataObjects, { query: { connectionKey, searchText: name, limit: 100 } });
  const found = body.data.find((row) => row.name === name);
  if (!found) throw new Error(`${name} is not there`);
  return found;
};
const source = async (name: string) =>
  (await governor.call(readDataSource, { params: { id: (await object(name)).dataSourceId ?? 0 } })).body;
const columnTags = async (table: string) =>
  Object.fromEntries((await source(table)).columns.filter((c) => c.tags.length > 0).map((c) => [c.name, c.tags]));

const idOf = async (name: string) =>
  (await sql<{ id: number }>`select id from tag where name = ${name}`.execute(server.deps.db)).rows[0]?.id ?? 0;

type Place = { tag: number; on: string; column?: number };
const places = async (list: readonly Place[]) =>
  Promise.all(
    list.map(async ({ tag, on, column }) => ({
      tagId: tag,
      dataObjectId: (await object(on)).id,
      columnOrdinal: column ?? null,
    })),
  );
const change = async (how: { add?: Place[]; remove?: Place[]; by?: TagSource }) => {
  const add = await places(how.add ?? []);
  const remove = await places(how.remove ?? []);
  const by = { source: how.by ?? 'curated', actor: systemActor, globalUserId: governor.globalUserId } as const;
  return transact(server.deps, (tx, after) => changeTags({ tx, after }, { add, remove }, by));
};

test('a column keeps its tags when it is renamed, and one that is added is marked as new', async () => {
  await change({
    add: [
      { tag: email, on: 'people', column: 3 },
      { tag: pii, on: 'people', column: 3 },
      { tag: pii, on: 'people', column: 4 },
    ],
  });
  expect(await columnTags('people')).toEqual({ email: ['PII', 'PII.Email'], phone: ['PII'] });
  await platform.run('alter table crm.people rename email to mail; alter table crm.people add born date');
  await sync();
  expect(await columnTags('people')).toEqual({
    mail: ['PII', 'PII.Email'],
    phone: ['PII'],
    born: ['Stoa New.Column'],
  });
});

test('in a table made anew, with its columns in another order, tags are found by the names', async () => {
  await platform.run('drop table crm.people; create table crm.people (phone text, mail text, id int)');
  await sync();
  expect(await columnTags('people')).toEqual({ mail: ['PII', 'PII.Email'], phone: ['PII'] });
  const { rows } = await sql<{ target: string }>`
    select targets -> 0 ->> 'name' as target from audit_event where action = 'TagRemoved' order by sequence desc limit 1`.execute(
    server.deps.db,
  );
  expect(rows[0]?.target).toMatch(/crm\.people\.born$/);
});

test('a dropped column takes its tags along, and one of the same name afterwards is new', async () => {
  await platform.run('alter table crm.people drop mail; alter table crm.people add mail text');
  await sync();
  expect(await columnTags('people')).toEqual({ mail: ['Stoa New.Column'], phone: ['PII'] });
});

test('a tag on a schema is on all below it, and a table that a crawl finds there joins the dynamic domain', async () => {
  const domain = await addDynamicDomain(server.deps.db, { name: 'Customers', tagId: pii });
  await change({ add: [{ tag: email, on: 'crm' }] });
  expect((await source('orders')).tags).toContain('PII.Email');
  expect(await membersOf(server.deps.db, domain)).toEqual(['orders', 'people']);
  await platform.run('create table crm.leads (id int)');
  await sync();
  expect(await membersOf(server.deps.db, domain)).toEqual(['leads', 'orders', 'people']);
  await change({ add: [{ tag: pii, on: 'leads' }], remove: [{ tag: email, on: 'crm' }] });
  expect(await membersOf(server.deps.db, domain)).toEqual(['leads']);
  const { rows } = await sql<{ payload: { added: number[]; removed: number[] } }>`
    select payload from audit_event where action = 'DomainDataSourcesUpdated' order by sequence`.execute(
    server.deps.db,
  );
  expect(rows.map(({ payload }) => [payload.added.length, payload.removed.length])).toEqual([
    [2, 0],
    [1, 0],
    [0, 2],
  ]);
});

test('tags written in comments are read where the connection says so, below a root of their own', async () => {
  await platform.run(
    `comment on column crm.orders.id is 'Runs on. [tag:Key.Order]'; comment on table crm.orders is 'What they buy [tag:Sales]';
     comment on schema crm is '[tag:Source.CRM] [tag:a..b]'`,
  );
  await sync();
  expect(await columnTags('orders')).toEqual({});
  const params = { connectionKey };
  const switchTo = (readCommentTags: boolean) =>
    admin.call(updateConnection, { params, body: { settings: { readCommentTags } } });
  expect((await switchTo(true)).body.settings).toMatchObject({ readCommentTags: true, identityTemplate: '{username}' });
  await sync();
  expect(await columnTags('orders')).toEqual({ id: ['Platform.Key.Order'] });
  expect((await source('orders')).tags).toEqual(expect.arrayContaining(['Platform.Sales', 'Platform.Source.CRM']));
  expect((await source('people')).tags).toContain('Platform.Source.CRM');
  await change({ remove: [{ tag: await idOf('Platform.Sales'), on: 'orders' }] });
  await platform.run(`comment on column crm.orders.id is 'Runs on.'`);
  await sync();
  expect(await columnTags('orders')).toEqual({});
  expect((await source('orders')).tags).not.toContain('Platform.Sales');
  await switchTo(false);
  await sync();
  expect((await source('people')).tags).not.toContain('Platform.Source.CRM');
});

test('what a person took off stays off, whatever finds it again, until a person puts it back', async () => {
  const place = [{ tag: email, on: 'orders', column: 1 }];
  expect((await change({ add: place, by: 'identification' })).added).toHaveLength(1);
  expect((await change({ add: place, by: 'identification' })).added).toEqual([]);
  expect((await change({ remove: place, by: 'platform' })).removed).toEqual([]);
  expect((await change({ remove: place })).removed).toHaveLength(1);
  expect((await change({ add: place, by: 'identification' })).added).toEqual([]);
  expect(await columnTags('orders')).toEqual({});
  expect((await change({ add: place })).added).toHaveLength(1);
  expect((await change({ remove: place, by: 'identification' })).removed).toEqual([]);
  expect(await columnTags('orders')).toEqual({ id: ['PII.Email'] });
});

test('a change is one commit with its audit, and a key where a policy is in force; a repeat changes nothing', async () => {
  const count = async () =>
    (
      await sql<{ audits: number; keys: number }>`
      select (select count(*)::int from audit_event where action like 'Tag%') as audits,
        (select coalesce(last_value, 0)::int from pg_sequences where sequencename = 'provisioning_key_id_seq') as keys`.execute(
        server.deps.db,
      )
    ).rows[0];
  const calm = await count();
  await change({ add: [{ tag: email, on: 'people' }] });
  expect(await count()).toEqual({ audits: (calm?.audits ?? 0) + 1, keys: calm?.keys });
  const body = {
    accessType: 'read',
    level: 'anyone',
    circumstances: [{ type: 'columnRegex', regex: '^nothing$', caseInsensitive: false }],
    circumstanceOperator: 'any',
  };
  await sql`insert into policy (id, policy_key, name, name_key, type, kind, scope, state, body)
    values (${newUuid()}, 'p', 'p', 'p', 'subscription', 'grant', 'global', 'active', ${JSON.stringify(body)}::jsonb)`.execute(
    server.deps.db,
  );
  const before = await count();
  const both = await Promise.all([1, 2].map(() => change({ add: [{ tag: pii, on: 'orders' }] })));
  expect(both.map((outcome) => outcome.added.length).sort()).toEqual([0, 1]);
  const after = await count();
  expect(after?.audits).toBe((before?.audits ?? 0) + 1);
  expect(after?.keys).toBeGreaterThan(before?.keys ?? 0);
});

test('of many who tag and untag at once, with domains that follow, each domain holds what its tag says in the end', async () => {
  const tables = ['people', 'orders', 'leads'];
  const domains = await Promise.all(
    [pii, email].map((tagId) => addDynamicDomain(server.deps.db, { name: `Race ${tagId}`, tagId })),
  );
  const acts = Array.from({ length: 24 }, (_, n) => {
    const place = [{ tag: n % 2 === 0 ? pii : email, on: tables[n % 3] ?? '' }];
    return change(n % 4 < 2 ? { add: place } : { remove: place });
  });
  await Promise.all(acts);
  for (const [at, domain] of domains.entries()) {
    const root = at === 0 ? 'PII' : 'PII.Email';
    const wanted: string[] = [];
    for (const table of tables) {
      const { tags } = await source(table);
      if (tags.some((name) => name === root || name.startsWith(`${root}.`))) wanted.push(table);
    }
    expect(await membersOf(server.deps.db, domain)).toEqual(wanted.sort());
  }
});

test('the facts of a connection name the tags of every source and column', async () => {
  const { rows } = await sql<{ id: string }>`select id from connection`.execute(server.deps.db);
  const facts = await loadTagFacts(server.deps.db, rows[0]?.id ?? '');
  for (const name of ['people', 'orders', 'leads']) {
    const one = await source(name);
    expect([...(facts.sources.get(one.id) ?? [])].sort()).toEqual([...one.tags].sort());
    expect(Object.fromEntries(facts.columns.get(one.id) ?? [])).toEqual(await columnTags(name));
  }
  const orders = (await object('orders')).dataSourceId ?? 0;
  const one = await loadTagFacts(server.deps.db, rows[0]?.id ?? '', [orders]);
  expect([...one.sources.keys()]).toEqual([orders]);
});
