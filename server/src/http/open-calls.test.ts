import { signIn } from '@stoa/contract/auth';
import { createDomain, listDomains, readDomain, updateDomain } from '@stoa/contract/domain';
import { createGroup, listGroups } from '@stoa/contract/group';
import { getHealth, getLiveness, getMetrics, getReadiness } from '@stoa/contract/system';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startTestServer, type TestServer } from '../testing/app.ts';
import type { TestPerson } from '../testing/people.ts';
import { waitFor } from '../testing/register-platform.ts';
import { OpenCalls } from './open-calls.ts';

/** As many calls that read are answered at once; one that changes is taken up to a quarter more, which is five. */
const most = 4;

let server: TestServer;
let governor: TestPerson;
let holder: pg.Client;
beforeAll(async () => {
  server = await startTestServer({ env: { STOA_OPEN_CALLS: String(most) } });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE', 'USER_ADMIN'] });
  holder = new pg.Client(server.databaseUrl);
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  await server.stop();
});
afterEach(() => vi.restoreAllMocks());

async function countTurnedAway(): Promise<number> {
  const { body } = await server.nobody.call(getMetrics);
  return Number(/^stoa_http_turned_away_total (\d+)$/m.exec(String(body))?.[1]);
}

/** Makes `count` calls wait for a lock, does `meanwhile`, lets them go, and answers what they were answered. */
async function whileOpen(count: number, meanwhile: () => Promise<void>): Promise<number[]> {
  await holder.query('begin; lock table domain in access exclusive mode');
  const held = Promise.all(Array.from({ length: count }, () => governor.call(listDomains)));
  try {
    await waitFor('the calls to wait for the lock', async () => {
      const { rows } = await holder.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length === count;
    });
    await meanwhile();
  } finally {
    await holder.query('rollback');
  }
  return (await held).map(({ status }) => status);
}

test('a read beyond the limit is turned away at once, and what was let in is answered', async () => {
  const warned = vi.spyOn(server.deps.log, 'warn');
  const before = await countTurnedAway();
  const answered = await whileOpen(most, async () => {
    for (let n = 0; n < 3; n++) {
      const refused = await governor.call(listGroups);
      expect(refused.body).toMatchObject({ code: 'server.overloaded', status: 503 });
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
    }
    expect((await countTurnedAway()) - before).toBe(3);
  });
  expect(answered).toEqual([200, 200, 200, 200]);
  expect((await governor.call(listGroups)).status).toBe(200);
  const word = 'more calls come than can be answered';
  expect(warned.mock.calls.filter(([, said]) => String(said) === word)).toHaveLength(1);
});

test('a change is still taken where reading is turned away, and whoever watches the server hears of it', async () => {
  const made = await whileOpen(most, async () => {
    const group = await governor.call(createGroup, { body: { name: 'Made in the rush' } });
    expect(group.status).toBe(201);
    for (const operation of [getHealth, getLiveness, getReadiness])
      expect((await server.nobody.call(operation)).status).toBe(200);
  });
  expect(made).toEqual([200, 200, 200, 200]);
});

test('many who try to sign in at once keep nobody out who is signed in', async () => {
  await holder.query('begin; lock table rate_count in access exclusive mode');
  // A quarter of the limit is one, and a quarter more for what changes is two.
  const answered: number[] = [];
  const tries = Array.from({ length: 5 }, async (_, n) => {
    const body = { username: `guess${n}`, password: 'not this one' };
    answered.push((await server.nobody.call(signIn, { body })).status);
  });
  try {
    await waitFor('three to be turned away', async () => answered.length === 3);
    expect((await governor.call(listGroups)).status).toBe(200);
  } finally {
    await holder.query('rollback');
  }
  await Promise.all(tries);
  expect(answered).toEqual([503, 503, 503, 401, 401]);
});

test('a call with If-Match has room for the read that it is held against', async () => {
  const made = await governor.call(createDomain, { body: { name: 'Contested' } });
  if (made.status !== 201) throw new Error('not made');
  const params = { id: made.body.id };
  const read = await governor.call(readDomain, { params });
  const changed = (tag: string, name: string) =>
    governor.call(updateDomain, { params, body: { name }, headers: { 'if-match': tag } });
  // As many at once as there is room for: were their reads counted too, none would get one.
  const tag = read.headers.get('etag') ?? '';
  const answers = await Promise.all(Array.from({ length: most }, () => changed('"of another time"', 'Lost')));
  expect(answers.map(({ status }) => status)).toEqual([412, 412, 412, 412]);
  expect((await changed(tag, 'Contested no more')).status).toBe(200);
});

test('where half of the calls take too long fewer are let in, and as many as before once they do not', async () => {
  const calls = new OpenCalls(100, server.deps.log);
  let passed = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => passed);
  /** Opens so many calls, or as many as are let in; answers how many that were, once each took so long. */
  const openAll = async (count: number, milliseconds: number): Promise<number> => {
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const open = Array.from({ length: count }, () => calls.run(listGroups, () => held));
    passed += milliseconds;
    letGo();
    return (await Promise.allSettled(open)).filter(({ status }) => status === 'fulfilled').length;
  };
  expect(await openAll(150, 100)).toBe(100);
  // Few that are slow are no reason.
  for (let n = 0; n < 20; n++) await openAll(8, 5_000);
  expect(await openAll(150, 100)).toBe(100);
  for (let n = 0; n < 20; n++) await openAll(150, 1_000);
  expect(await openAll(150, 100)).toBe(16);
  for (let n = 0; n < 60; n++) await openAll(16, 100);
  expect(await openAll(150, 100)).toBe(100);
});
