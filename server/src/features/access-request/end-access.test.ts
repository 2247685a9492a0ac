import {
  cancelAccessRequest,
  getAccessRequestById,
  getAccessRequestRecords,
  revokeAccess,
} from '@stoa/contract/access-request';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../audit/append.ts';
import { newCuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { endAccessOfUser } from './close-requests.ts';
import { endExpiredAccess, nextExpiry } from './expire.ts';
import { askedId, decide, makeContainer, makeProduct } from './requests.fixture.ts';
import { until } from '../../testing/until.ts';

let server: TestServer;
let consumer: TestPerson;
let governor: TestPerson;
let outsider: TestPerson;

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000' } });
  consumer = await server.person({ username: 'consumer' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  outsider = await server.person({ username: 'outsider' });
});
afterAll(() => server.stop());

const read = async (id: string) => (await governor.call(getAccessRequestById, { params: { id } })).body;
const keysOf = async (targetId: string): Promise<string[]> => {
  const { rows } = await sql<{
    cause: string;
  }>`select cause from provisioning_key where target_id = ${targetId} order by id`.execute(server.deps.db);
  return rows.map((r) => r.cause);
};
const approved = async () => {
  const product = await makeProduct(server, governor);
  await makeContainer(server, product.id);
  const id = await askedId(consumer, product);
  await decide(governor, id, 'APPROVED', { duration: 1, durationUnit: 'DAYS' });
  return { product, id };
};

describe('canceling', () => {
  it('is for the two people of the request, while it is pending', async () => {
    const id = await askedId(consumer, await makeProduct(server, governor));
    const cancel = (who: TestPerson) => who.call(cancelAccessRequest, { params: { id } });
    expect((await server.nobody.call(cancelAccessRequest, { params: { id } })).status).toBe(401);
    expect((await cancel(outsider)).status).toBe(404);
    expect((await cancel(governor)).status).toBe(403);
    expect((await cancel(consumer)).status).toBe(204);
    expect((await read(id)).status).toBe('CANCELED');
    const records = await consumer.call(getAccessRequestRecords, { params: { id } });
    expect(records.body.approvalRecords.map((r) => r.status)).toEqual(['CANCELED']);
    expect(await cancel(consumer)).toMatchObject({ status: 409, body: { code: 'access_request.not_pending' } });
    expect(await decide(governor, id, 'APPROVED')).toMatchObject({
      status: 409,
      body: { code: 'access_request.not_pending' },
    });
  });
});

describe('revoking', () => {
  const revoke = (who: TestPerson, productId: string, requestId: string) =>
    who.call(revokeAccess, { params: { id: productId, requestId }, query: { reason: 'Project over.' } });

  it('takes approved access away and enqueues its key', async () => {
    const { product, id } = await approved();
    const other = await makeProduct(server, governor);
    expect((await revoke(outsider, product.id, id)).status).toBe(404);
    expect((await revoke(governor, other.id, id)).status).toBe(404);
    expect((await revoke(governor, product.id, id)).status).toBe(204);
    expect(await read(id)).toMatchObject({ status: 'REVOKED', decisionReason: 'Project over.' });
    expect(await keysOf(product.id)).toEqual(['determination', 'revoke']);
    const { timeline } = (await governor.call(getAccessRequestEvidence, { params: { id } })).body;
    expect(timeline.at(-1)).toMatchObject({
      kind: 'revoked',
      text: 'Project over.',
      actor: { username: 'governor' },
    });
    expect(await revoke(governor, product.id, id)).toMatchObject({
      status: 409,
      body: { code: 'access_request.not_approved' },
    });
  });

  it('is open to the beneficiary, who gives access back', async () => {
    const { product, id } = await approved();
    expect((await revoke(consumer, product.id, id)).status).toBe(204);
    expect((await read(id)).status).toBe('REVOKED');
  });
});

describe('expiry', () => {
  it('comes with the time of the database, never before it, and once', async () => {
    const { product, id } = await approved();
    const { deps } = server;
    await endExpiredAccess(deps);
    expect((await read(id)).status).toBe('APPROVED');
    expect(await nextExpiry(deps)).toBeGreaterThan(1_000);
    await sql`update access_request set expiration = now() - interval '1 second' where id = ${id}`.execute(deps.db);
    await Promise.all([endExpiredAccess(deps), endExpiredAccess(deps)]);
    // The server's own look may have come first, and be at it.
    await until(async () => (await read(id)).status === 'EXPIRED' || undefined);
    expect(await keysOf(product.id)).toEqual(['determination', 'expiry']);
    const { rows } =
      await sql`select from audit_event where action = 'AccessExpired' and targets @> ${JSON.stringify([{ id }])}::jsonb`.execute(
        deps.db,
      );
    expect(rows).toHaveLength(1);
  });

  it('wakes by itself when the next end is due', async () => {
    const { id } = await approved();
    await sql`update access_request set expiration = now() + interval '300 milliseconds' where id = ${id}`.execute(
      server.deps.db,
    );
    await expect.poll(async () => (await read(id)).status, { timeout: 11_000, interval: 200 }).toBe('EXPIRED');
  });

  it('of ten thousand in one second costs no more for each than that of a thousand', async () => {
    const { deps } = server;
    const { product, id } = await approved();
    const endTogether = async (first: number, count: number) => {
      await sql`insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, form_version, form, flow, event, expiration, decided_at)
        select 'c' || lpad(n::text, 24, '0'), 'DATA_ACCESS', 'APPROVED', r.requesting_user, r.beneficiary, r.data_product_id, r.form_version, r.form, r.flow, r.event, now(), now()
        from access_request r, generate_series(${first}::int, ${first + count - 1}::int) n where r.id = ${id}`.execute(
        deps.db,
      );
      const start = performance.now();
      await endExpiredAccess(deps);
      return performance.now() - start;
    };
    // Before and after: on a machine that others use too, one of the two was quick by chance.
    const [before, ofTenThousand, after] = [
      await endTogether(1, 1_000),
      await endTogether(1_001, 10_000),
      await endTogether(11_001, 1_000),
    ];
    // A cost that grew with the square of their number would be a hundred times as high.
    expect(ofTenThousand).toBeLessThan(30 * Math.max(before, after));
    // The server ends what is over by itself as well; what it is about is ended a moment later.
    await until(async () => {
      const { rows } = await sql<{
        n: number;
      }>`select count(*) as n from access_request where target_id = ${product.id} and status = 'EXPIRED'`.execute(
        deps.db,
      );
      return rows[0]?.n === 12_000 ? true : undefined;
    });
  });
});

it('a disabled account loses what is pending and keeps its approvals; a removed one loses both', async () => {
  const { id: kept } = await approved();
  const pending = await askedId(consumer, await makeProduct(server, governor));
  const end = (how: 'cancel' | 'all') =>
    transact(server.deps, (tx, after) =>
      endAccessOfUser(tx, after, {
        globalUserId: consumer.globalUserId,
        actor: systemActor,
        endedBy: null,
        reason: 'The account was disabled.',
        how,
      }),
    );
  await end('cancel');
  expect(await read(pending)).toMatchObject({ status: 'CANCELED', decisionReason: 'The account was disabled.' });
  expect((await read(kept)).status).toBe('APPROVED');
  await end('all');
  expect((await read(kept)).status).toBe('REVOKED');
});

it('a determination on an unknown request is not found', async () => {
  expect((await decide(governor, newCuid(), 'DENIED')).status).toBe(404);
});
