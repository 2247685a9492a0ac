import { cancelAccessRequest } from '@stoa/contract/access-request';
import {
  getDataProductById,
  searchDataSources,
  updateDataProduct,
  updateDataSources,
} from '@stoa/contract/data-product';
import { createDomain, readDomain, setDomainPermissions, updateDomain } from '@stoa/contract/domain';
import { createGroup, readGroup, setGroupMembers } from '@stoa/contract/group';
import { createTag } from '@stoa/contract/tag';
import { createWebhook } from '@stoa/contract/webhook';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askedId, makeProduct } from '../features/access-request/requests.fixture.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { addDataSources } from '../testing/data-sources.ts';
import { countWaiting } from '../testing/locks.ts';
import { callerOf, type TestPerson } from '../testing/people.ts';
import { waitFor } from '../testing/register-platform.ts';

let server: TestServer;
let replica: TestServer;
let boss: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  replica = await startTestServer({ databaseUrl: server.databaseUrl });
  boss = await server.person({
    username: 'boss',
    permissions: ['GOVERNANCE', 'USER_ADMIN', 'APPLICATION_ADMIN'],
  });
});
afterAll(async () => {
  await replica.stop();
  await server.stop();
});

const tagOf = async (path: string): Promise<string> => {
  const { status, headers } = await boss.send('GET', path);
  expect(status).toBe(200);
  return headers.get('etag') ?? '';
};
const idOf = (answer: { status: number; body: unknown }): string => {
  expect(answer.status).toBe(201);
  return String(Reflect.get(Object(answer.body), 'id'));
};

const things: Record<string, { make: () => Promise<string>; method?: string; change: (n: number) => object }> = {
  'a data product': {
    make: async () => `/api/data-product/${(await makeProduct(server, boss)).id}`,
    method: 'PUT',
    change: (n) => ({ description: `Edit ${n}` }),
  },
  'a domain': {
    make: async () => `/api/domain/${idOf(await boss.call(createDomain, { body: { name: 'Raced' } }))}`,
    change: (n) => ({ description: `Edit ${n}` }),
  },
  'a group': {
    make: async () => `/api/group/${idOf(await boss.call(createGroup, { body: { name: 'raced' } }))}`,
    change: (n) => ({ name: `raced ${n}` }),
  },
  'a user': {
    make: async () => `/api/user/${(await server.person({ username: 'raced' })).globalUserId}`,
    change: (n) => ({ name: `Raced ${n}` }),
  },
  'a tag': {
    make: async () => `/api/tag/${idOf(await boss.call(createTag, { body: { name: 'Raced' } }))}`,
    change: (n) => ({ description: `Edit ${n}` }),
  },
  'a webhook': {
    make: async () =>
      `/api/notification/webhook/${String((await boss.call(createWebhook, { body: { url: 'https://example.com/' } })).body.id)}`,
    method: 'PUT',
    change: (n) => ({ description: `Edit ${n}` }),
  },
  'the settings': {
    make: async () => '/api/settings/application',
    method: 'PUT',
    change: (n) => ({ activityKeepDays: 40 + n }),
  },
};

test.each(Object.entries(things))('of several who change %s that they read at once, one is left', async (_, thing) => {
  const path = await thing.make();
  const headers = { 'if-match': await tagOf(path) };
  const other = callerOf(replica.url, boss.token);
  const answers = await Promise.all(
    [boss, other, boss, other].map((by, n) => by.send(thing.method ?? 'PATCH', path, thing.change(n), headers)),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
  for (const { status, body } of answers)
    if (status === 412) expect(body).toMatchObject({ code: 'precondition.failed' });
});

test('it was changed by somebody who asked for nothing, while a change waited', async () => {
  const { id } = await makeProduct(server, boss);
  const path = `/api/data-product/${id}`;
  const headers = { 'if-match': await tagOf(path) };
  const holder = new pg.Client(server.databaseUrl);
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query(`update data_product set description = 'Theirs', updated_at = now() where id = $1`, [id]);
    const mine = boss.call(updateDataProduct, { params: { id }, body: { description: 'Mine' }, headers });
    await waitFor('the change to wait', async () => (await countWaiting(server.deps.db)) > 0);
    await holder.query('commit');
    expect(await mine).toMatchObject({ status: 412, body: { code: 'precondition.failed' } });
  } finally {
    await holder.end();
  }
  expect((await boss.send('GET', path)).body).toMatchObject({ description: 'Theirs' });
});

test('more at once than there are sessions are all answered', async () => {
  const ids = await Promise.all(
    Array.from({ length: 25 }, async (_, n) => idOf(await boss.call(createDomain, { body: { name: `Many ${n}` } }))),
  );
  const answers = await Promise.all(
    ids.map(async (id) => {
      const headers = { 'if-match': (await boss.call(readDomain, { params: { id } })).headers.get('etag') ?? '' };
      return boss.call(updateDomain, { params: { id }, body: { description: 'x' }, headers });
    }),
  );
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
});

test('what could not be done because another was quicker is told as that', async () => {
  const id = idOf(await boss.call(createDomain, { body: { name: 'Before' } }));
  const headers = { 'if-match': await tagOf(`/api/domain/${id}`) };
  const holder = new pg.Client(server.databaseUrl);
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query(`update domain set name = 'Between' where id = $1`, [id]);
    await holder.query(`insert into domain (id, name) values (gen_random_uuid(), 'Taken')`);
    const mine = boss.call(updateDomain, { params: { id }, body: { name: 'Taken' }, headers });
    await waitFor('the change to wait', async () => (await countWaiting(server.deps.db)) > 0);
    await holder.query('commit');
    expect(await mine).toMatchObject({ status: 412, body: { code: 'precondition.failed' } });
  } finally {
    await holder.end();
  }
});

test('a request that is made and canceled is no change of the product, and a cache sees it', async () => {
  const product = await makeProduct(server, boss);
  const params = { id: product.id };
  const read = (headers: Record<string, string> = {}) => boss.call(getDataProductById, { params, headers });
  const etag = (await read()).headers.get('etag') ?? '';
  const edit = (description: string) =>
    boss.call(updateDataProduct, { params, body: { description }, headers: { 'if-match': etag } });
  const consumer = await server.person({ username: 'consumer' });
  const id = await askedId(consumer, product);
  expect(await read({ 'if-none-match': etag })).toMatchObject({
    status: 200,
    body: { stats: { totalRequestCount: 1 } },
  });
  await consumer.call(cancelAccessRequest, { params: { id } });
  expect((await read({ 'if-none-match': etag })).status).toBe(200);
  expect((await edit('One')).status).toBe(200);
  expect(await edit('Two')).toMatchObject({
    status: 412,
    body: { code: 'precondition.failed', etagOf: [`/api/data-product/${product.id}`] },
  });
  const now = (await read()).headers.get('etag') ?? '';
  expect((await read({ 'if-none-match': now })).status).toBe(304);
});

test('the sources of a product are replaced by the tag of the product, or of their own list', async () => {
  const { id, domainId } = await makeProduct(server, boss);
  const { dataSourceIds: sources } = await addDataSources(server.deps.db, {
    connectionKey: 'listed',
    schema: 'public',
    tables: ['one', 'two'],
  });
  for (const sourceId of sources)
    await sql`insert into domain_data_source (domain_id, data_source_id) values (${domainId}, ${sourceId})`.execute(
      server.deps.db,
    );
  const replace = (etag: string | null, n: number) =>
    boss.call(updateDataSources, {
      params: { id },
      body: { dataSources: sources.slice(0, n).map((sourceId) => ({ sourceId: String(sourceId) })) },
      headers: { 'if-match': etag ?? '' },
    });
  const ofProduct = await boss.call(getDataProductById, { params: { id } });
  expect((await replace(ofProduct.headers.get('etag'), 1)).status).toBe(200);
  const ofList = await boss.call(searchDataSources, { params: { id } });
  expect((await replace(ofList.headers.get('etag'), 2)).status).toBe(200);
  expect(await replace(ofProduct.headers.get('etag'), 1)).toMatchObject({
    status: 412,
    body: { etagOf: [`/api/data-product/${id}`, `/api/data-product/${id}/datasources`] },
  });
});

test('a part that has no read of its own is held to the tag of the whole', async () => {
  const group = await boss.call(createGroup, { body: { name: 'whole' } });
  const read = await boss.call(readGroup, { params: { id: String(group.body.id) } });
  const fill = (globalUserIds: string[]) =>
    boss.call(setGroupMembers, {
      params: { id: String(group.body.id) },
      body: { globalUserIds },
      headers: { 'if-match': read.headers.get('etag') ?? '' },
    });
  const members = [await server.person({ username: 'one' }), await server.person({ username: 'two' })];
  const answers = await Promise.all(members.map(({ globalUserId }) => fill([globalUserId])));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  const id = idOf(await boss.call(createDomain, { body: { name: 'Whole' } }));
  const stale = { params: { id }, body: { permissions: [] }, headers: { 'if-match': '"old"' } };
  expect((await boss.call(setDomainPermissions, stale)).status).toBe(412);
});
