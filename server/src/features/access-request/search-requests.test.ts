import {
  determineAccessRequest,
  getAccessRequestById,
  getRecentDeterminations,
  searchAccessRequests,
  searchDataProductAccessRequests,
} from '@stoa/contract/access-request';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { getAccessRequestPlan } from '@stoa/contract/plan';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { snoozeAccessRequest, wakeAccessRequest } from '@stoa/contract/snooze';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { forgetSnoozes } from './snooze.ts';
import { askedId, decide, makeContainer, makeProduct, type Product, reviewBy, user } from './requests.fixture.ts';

let server: TestServer;
let consumer: TestPerson;
let consumer2: TestPerson;
let governor: TestPerson;
let steward: TestPerson;
let manager: TestPerson;
let auditor: TestPerson;
let outsider: TestPerson;
let defaultProduct: Product;
let stewarded: Product;
const ids = { pending: '', approved: '', denied: '', other: '' };

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000' } });
  const { db } = server.deps;
  consumer = await server.person({ username: 'consumer' });
  consumer2 = await server.person({ username: 'consumer2' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  manager = await server.person({ username: 'manager' });
  auditor = await server.person({ username: 'auditor' });
  outsider = await server.person({ username: 'outsider' });
  defaultProduct = await makeProduct(server, governor);
  stewarded = await makeProduct(server, governor, {
    flow: reviewBy({ all: [user(steward), { type: 'PERMISSION', permission: 'GOVERNANCE' }] }),
  });
  const grant = (person: TestPerson, permission: string) =>
    sql`insert into domain_permission (domain_id, permission, principal_type, user_id) values (${defaultProduct.domainId}, ${permission}, 'user', ${person.globalUserId})`.execute(
      db,
    );
  await grant(manager, 'Manage Data Products');
  await grant(auditor, 'Audit Activity');
  ids.pending = await askedId(consumer, stewarded);
  ids.approved = await askedId(consumer, defaultProduct);
  await decide(governor, ids.approved, 'APPROVED', { duration: 1, durationUnit: 'WEEKS' });
  ids.denied = await askedId(consumer2, defaultProduct);
  await decide(governor, ids.denied, 'DENIED');
  ids.other = await askedId(consumer2, stewarded);
});
afterAll(() => server.stop());

type Query = Parameters<typeof consumer.call<typeof searchAccessRequests>>[1];
const found = async (who: TestPerson, query: NonNullable<Query>['query'] = {}): Promise<string[]> => {
  const answer = await who.call(searchAccessRequests, { query });
  expect(answer.status).toBe(200);
  expect(answer.body.meta.totalCount).toBe(answer.body.data.length);
  return answer.body.data.map((r) => r.id);
};

const later = (hours: number): { until: string } => ({
  until: new Date(Date.now() + hours * 3_600_000).toISOString(),
});

describe('a request that is put aside', () => {
  const awaiting = { status: ['PENDING' as const], reviewStatus: ['awaitingReviewFromYou' as const] };
  const params = () => ({ id: ids.pending });

  it('leaves the queue of who put it aside until then, and nobody else sees it', async () => {
    expect(await found(steward, { ...awaiting, snoozed: false })).toContain(ids.pending);
    const { until } = later(5);
    const aside = await steward.call(snoozeAccessRequest, { params: params(), body: { until } });
    expect(aside).toMatchObject({ status: 200, body: { until } });
    expect(await found(steward, { ...awaiting, snoozed: false })).not.toContain(ids.pending);
    expect(await found(steward, { snoozed: true })).toEqual([ids.pending]);
    expect(await found(steward, awaiting)).toContain(ids.pending);
    for (const who of [governor, manager, consumer]) expect(await found(who, { snoozed: true })).toEqual([]);
    const shownTo = async (who: TestPerson) =>
      (await who.call(getAccessRequestById, { params: params() })).body.snoozedUntil;
    expect([await shownTo(steward), await shownTo(governor)]).toEqual([until, undefined]);
    const evidence = await steward.call(getAccessRequestEvidence, { params: params() });
    expect(evidence.body.request.snoozedUntil).toBe(until);
    await sql`update request_snooze set until = now()`.execute(server.deps.db);
    expect(await found(steward, { ...awaiting, snoozed: false })).toContain(ids.pending);
    expect(await shownTo(steward)).toBeUndefined();
  });

  it('comes back at once where one wants it, and what is over is forgotten', async () => {
    const { db } = server.deps;
    await steward.call(snoozeAccessRequest, { params: params(), body: later(5) });
    await steward.call(snoozeAccessRequest, { params: params(), body: later(7) });
    expect((await steward.call(wakeAccessRequest, { params: params() })).status).toBe(204);
    expect((await steward.call(wakeAccessRequest, { params: params() })).status).toBe(204);
    expect(await found(steward, { snoozed: true })).toEqual([]);
    await steward.call(snoozeAccessRequest, { params: params(), body: later(5) });
    await forgetSnoozes(db);
    expect(await found(steward, { snoozed: true })).toEqual([ids.pending]);
    await sql`update request_snooze set until = now()`.execute(db);
    await forgetSnoozes(db);
    expect(await db.selectFrom('request_snooze').select('until').execute()).toEqual([]);
  });

  it('is pending, by who sees its evidence, until a moment to come, for 30 days at most', async () => {
    const refusal = async (who: TestPerson, id: string, hours: number) => {
      const { status, body } = await who.call(snoozeAccessRequest, { params: { id }, body: later(hours) });
      return `${status} ${'code' in body ? String(body.code) : ''}`;
    };
    expect(await refusal(governor, ids.approved, 5)).toBe('409 access_request.not_pending');
    for (const hours of [-1, 31 * 24])
      expect(await refusal(steward, ids.pending, hours)).toBe('422 access_request.snooze_invalid');
    expect((await refusal(consumer, ids.pending, 5)).slice(0, 3)).toBe('403');
    expect((await refusal(outsider, ids.pending, 5)).slice(0, 3)).toBe('404');
    expect((await consumer.call(wakeAccessRequest, { params: params() })).status).toBe(403);
    expect(await found(steward, { snoozed: true })).toEqual([]);
  });
});

describe('the list of requests', () => {
  it('holds exactly what the caller may read', async () => {
    const people = [consumer, consumer2, governor, steward, manager, auditor, outsider];
    for (const who of people) {
      const listed = new Set(await found(who));
      for (const id of Object.values(ids)) {
        const { status } = await who.call(getAccessRequestById, { params: { id } });
        expect({ who: who.username, id, listed: listed.has(id) }).toEqual({
          who: who.username,
          id,
          listed: status === 200,
        });
      }
    }
    expect(await found(outsider)).toEqual([]);
    expect(await found(steward)).toEqual([ids.other, ids.pending]);
    expect(await found(auditor)).toEqual([ids.denied, ids.approved]);
  });

  it('is narrowed by role', async () => {
    expect(await found(consumer, { role: ['requestor'] })).toEqual([ids.approved, ids.pending]);
    expect(await found(consumer, { role: ['steward'] })).toEqual([]);
    expect(await found(manager, { role: ['manager'] })).toEqual([ids.denied, ids.approved]);
    expect(await found(steward, { role: ['steward'] })).toEqual([ids.other, ids.pending]);
  });

  it('is narrowed by what awaits the caller', async () => {
    expect(await found(steward, { reviewStatus: ['awaitingReviewFromYou'] })).toEqual([ids.other, ids.pending]);
    expect(await found(manager, { reviewStatus: ['awaitingReviewFromYou'] })).toEqual([]);
    expect(await found(governor, { reviewStatus: ['reviewedByYou'] })).toEqual([ids.denied, ids.approved]);
    expect(await found(governor, { reviewStatus: ['noReviews'] })).toEqual([ids.other, ids.pending]);
    const own = await askedId(steward, stewarded);
    expect(await found(steward, { reviewStatus: ['awaitingReviewFromYou'] })).toEqual([ids.other, ids.pending]);
    await sql`delete from access_request where id = ${own}`.execute(server.deps.db);
  });

  it('is narrowed by state, end, person, target and text, and sorted', async () => {
    expect(await found(governor, { status: ['APPROVED', 'DENIED'] })).toEqual([ids.denied, ids.approved]);
    expect(await found(governor, { expiration: true })).toEqual([ids.approved]);
    expect(await found(governor, { expiration: false, status: ['APPROVED'] })).toEqual([]);
    expect(await found(governor, { userIds: [consumer2.globalUserId] })).toEqual([ids.other, ids.denied]);
    expect(await found(governor, { dataProductId: stewarded.id, sortOrder: 'asc' })).toEqual([ids.pending, ids.other]);
    expect(await found(governor, { assetType: ['DATA_OBJECT'] })).toEqual([]);
    expect(await found(governor, { targetType: ['COLUMNS', 'table'] })).toEqual([]);
    expect(await found(governor, { targetType: ['DATA_PRODUCT'], type: ['DATA_ACCESS'] })).toHaveLength(4);
    expect(await found(governor, { searchText: 'consumer2' })).toEqual([ids.other, ids.denied]);
    expect(await found(governor, { searchText: '%' })).toEqual([]);
    for (const sortBy of ['status', 'dataProduct', 'updatedAt', 'expiration'] as const)
      expect(await found(governor, { sortBy })).toHaveLength(4);
  });

  it('gives the same order page by page, from either end', async () => {
    const whole = await found(governor);
    const paged: string[] = [];
    for (let offset = 0; offset < 4; offset += 1) {
      const { body } = await governor.call(searchAccessRequests, { query: { offset, limit: 1 } });
      expect(body.meta).toMatchObject({ totalCount: 4, totalPages: 4, currentPage: offset + 1, pageCount: 1 });
      paged.push(...body.data.map((r) => r.id));
    }
    expect(paged).toEqual(whole);
    const beyond = await governor.call(searchAccessRequests, { query: { offset: 50 } });
    expect(beyond.body).toMatchObject({ data: [], meta: { totalCount: 4 } });
  });

  it('of one product holds those of that product alone', async () => {
    const { body } = await governor.call(searchDataProductAccessRequests, { params: { id: stewarded.id } });
    expect(body.data.map((r) => r.id)).toEqual([ids.other, ids.pending]);
    const mine = await consumer.call(searchDataProductAccessRequests, { params: { id: stewarded.id } });
    expect(mine.body.data.map((r) => r.id)).toEqual([ids.pending]);
    expect((await server.nobody.call(searchAccessRequests)).status).toBe(401);
  });
});

it('recent determinations are for those who review', async () => {
  const read = (who: TestPerson) => who.call(getRecentDeterminations, { params: { id: defaultProduct.id } });
  expect((await read(governor)).body.determinations.map((d) => d.status)).toEqual(['DENIED', 'APPROVED']);
  expect((await read(manager)).status).toBe(200);
  expect((await read(outsider)).status).toBe(403);
});

describe('evidence', () => {
  it('holds everything a steward looks at', async () => {
    const { db } = server.deps;
    await sql`insert into attribute (principal_type, principal_id, name, value) values ('user', ${consumer.globalUserId}, 'department', 'Claims')`.execute(
      db,
    );
    const group = await sql<{ id: number }>`insert into user_group (name) values ('Analysts') returning id`.execute(db);
    for (const person of [consumer, consumer2])
      await sql`insert into group_member (group_id, global_user_id) values (${group.rows[0]?.id}, ${person.globalUserId})`.execute(
        db,
      );
    const answer = await steward.call(getAccessRequestEvidence, { params: { id: ids.pending } });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        request: { id: ids.pending, reviewable: true },
        beneficiary: { person: { username: 'consumer' }, groups: ['Analysts'], attributes: { department: ['Claims'] } },
        form: { name: 'Standard Request Form', newerExists: false },
        answers: [{ display: 'Quarterly report on claims.' }],
        precedent: { approvals: [], denials: [] },
        stages: [{ number: 1, mode: 'all', satisfied: false }],
        assist: { approvalRisk: 'INDETERMINATE' },
        peers: [{ group: 'Analysts', having: 0, total: 1 }],
        plan: { empty: true },
        timeline: [{ kind: 'submitted', actor: { username: 'consumer' } }],
        decision: { allowed: true, final: false, shortestSoFar: null },
      },
    });
    expect(answer.body.records.map((r) => r.eligible?.map((p) => p.username))).toEqual([['steward'], ['governor']]);
  });

  it('shows earlier decisions of people on the same target', async () => {
    const id = await askedId(outsider, defaultProduct);
    const { body } = await governor.call(getAccessRequestEvidence, { params: { id } });
    expect(body.precedent.approvals.map((d) => d.requestId)).toEqual([ids.approved]);
    expect(body.precedent.denials.map((d) => d.requestId)).toEqual([ids.denied]);
    expect(body.medianDecisionHours).toBeGreaterThanOrEqual(0);
    expect(body.decision).toMatchObject({ allowed: true, final: true });
  });

  it('is read by auditors, of all requests or of those of their domain, who decide nothing', async () => {
    const everywhere = await server.person({ username: 'auditor-of-all', permissions: ['AUDIT'] });
    const of = (who: TestPerson, id: string) => who.call(getAccessRequestEvidence, { params: { id } });
    expect((await of(auditor, ids.pending)).status).toBe(404);
    for (const [who, id] of [
      [everywhere, ids.pending],
      [everywhere, ids.approved],
      [auditor, ids.approved],
    ] as const) {
      const { status, body } = await of(who, id);
      expect([status, body.request.id, body.decision.allowed]).toEqual([200, id, false]);
      expect(body.timeline.map(({ kind }) => kind)).toContain('submitted');
      const plan = await who.call(getAccessRequestPlan, { params: { id } });
      const provisioning = await who.call(getAccessRequestProvisioning, { params: { id } });
      expect([plan.status, provisioning.status]).toEqual([200, 200]);
    }
    const tried = await everywhere.call(determineAccessRequest, {
      params: { id: ids.pending },
      body: { status: 'APPROVED', reason: 'It looks right.' },
    });
    expect(tried.status).toBe(403);
  });

  it('is not for the requester, who is told whose it is, nor for strangers', async () => {
    const read = (who: TestPerson) => who.call(getAccessRequestEvidence, { params: { id: ids.pending } });
    const own = await read(consumer);
    expect(own).toMatchObject({ status: 403, body: { detail: expect.stringContaining('review or audit') } });
    expect(own.body).not.toHaveProperty('needs');
    expect((await read(manager)).status).toBe(404);
  });

  it('says what each source would change, what stands around it, and who has no account there', async () => {
    const { db } = server.deps;
    const product = await makeProduct(server, governor);
    const connectionId = await makeContainer(server, product.id);
    await sql`insert into data_object (id, connection_id, object_path, name, object_type) values (gen_random_uuid(), ${connectionId}, '{warehouse,claims,claim}', 'claim', 'table')`.execute(
      db,
    );
    await sql`insert into data_source (data_object_id, connection_id, name) select id, connection_id, name from data_object where connection_id = ${connectionId}`.execute(
      db,
    );
    await sql`insert into data_product_source (id, data_product_id, data_source_id) select 'cs1', ${product.id}, id from data_source where connection_id = ${connectionId}`.execute(
      db,
    );
    await sql`insert into domain_data_source (domain_id, data_source_id) select d.domain_id, s.id from data_product_domain d, data_source s
      where d.data_product_id = ${product.id} and s.connection_id = ${connectionId}`.execute(db);
    await sql`insert into drift_finding (id, connection_id, finding, object, principal, privilege) values (gen_random_uuid(), ${connectionId}, 'bypass', 'warehouse.claims.claim', 'PUBLIC', 'SELECT')`.execute(
      db,
    );
    const id = await askedId(consumer, product, consumer2);
    const { status, body } = await governor.call(getAccessRequestEvidence, { params: { id } });
    expect(status).toBe(200);
    expect(body.sources).toMatchObject([
      { name: 'claim', effect: 'GAINS_ACCESS', objectPath: ['warehouse', 'claims', 'claim'] },
    ]);
    expect(body.findings).toMatchObject([{ finding: 'bypass', principal: 'PUBLIC' }]);
    expect(body.signals.map((s) => s.code)).toEqual(['no_identity', 'bypass', 'on_behalf']);
    await decide(governor, id, 'APPROVED');
    const { body: decided } = await governor.call(getAccessRequestEvidence, { params: { id } });
    expect(decided.sources).toMatchObject([{ effect: 'GAINS_ACCESS' }]);
  });
});
