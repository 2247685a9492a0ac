import { cancelAccessRequest, revokeAccess } from '@stoa/contract/access-request';
import { deleteDataProduct, updateDataProduct } from '@stoa/contract/data-product';
import { targetFlow } from '@stoa/contract/review-flow';
import { updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { createDatabase, dropDatabase } from '../../testing/postgres.ts';
import { until } from '../../testing/until.ts';
import { endExpiredAccess } from '../access-request/expire.ts';
import { askedId, decide, makeProduct, reviewBy, user } from '../access-request/requests.fixture.ts';

let server: TestServer;
let consumer: TestPerson;
let governor: TestPerson;
let steward: TestPerson;

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000' } });
  consumer = await server.person({ username: 'consumer' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE', 'USER_ADMIN'] });
  steward = await server.person({ username: 'steward' });
});
afterAll(() => server.stop());

type Row = { type: string; actor: string; data: Record<string, unknown> };
const about = async (column: 'request_id' | 'target_id', id: string): Promise<Row[]> => {
  const { rows } =
    await sql<Row>`select type, actor_name as actor, data from event where ${sql.ref(column)} = ${id} order by sequence`.execute(
      server.deps.db,
    );
  return rows;
};
const named = (rows: readonly Row[]) =>
  rows.map(({ type }) => type.replace('marketplace.data_product.access_requests.', ''));

describe('what happens to a request is written down as it happens', () => {
  it('asking and each decision; the one that ends the waiting as the request’s own as well', async () => {
    const flow = reviewBy({ any: [user(steward)] }, { any: [user(governor)] });
    const id = await askedId(consumer, await makeProduct(server, governor, { flow }));
    await decide(steward, id, 'APPROVED');
    await decide(governor, id, 'APPROVED', { duration: 2, durationUnit: 'DAYS' });
    const rows = await about('request_id', id);
    expect(named(rows)).toEqual(['created', 'data_steward.updated', 'data_steward.updated', 'consumer.updated']);
    expect(rows.map((row) => row.actor)).toEqual(['consumer', 'steward', 'governor', 'governor']);
    expect(rows[1]?.data).toMatchObject({ status: 'PENDING', decision: 'APPROVED', reason: 'Looked at it.' });
    expect(rows[3]?.data).toMatchObject({ status: 'APPROVED', expiration: expect.stringMatching(/Z$/) });
  });

  it('what is taken back, revoked or over, once and by whom', async () => {
    const canceled = await askedId(consumer, await makeProduct(server, governor));
    await consumer.call(cancelAccessRequest, { params: { id: canceled } });
    expect(named(await about('request_id', canceled))).toEqual(['created', 'canceled']);
    const product = await makeProduct(server, governor);
    const revoked = await askedId(consumer, product);
    await decide(governor, revoked, 'APPROVED');
    const call = { params: { id: product.id, requestId: revoked }, query: { reason: 'Project over.' } };
    await governor.call(revokeAccess, call);
    expect((await governor.call(revokeAccess, call)).status).toBe(409);
    const rows = await about('request_id', revoked);
    expect(named(rows)).toEqual(['created', 'data_steward.updated', 'consumer.updated', 'revoked']);
    expect(rows[3]?.data).toMatchObject({ status: 'REVOKED', reason: 'Project over.', givenBack: false });
    const expired = await askedId(consumer, await makeProduct(server, governor));
    await decide(governor, expired, 'APPROVED', { duration: 1, durationUnit: 'DAYS' });
    await sql`update access_request set expiration = now() where id = ${expired}`.execute(server.deps.db);
    await Promise.all([endExpiredAccess(server.deps), endExpiredAccess(server.deps)]);
    // The server's own look may have come first, and be at it.
    await until(async () => named(await about('request_id', expired)).includes('expired') || undefined);
    expect(named(await about('request_id', expired)).filter((name) => name === 'expired')).toHaveLength(1);
  });

  it('a refused act leaves nothing', async () => {
    const id = await askedId(governor, await makeProduct(server, governor));
    expect((await decide(governor, id, 'APPROVED')).status).toBe(403);
    expect(named(await about('request_id', id))).toEqual(['created']);
  });

  it('a target that goes takes its requests along, each told once; a person who goes has theirs canceled', async () => {
    const product = await makeProduct(server, governor);
    const leaver = await server.person({ username: 'leaver' });
    const [open, left] = [await askedId(consumer, product), await askedId(leaver, product)];
    await governor.call(updateUser, { params: { globalUserId: leaver.globalUserId }, body: { status: 'disabled' } });
    await governor.call(deleteDataProduct, { params: { id: product.id } });
    expect(named(await about('request_id', left))).toEqual(['created', 'canceled']);
    const rows = await about('request_id', open);
    expect(named(rows)).toEqual(['created', 'deleted']);
    expect(rows[1]?.data).toMatchObject({ status: 'CANCELED', reason: 'The data product was deleted.' });
    const own = (await about('target_id', product.id)).filter((row) => row.type.includes('.state.'));
    expect(own.map((row) => row.type)).toEqual(['marketplace.data_product.state.deleted']);
  });
});

it('who is named in a flow is told when they were not named before', async () => {
  const product = await makeProduct(server, governor);
  const save = (...people: TestPerson[]) =>
    governor.call(updateDataProduct, {
      params: { id: product.id },
      body: { dataAccessReviewFlow: targetFlow.parse(reviewBy({ any: people.map(user) })) },
    });
  await save(steward);
  await save(steward, governor);
  const rows = await about('target_id', product.id);
  expect(rows.filter((row) => row.type === 'marketplace.data_product.state.updated')).toHaveLength(2);
  const assigned = rows.filter((row) => row.type === 'stoa.steward.assigned').map((row) => row.data['userIds']);
  expect(assigned).toEqual([[steward.globalUserId], [governor.globalUserId]]);
});

it('whatever was written is fanned out, and nothing waits on', async () => {
  const { rows } = await sql<{ count: number }>`select count(*) as count from event`.execute(server.deps.db);
  expect(rows[0]?.count).toBeGreaterThan(0);
  await until(async () => {
    const pending = await sql`select from event_pending`.execute(server.deps.db);
    return pending.rows.length === 0 || undefined;
  });
});

it('a stop does not wait until everything is told: the next start goes on', async () => {
  const databaseUrl = await createDatabase();
  const pending = async (deps: TestServer['deps']) =>
    (await sql<{ n: number }>`select count(*)::int as n from event_pending`.execute(deps.db)).rows[0]?.n ?? 0;
  const count = 20_000;
  try {
    const first = await startTestServer({ databaseUrl });
    await sql`with told as (
        insert into event (type, target_id, actor_id, actor_name, data)
        select 'marketplace.data_product.state.updated', gen_random_uuid(), 'stoa', 'Stoa', '{"name":"Many","fields":["description"],"suspended":false}'
        from generate_series(1, ${count}::int) returning sequence
      ) insert into event_pending (sequence) select sequence from told`.execute(first.deps.db);
    await until(async () => (await pending(first.deps)) < count || undefined);
    await first.stop();
    const second = await startTestServer({ databaseUrl });
    expect(await pending(second.deps)).toBeGreaterThan(0);
    await until(async () => (await pending(second.deps)) === 0 || undefined, 150);
    await second.stop();
  } finally {
    await dropDatabase(databaseUrl);
  }
}, 240_000);
