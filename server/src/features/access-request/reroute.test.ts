import {
  cancelAccessRequest,
  getAccessRequestById,
  getAccessRequestRecords,
  rerouteAccessRequest,
  searchAccessRequests,
} from '@stoa/contract/access-request';
import { updateApprovalRecord } from '@stoa/contract/approval-record';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import type { Stage } from '@stoa/contract/review-flow';
import { updateApplicationSettings } from '@stoa/contract/settings';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { askedId, decide, makeProduct, reviewBy } from './requests.fixture.ts';

let server: TestServer;
let consumer: TestPerson;
let governor: TestPerson;
let governor2: TestPerson;
let steward: TestPerson;
let steward2: TestPerson;
let leaver: TestPerson;

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '100000' } });
  consumer = await server.person({ username: 'consumer' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  governor2 = await server.person({ username: 'governor2', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  steward2 = await server.person({ username: 'steward2' });
  leaver = await server.person({ username: 'leaver' });
  await sql`update app_user set status = 'disabled' where global_user_id = ${leaver.globalUserId}`.execute(
    server.deps.db,
  );
});
afterAll(() => server.stop());

const user = (person: TestPerson) => ({ type: 'USER' as const, id: person.globalUserId });
const governors = { type: 'PERMISSION', permission: 'GOVERNANCE' } as const;

/** A pending request under these stages. */
const pending = async (stages: Stage[], who = consumer) =>
  askedId(who, await makeProduct(server, governor, { flow: reviewBy(...stages) }));
const give = (who: TestPerson, id: string, stages: Stage[], reason = 'The steward has left.') =>
  who.call(rerouteAccessRequest, { params: { id }, body: { stages, reason } });
const read = async (who: TestPerson, id: string) => (await who.call(getAccessRequestById, { params: { id } })).body;
const recordsOf = async (who: TestPerson, id: string) =>
  (await who.call(getAccessRequestRecords, { params: { id } })).body.approvalRecords;
const auditOf = async (id: string) => {
  const { rows } = await sql<{ action: string; payload: Record<string, unknown> }>`
    select action, payload from audit_event where targets @> ${JSON.stringify([{ id }])}::jsonb order by sequence`.execute(
    server.deps.db,
  );
  return rows;
};

describe('a request that nobody can decide', () => {
  it('says so, and is never approved by itself', async () => {
    const id = await pending([{ any: [user(leaver)] }]);
    expect(await read(consumer, id)).toMatchObject({ status: 'PENDING', reviewable: false });
  });

  it('is given to others by a governor, who decide it; who gave it does not', async () => {
    const id = await pending([{ any: [user(leaver)] }]);
    const answer = await give(governor, id, [{ any: [user(steward), governors] }]);
    expect(answer).toMatchObject({ status: 200, body: { status: 'PENDING', progress: { satisfied: 0, total: 1 } } });
    expect(await read(governor, id)).toMatchObject({ reviewable: true });
    expect((await decide(governor, id, 'APPROVED')).body).toMatchObject({ code: 'approval_record.four_eyes' });
    expect((await decide(steward, id, 'APPROVED')).body).toMatchObject({ status: 'APPROVED' });
  });

  it('leaves its former slots behind, canceled, for all readers to see', async () => {
    const id = await pending([{ any: [user(leaver)] }]);
    const [before] = await recordsOf(consumer, id);
    await give(governor, id, [{ any: [user(steward)] }]);
    expect(await recordsOf(consumer, id)).toMatchObject([
      { status: 'PENDING', stage: 1, approvers: [{ id: steward.globalUserId }] },
      { id: before?.id, status: 'CANCELED', leftBehind: true },
    ]);
    const late = await steward.call(updateApprovalRecord, {
      params: { id: before?.id ?? '' },
      body: { status: 'APPROVED', reason: 'From an old page.' },
    });
    expect(late).toMatchObject({ status: 409, body: { code: 'approval_record.rerouted' } });
  });

  it('stands in the queue of those it was given to, and of nobody else', async () => {
    const id = await pending([{ any: [user(leaver)] }]);
    await give(governor, id, [{ any: [user(steward), governors] }]);
    const waits = async (who: TestPerson) => {
      const query = { reviewStatus: ['awaitingReviewFromYou' as const], limit: 1_000 };
      const { body } = await who.call(searchAccessRequests, { query });
      return body.data.some((one) => one.id === id);
    };
    expect(await Promise.all([steward, governor2, governor, steward2].map(waits))).toEqual([true, true, false, false]);
  });

  it('keeps who gave it, to whom and why: in the audit and in the timeline', async () => {
    const id = await pending([{ any: [user(leaver)] }]);
    await give(governor, id, [{ any: [user(steward)] }], 'Lea has left.');
    const [, last] = await auditOf(id);
    expect(last).toMatchObject({ action: 'AccessRequestRerouted', payload: { reason: 'Lea has left.', keptIds: [] } });
    const { body } = await governor.call(getAccessRequestEvidence, { params: { id } });
    expect(body.timeline).toContainEqual(
      expect.objectContaining({
        kind: 'rerouted',
        text: 'Lea has left.',
        actor: expect.objectContaining({ username: 'governor' }),
      }),
    );
    const { rows } = await sql`select from live_event
      where type = 'access-request' and subject_id = ${id}`.execute(server.deps.db);
    expect(rows.length).toBeGreaterThanOrEqual(2);
  });
});

describe('approvals made before a re-route', () => {
  it('count on where their source is kept, with their period', async () => {
    const id = await pending([{ all: [user(steward), user(leaver)] }]);
    await decide(steward, id, 'APPROVED', { duration: 3, durationUnit: 'DAYS' });
    const answer = await give(governor, id, [{ all: [user(steward2), user(steward)] }]);
    expect(answer.body).toMatchObject({ status: 'PENDING' });
    expect(await recordsOf(consumer, id)).toMatchObject([
      { status: 'PENDING', approvers: [{ id: steward2.globalUserId }] },
      { status: 'APPROVED', actionBy: { username: 'steward' }, duration: 3 },
      { status: 'CANCELED', leftBehind: true },
    ]);
    const { body } = await decide(steward2, id, 'APPROVED');
    expect(body.status).toBe('APPROVED');
    expect(Date.parse(body.expiration ?? '') - Date.parse(body.decidedAt ?? '')).toBe(3 * 86_400_000);
  });

  it('stay visible and do not count where their source is dropped', async () => {
    const id = await pending([{ all: [user(steward), user(leaver)] }]);
    await decide(steward, id, 'APPROVED', { duration: 3, durationUnit: 'DAYS' });
    await give(governor, id, [{ any: [user(steward2)] }]);
    const { body } = await decide(steward2, id, 'APPROVED');
    expect(body).toMatchObject({ status: 'APPROVED' });
    expect(body.expiration).toBeUndefined();
    const dropped = (await recordsOf(consumer, id)).filter((record) => record.leftBehind === true);
    expect(dropped.map((record) => record.status).sort()).toEqual(['APPROVED', 'CANCELED']);
    const { body: evidence } = await governor.call(getAccessRequestEvidence, { params: { id } });
    expect(evidence.timeline.filter((entry) => entry.kind === 'approved')).toHaveLength(2);
  });

  it('a later stage opens once every earlier one is approved, kept ones included', async () => {
    const id = await pending([{ any: [user(steward)] }, { any: [user(leaver)] }]);
    await decide(steward, id, 'APPROVED');
    await give(governor, id, [{ any: [user(steward2)] }, { any: [user(steward)] }, { any: [governors] }]);
    expect((await recordsOf(consumer, id)).slice(0, 3).map((record) => record.status)).toEqual([
      'PENDING',
      'APPROVED',
      'BLOCKED',
    ]);
    await decide(steward2, id, 'APPROVED');
    expect((await decide(governor2, id, 'APPROVED')).body).toMatchObject({ status: 'APPROVED' });
  });
});

describe('a re-route is refused', () => {
  it('to whoever is not signed in, may not read it, or does not govern', async () => {
    const id = await pending([{ any: [user(steward)] }]);
    const call = { params: { id }, body: { stages: [{ any: [governors] }], reason: 'No.' } };
    expect((await server.nobody.call(rerouteAccessRequest, call)).status).toBe(401);
    expect((await steward2.call(rerouteAccessRequest, call)).status).toBe(404);
    expect((await steward.call(rerouteAccessRequest, call)).status).toBe(403);
    expect((await consumer.call(rerouteAccessRequest, call)).status).toBe(403);
  });

  it('to a governor whose own request it is', async () => {
    const id = await pending([{ any: [user(leaver)] }], governor);
    expect((await give(governor, id, [{ any: [user(steward)] }])).body).toMatchObject({
      code: 'approval_record.four_eyes',
    });
    expect((await give(governor2, id, [{ any: [user(steward)] }])).status).toBe(200);
  });

  it('without a reason, without reviewers, and with a source that names nobody', async () => {
    const id = await pending([{ any: [user(leaver)] }]);
    expect((await give(governor, id, [{ any: [governors] }], '  ')).status).toBe(400);
    expect((await give(governor, id, [])).status).toBe(400);
    expect((await give(governor, id, [{ any: [{ type: 'CATALOG PERMISSION' }] }])).body).toMatchObject({
      status: 422,
      code: 'review_flow.reviewer_unsupported',
      errors: [{ path: 'stages[0][0]' }],
    });
    expect((await give(governor, id, [{ any: [user(leaver)] }])).body).toMatchObject({
      status: 422,
      code: 'access_request.nobody_to_decide',
    });
  });

  it('where it would leave nothing to decide, or nothing is left to decide', async () => {
    const id = await pending([{ all: [user(steward), user(steward2)] }]);
    await decide(steward, id, 'APPROVED');
    expect((await give(governor, id, [{ any: [user(steward)] }])).body).toMatchObject({
      status: 422,
      code: 'access_request.nothing_to_decide',
    });
    await consumer.call(cancelAccessRequest, { params: { id } });
    expect((await give(governor, id, [{ any: [user(steward2)] }])).body).toMatchObject({
      status: 409,
      code: 'access_request.not_pending',
    });
  });

  it('once a decision at the same time was quicker, and never tears it apart', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => pending([{ any: [user(steward)] }])));
    for (const id of ids) {
      const [routed, decided] = await Promise.all([
        give(governor, id, [{ any: [user(steward2)] }]),
        decide(steward, id, 'APPROVED'),
      ]);
      const isRouted = routed.status === 200;
      expect(decided.status === 200).toBe(!isRouted);
      expect(await read(governor, id)).toMatchObject({ status: isRouted ? 'PENDING' : 'APPROVED' });
    }
  });

  it('is made once however often the same call comes', async () => {
    const id = await pending([{ any: [user(leaver)] }]);
    const headers = { 'idempotency-key': `reroute-${id}` };
    const body = { stages: [{ any: [user(steward)] }], reason: 'Once.' };
    for (let i = 0; i < 2; i++)
      expect((await governor.call(rerouteAccessRequest, { params: { id }, body, headers })).status).toBe(200);
    expect((await auditOf(id)).map((row) => row.action)).toEqual(['AccessRequested', 'AccessRequestRerouted']);
  });
});

describe('with distinct reviewers', () => {
  it('who approved a part that is kept decides no other; who approved a dropped part may', async () => {
    const admin = await server.person({ username: 'admin', permissions: ['APPLICATION_ADMIN'] });
    await admin.call(updateApplicationSettings, { body: { distinctReviewers: true } });
    const kept = await pending([{ all: [user(steward), user(leaver)] }]);
    await decide(steward, kept, 'APPROVED');
    expect((await give(governor, kept, [{ all: [user(steward), governors, user(steward2)] }])).status).toBe(200);
    const both = await pending([{ all: [user(steward), user(leaver)] }]);
    await decide(steward, both, 'APPROVED');
    await give(governor, both, [{ any: [user(steward), user(steward2)] }, { any: [user(steward2)] }]);
    expect((await recordsOf(consumer, both)).slice(0, 2).map((r) => r.status)).toEqual(['APPROVED', 'PENDING']);
    const dropped = await pending([{ all: [user(steward), user(leaver)] }]);
    await decide(steward, dropped, 'APPROVED');
    expect((await give(governor, dropped, [{ any: [user(steward2)] }, { any: [governors] }])).status).toBe(200);
    await admin.call(updateApplicationSettings, { body: { distinctReviewers: false } });
  });
});

describe('what is edited while a request is pending', () => {
  it('is told, and changes nothing about it: the flow it was made under decides', async () => {
    const product = await makeProduct(server, governor, { flow: reviewBy({ any: [user(steward)] }) });
    const id = await askedId(consumer, product);
    expect((await read(consumer, id)).changedSince).toEqual([]);
    await sql`update data_product set data_access_review_flow = ${JSON.stringify(reviewBy({ any: [user(steward2)] }))}::jsonb
      where id = ${product.id}`.execute(server.deps.db);
    expect((await read(consumer, id)).changedSince).toEqual(['flow']);
    expect((await decide(steward2, id, 'APPROVED')).status).toBe(403);
    expect((await decide(steward, id, 'APPROVED')).body).toMatchObject({ status: 'APPROVED' });
  });
});
