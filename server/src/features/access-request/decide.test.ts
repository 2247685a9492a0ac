import { getAccessRequestById, getAccessRequestRecords, determineAccessRequest } from '@stoa/contract/access-request';
import { updateApprovalRecord } from '@stoa/contract/approval-record';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { ask, askedId, decide, makeContainer, makeProduct, type Product, reviewBy, user } from './requests.fixture.ts';

let server: TestServer;
let consumer: TestPerson;
let governor: TestPerson;
let steward: TestPerson;
let steward2: TestPerson;
let outsider: TestPerson;

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '100000' } });
  consumer = await server.person({ username: 'consumer' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  steward2 = await server.person({ username: 'steward2' });
  outsider = await server.person({ username: 'outsider' });
});
afterAll(() => server.stop());

const recordsOf = async (who: TestPerson, id: string) =>
  (await who.call(getAccessRequestRecords, { params: { id } })).body.approvalRecords;
const auditOf = async (id: string): Promise<string[]> => {
  const { rows } = await sql<{ action: string }>`
    select action from audit_event where targets @> ${JSON.stringify([{ id }])}::jsonb order by sequence`.execute(
    server.deps.db,
  );
  return rows.map((r) => r.action);
};

describe('a request decided by any one of several', () => {
  it('is approved by one, with audit, determination and a key for the platform', async () => {
    const product = await makeProduct(server, governor);
    const connectionId = await makeContainer(server, product.id);
    const id = await askedId(consumer, product);
    const answer = await decide(governor, id, 'APPROVED');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id, status: 'APPROVED', provisioning: { state: 'PROVISIONING' } });
    expect(answer.body.expiration).toBeUndefined();
    expect(answer.body.grantedDuration).toBeNull();
    const read = await governor.call(getAccessRequestById, { params: { id } });
    expect(answer.body).toEqual(read.body);
    expect(await auditOf(id)).toEqual(['AccessRequested', 'ApprovalRecordDecided', 'SubscriptionGranted']);
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from provisioning_key where connection_id = ${connectionId} and global_user_id = ${consumer.globalUserId}`.execute(
      server.deps.db,
    );
    expect(rows[0]?.n).toBe(1);
  });

  it('ends at the chosen period, counted from the approval', async () => {
    const id = await askedId(consumer, await makeProduct(server, governor));
    const { body } = await decide(governor, id, 'APPROVED', { duration: 2, durationUnit: 'DAYS' });
    expect(Date.parse(body.expiration ?? '') - Date.parse(body.decidedAt ?? '')).toBe(2 * 86_400_000);
    expect(body).toMatchObject({ requestedDuration: null, grantedDuration: { amount: 2, unit: 'DAYS' } });
  });

  it('is denied by one, and its reason is shown', async () => {
    const id = await askedId(consumer, await makeProduct(server, governor));
    const { body } = await decide(governor, id, 'DENIED');
    expect(body).toMatchObject({ status: 'DENIED', decisionReason: 'Looked at it.' });
    expect(body).not.toHaveProperty('grantedDuration');
    expect(body.provisioning).toBeUndefined();
  });

  it('is decided by record as well', async () => {
    const id = await askedId(consumer, await makeProduct(server, governor));
    const [record] = await recordsOf(governor, id);
    const answer = await governor.call(updateApprovalRecord, {
      params: { id: record?.id ?? '' },
      body: { status: 'APPROVED', reason: 'Fits.' },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        status: 'APPROVED',
        reason: 'Fits.',
        actionBy: { username: 'governor' },
        approverCriteriaMet: [{ type: 'PERMISSION', permission: 'GOVERNANCE' }],
      },
    });
  });

  it('answers a second decision with 409 and the decided record', async () => {
    const product = await makeProduct(server, governor, { flow: reviewBy({ any: [user(steward), user(steward2)] }) });
    const id = await askedId(consumer, product);
    await decide(steward, id, 'APPROVED');
    const late = await decide(steward2, id, 'DENIED');
    expect(late).toMatchObject({
      status: 409,
      body: {
        code: 'approval_record.already_decided',
        record: { status: 'APPROVED', actionBy: { username: 'steward' } },
      },
    });
  });

  it('answers a repeat with the same Idempotency-Key alike, and acts once', async () => {
    const id = await askedId(consumer, await makeProduct(server, governor));
    const body = { status: 'APPROVED' as const, reason: 'Once.' };
    const headers = { 'idempotency-key': `decide-${id}` };
    const first = await governor.call(determineAccessRequest, { params: { id }, body, headers });
    const second = await governor.call(determineAccessRequest, { params: { id }, body, headers });
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('a request that several have to agree on', () => {
  const stages = () => [
    { all: [user(steward), user(steward2)] },
    { any: [{ type: 'PERMISSION', permission: 'GOVERNANCE' }] },
  ];

  it('waits for each source, opens the next stage, and takes the shortest period', async () => {
    const product = await makeProduct(server, governor, { flow: reviewBy(...stages()) });
    const id = await askedId(consumer, product);
    expect(await decide(governor, id, 'APPROVED')).toMatchObject({
      status: 409,
      body: { code: 'approval_record.blocked' },
    });
    const one = await decide(steward, id, 'APPROVED', { duration: 3, durationUnit: 'WEEKS' });
    expect(one.body).toMatchObject({ status: 'PENDING', progress: { satisfied: 0, total: 2 } });
    const two = await decide(steward2, id, 'APPROVED', { duration: 5, durationUnit: 'DAYS' });
    expect(two.body).toMatchObject({ status: 'PENDING', progress: { satisfied: 1, total: 2 } });
    expect((await recordsOf(governor, id)).map((r) => r.status)).toEqual(['APPROVED', 'APPROVED', 'PENDING']);
    const last = await decide(governor, id, 'APPROVED');
    expect(last.body).toMatchObject({ status: 'APPROVED', grantedDuration: { amount: 5, unit: 'DAYS' } });
    expect(Date.parse(last.body.expiration ?? '') - Date.parse(last.body.decidedAt ?? '')).toBe(5 * 86_400_000);
  });

  it('is over with one denial; the others are canceled and earlier approvals stay visible', async () => {
    const product = await makeProduct(server, governor, { flow: reviewBy(...stages()) });
    const id = await askedId(consumer, product);
    await decide(steward, id, 'APPROVED');
    expect((await decide(steward2, id, 'DENIED')).body.status).toBe('DENIED');
    expect((await recordsOf(governor, id)).map((r) => r.status)).toEqual(['APPROVED', 'DENIED', 'CANCELED']);
  });

  it('says who could fill each open slot', async () => {
    const product = await makeProduct(server, governor, { flow: reviewBy(...stages()) });
    const id = await askedId(consumer, product);
    const records = await recordsOf(consumer, id);
    expect(records.map((r) => r.eligible?.map((p) => p.username))).toEqual([['steward'], ['steward2'], ['governor']]);
    expect(records.map((r) => r.abilities?.['determine']?.allowed)).toEqual([false, false, false]);
  });
});

describe('four eyes', () => {
  const eyes = async (product: Product, by: TestPerson, forWhom: TestPerson, decider: TestPerson) => {
    const id = await askedId(by, product, forWhom);
    const byRequest = await decide(decider, id, 'APPROVED');
    const [record] = await recordsOf(by, id);
    const byRecord = await decider.call(updateApprovalRecord, {
      params: { id: record?.id ?? '' },
      body: { status: 'APPROVED', reason: 'Mine.' },
    });
    for (const answer of [byRequest, byRecord])
      expect(answer).toMatchObject({ status: 403, body: { code: 'approval_record.four_eyes' } });
    const { body } = await by.call(getAccessRequestById, { params: { id } });
    expect(body.status).toBe('PENDING');
    expect(await auditOf(id)).toEqual(['AccessRequested', 'ApprovalRecordDecided', 'ApprovalRecordDecided']);
  };

  it('keeps requester and beneficiary from deciding', async () => {
    await eyes(await makeProduct(server, governor), governor, governor, governor);
    await eyes(await makeProduct(server, governor), governor, consumer, governor);
    await eyes(await makeProduct(server, governor), consumer, governor, governor);
  });

  it('keeps a second login of the same person from deciding', async () => {
    const twin = await server.person({
      username: 'consumer-admin',
      personId: consumer.globalUserId,
      permissions: ['GOVERNANCE'],
    });
    await eyes(await makeProduct(server, governor), consumer, consumer, twin);
  });

  it('does not count a group that somebody joined by their own hand after submission', async () => {
    const { db } = server.deps;
    const group = await sql<{ id: number }>`insert into user_group (name) values ('HR') returning id`.execute(db);
    const groupId = group.rows[0]?.id ?? 0;
    const product = await makeProduct(server, governor, {
      flow: reviewBy({ any: [{ type: 'GROUP', id: groupId, name: 'HR' }] }),
    });
    const id = await askedId(consumer, product);
    const join = (person: TestPerson, by: TestPerson) =>
      sql`insert into group_member (group_id, global_user_id, added_by) values (${groupId}, ${person.globalUserId}, ${by.globalUserId})`.execute(
        db,
      );
    await join(outsider, outsider);
    expect(await decide(outsider, id, 'APPROVED')).toMatchObject({
      status: 403,
      body: { code: 'approval_record.four_eyes' },
    });
    await join(steward, governor);
    expect((await decide(steward, id, 'APPROVED')).status).toBe(200);
  });

  it('does not count what came with a group that somebody joined by their own hand, unless they had it before as well', async () => {
    const { db } = server.deps;
    const team = { name: 'team', value: newUuid() };
    const { rows } = await sql<{ id: number }>`
      insert into user_group (name) values (${team.value}) returning id`.execute(db);
    const groupId = rows[0]?.id ?? 0;
    const give = (type: 'group' | 'user', id: string) =>
      sql`insert into attribute (principal_type, principal_id, name, value, added_by)
        values (${type}, ${id}, ${team.name}, ${team.value}, ${governor.globalUserId})`.execute(db);
    await give('group', String(groupId));
    const [before, after] = [
      await server.person({ username: newUuid() }),
      await server.person({ username: newUuid() }),
    ];
    await give('user', before.globalUserId);
    const product = await makeProduct(server, governor, {
      flow: reviewBy({ any: [{ type: 'ATTRIBUTE', key: team.name, value: team.value }] }),
    });
    const id = await askedId(consumer, product);
    for (const { globalUserId } of [before, after])
      await sql`insert into group_member (group_id, global_user_id, added_by) values (${groupId}, ${globalUserId}, ${globalUserId})`.execute(
        db,
      );
    expect(await decide(after, id, 'APPROVED')).toMatchObject({
      status: 403,
      body: { code: 'approval_record.four_eyes' },
    });
    expect((await decide(before, id, 'APPROVED')).status).toBe(200);
  });

  it('can be switched off', async () => {
    await sql`insert into setting (name, value) values ('application', '{"fourEyes": false}')`.execute(server.deps.db);
    try {
      const id = await askedId(governor, await makeProduct(server, governor));
      expect((await decide(governor, id, 'APPROVED')).status).toBe(200);
    } finally {
      await sql`delete from setting where name = 'application'`.execute(server.deps.db);
    }
  });
});

describe('a decision is refused', () => {
  it('without sign-in, for what cannot be seen, and for those who are not stewards', async () => {
    const id = await askedId(consumer, await makeProduct(server, governor));
    expect(
      (await server.nobody.call(determineAccessRequest, { params: { id }, body: { status: 'APPROVED', reason: 'x' } }))
        .status,
    ).toBe(401);
    expect(await decide(outsider, id, 'APPROVED')).toMatchObject({ status: 404, body: { code: 'resource.not_found' } });
    const auditor = await server.person({ username: `auditor-${id}`, permissions: ['AUDIT'] });
    expect(await decide(auditor, id, 'APPROVED')).toMatchObject({ status: 403, body: { code: 'permission.denied' } });
    expect((await decide(governor, 'c0000000000000000000000000', 'APPROVED')).status).toBe(404);
  });

  it('without a reason, with another status, or with a period that is none', async () => {
    const id = await askedId(consumer, await makeProduct(server, governor));
    const send = (body: Record<string, unknown>) =>
      governor.send('POST', `/api/access-request/${id}/determination`, body);
    expect(await send({ status: 'APPROVED', reason: '  ' })).toMatchObject({
      status: 422,
      body: { code: 'approval_record.reason_required' },
    });
    expect(await send({ status: 'CANCELED', reason: 'x' })).toMatchObject({
      status: 422,
      body: { code: 'approval_record.status_not_settable' },
    });
    expect(await send({ status: 'APPROVED', reason: 'x', duration: 1.5, durationUnit: 'DAYS' })).toMatchObject({
      status: 422,
      body: { code: 'approval_record.duration_invalid' },
    });
    expect(await send({ status: 'DENIED', reason: 'x', duration: 1, durationUnit: 'DAYS' })).toMatchObject({
      status: 422,
      body: { code: 'approval_record.duration_invalid' },
    });
    expect((await send({ status: 'MAYBE', reason: 'x' })).status).toBe(400);
  });

  it('when the plan that was shown is not the plan any more', async () => {
    const product = await makeProduct(server, governor);
    const id = await askedId(consumer, product);
    const shown = await governor.send('GET', `/api/access-request/${id}/plan`);
    const planHash = (shown.body as { planHash: string }).planHash;
    await makeContainer(server, product.id);
    const body = { status: 'APPROVED' as const, reason: 'As shown.' };
    const stale = await governor.call(determineAccessRequest, { params: { id }, body: { ...body, planHash } });
    expect(stale).toMatchObject({ status: 409, body: { code: 'plan.changed' } });
    const current = String(stale.body['planHash']);
    expect(
      (await governor.call(determineAccessRequest, { params: { id }, body: { ...body, planHash: current } })).status,
    ).toBe(200);
  });

  it('while the product is suspended, and possible again afterwards', async () => {
    const product = await makeProduct(server, governor);
    const id = await askedId(consumer, product);
    const suspend = (value: boolean) =>
      sql`update data_product set suspended = ${value} where id = ${product.id}`.execute(server.deps.db);
    await suspend(true);
    expect(await decide(governor, id, 'APPROVED')).toMatchObject({
      status: 409,
      body: { code: 'data_product.suspended' },
    });
    await suspend(false);
    expect((await decide(governor, id, 'APPROVED')).status).toBe(200);
  });

  it('for a right that was lost a moment ago', async () => {
    const late = await server.person({ username: 'late', permissions: ['GOVERNANCE'] });
    const id = await askedId(consumer, await makeProduct(server, governor));
    await sql`delete from global_permission where global_user_id = ${late.globalUserId}`.execute(server.deps.db);
    expect((await decide(late, id, 'APPROVED')).status).toBe(404);
  });
});

it('a request that was answered already is a duplicate until it is over', async () => {
  const product = await makeProduct(server, governor);
  const id = await askedId(consumer, product);
  expect(await ask(consumer, product)).toMatchObject({
    status: 409,
    body: { code: 'access_request.duplicate', requestId: id },
  });
  await decide(governor, id, 'APPROVED', { duration: 1, durationUnit: 'DAYS' });
  const extension = await ask(consumer, product);
  expect(extension).toMatchObject({ status: 201, body: { metadata: { extends: id } } });
  await decide(governor, extension.body.id, 'APPROVED');
  expect(await ask(consumer, product)).toMatchObject({ status: 409, body: { requestId: extension.body.id } });
});

describe('a credential that has just been used', () => {
  const end = {
    revoked: (who: TestPerson) =>
      sql`update personal_access_token set revoked_at = now() where global_user_id = ${who.globalUserId}`,
    expired: (who: TestPerson) =>
      sql`update personal_access_token set expires_at = now() where global_user_id = ${who.globalUserId}`,
    disabled: (who: TestPerson) =>
      sql`update app_user set status = 'disabled' where global_user_id = ${who.globalUserId}`,
  };
  const byRecord = async (who: TestPerson, id: string) => {
    const { rows } = await sql<{ id: string }>`select id from approval_record where access_request_id = ${id}`.execute(
      server.deps.db,
    );
    const body = { status: 'APPROVED' as const, reason: 'because' };
    return who.call(updateApprovalRecord, { params: { id: rows[0]?.id ?? '' }, body });
  };

  it.each(Object.entries(end))('decides nothing any more once it is %s, and is told nothing', async (_, ended) => {
    const decider = await server.person({ username: `decider-${_}`, permissions: ['GOVERNANCE'] });
    const product = await makeProduct(server, governor);
    const [first, second] = [await askedId(consumer, product), await askedId(outsider, product)];
    expect((await decide(decider, first, 'APPROVED')).status).toBe(200);
    await ended(decider).execute(server.deps.db);
    const answers = [
      await decide(decider, second, 'APPROVED'),
      await byRecord(decider, second),
      // Neither what there is nor what was wrong with it.
      await decide(decider, 'c'.padEnd(25, 'x'), 'APPROVED'),
      await decide(decider, second, 'PENDING' as 'APPROVED'),
    ];
    expect(answers.map(({ status, body }) => [status, (body as { code?: string }).code])).toEqual(
      answers.map(() => [401, 'auth.not_authenticated']),
    );
    expect((await recordsOf(governor, second)).map((record) => record.status)).toEqual(['PENDING']);
  });
});
