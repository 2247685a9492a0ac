import { updateDataProduct } from '@stoa/contract/data-product';
import { createDomain, readDomain, updateDomain } from '@stoa/contract/domain';
import { createGroup } from '@stoa/contract/group';
import { createTag } from '@stoa/contract/tag';
import { createWebhook } from '@stoa/contract/webhook';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeProduct } from '../features/access-request/requests.fixture.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
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
