import { getAccessRequestById, requestAccess } from '@stoa/contract/access-request';
import { type BulkDeterminationBody, determineAccessRequests } from '@stoa/contract/bulk-determination';
import { reportDecisions } from '@stoa/contract/report';
import { standardRequestForm } from '@stoa/core/review/standard';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { newCuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { startLine } from '../../testing/line.ts';
import { callerOf } from '../../testing/people.ts';
import {
  askedId,
  decide,
  makeContainer,
  makeForm,
  makeProduct,
  type Product,
  reviewBy,
  user,
} from './requests.fixture.ts';

let server: TestServer;
let governor: TestPerson;
let steward: TestPerson;
let stranger: TestPerson;
const analysts: TestPerson[] = [];
/** Six were approved here: another analyst is at low risk, and whoever is none is not. */
let known: Product;
let first: Product;

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '100000' } });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE', 'AUDIT'] });
  steward = await server.person({ username: 'steward' });
  stranger = await server.person({ username: 'stranger' });
  const { rows } = await sql<{ id: number }>`insert into user_group (name) values ('Analysts') returning id`.execute(
    server.deps.db,
  );
  for (let n = 0; n < 12; n++) {
    const person = n === 11 ? steward : await server.person({ username: `analyst${n}` });
    await sql`insert into group_member (group_id, global_user_id) values (${rows[0]?.id}, ${person.globalUserId})`.execute(
      server.deps.db,
    );
    analysts.push(person);
  }
  first = await makeProduct(server, governor, { flow: flow() });
  for (let n = 0; n < 6; n++) await decide(governor, await askedId(one(n), first), 'APPROVED');
});
afterAll(() => server.stop());

const one = (place: number): TestPerson => analysts[place] ?? stranger;
const flow = () => reviewBy({ any: [user(steward), user(governor)] });

/** Where six analysts were approved: what was decided at the first of these products counts as if it was decided here. */
async function makeKnown(...stages: object[]): Promise<Product> {
  const product = await makeProduct(server, governor, { flow: stages.length === 0 ? flow() : reviewBy(...stages) });
  await sql`insert into determination (id, access_request_id, target_id, type, request_form_id, traits, action_by, status, reason,
      record_ids, is_final)
    select gen_random_uuid()::text, access_request_id, ${product.id}, type, request_form_id, traits, action_by, status, reason,
      record_ids, is_final from determination where target_id = ${first.id}`.execute(server.deps.db);
  return product;
}
/** Nothing was decided here, nor in its domain; its form is its own. */
async function makeFresh(): Promise<Product> {
  const formId = await makeForm(server, flow());
  return makeProduct(server, governor, { flow: flow(), formId });
}
beforeEach(async () => {
  known = await makeKnown();
});

type Sent = Partial<BulkDeterminationBody> & { key?: string };
const bodyOf = (ids: readonly string[]): BulkDeterminationBody => ({
  status: 'APPROVED',
  reason: 'The same as the others.',
  accessRequests: ids.map((id) => ({ id })),
});
const decideAll = (who: Pick<TestPerson, 'call'>, ids: readonly string[], { key, ...more }: Sent = {}) =>
  who.call(determineAccessRequests, {
    body: { ...bodyOf(ids), ...more },
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
  });
const outcomesOf = ({ body }: Awaited<ReturnType<typeof decideAll>>) =>
  body.results.map((result) =>
    result.outcome === 'DECIDED' ? result.accessRequest.status : [result.problem.status, result.problem.code],
  );
const statusOf = async (id: string) => (await governor.call(getAccessRequestById, { params: { id } })).body.status;

type Stored = { determinations: number; bulk: string | null; told: unknown; keys: number };
async function storedOf(id: string): Promise<Stored | undefined> {
  const { rows } = await sql<Stored>`select count(*)::int as determinations, max(d.bulk_id::text) as bulk,
      (select json_agg(a.payload -> 'bulk') from audit_event a where a.action = 'ApprovalRecordDecided'
        and a.targets @> jsonb_build_array(jsonb_build_object('id', ${id}::text))) as told,
      (select count(*)::int from provisioning_key k join access_request r on r.target_id = k.target_id
        and r.beneficiary = k.global_user_id where r.id = ${id}) as keys
    from determination d where d.access_request_id = ${id}`.execute(server.deps.db);
  return rows[0];
}

test('like requests are decided in one call, each with its own determination, audit entry and key', async () => {
  await makeContainer(server, known.id);
  const ids = [await askedId(one(7), known), await askedId(one(6), known)];
  const answer = await decideAll(steward, ids, { duration: 30, durationUnit: 'DAYS' });
  expect(answer.status).toBe(200);
  expect(answer.body.results.map(({ id }) => id)).toEqual(ids);
  expect(outcomesOf(answer)).toEqual(['APPROVED', 'APPROVED']);
  const { bulkId } = answer.body;
  for (const id of ids)
    expect(await storedOf(id)).toEqual({
      determinations: 1,
      bulk: bulkId,
      told: [{ id: bulkId, count: 2 }],
      keys: 1,
    });
  expect(answer.body.results[0]).toMatchObject({
    accessRequest: { decisionReason: 'The same as the others.', grantedDuration: { amount: 30, unit: 'DAYS' } },
  });
  const { body } = await governor.call(reportDecisions, { query: { searchText: 'steward' } });
  expect(body.data).toMatchObject([{ approved: 2, inBulk: 2 }]);
});

test('they are denied in one call, too', async () => {
  const ids = [await askedId(one(6), known), await askedId(one(7), known)];
  expect(outcomesOf(await decideAll(steward, ids, { status: 'DENIED' }))).toEqual(['DENIED', 'DENIED']);
});

test('one that is refused keeps none of the others from being decided', async () => {
  const own = await askedId(steward, known);
  const decided = await askedId(one(7), known);
  await decide(governor, decided, 'APPROVED');
  const foreign = await askedId(one(8), await makeProduct(server, governor));
  const ids = [await askedId(one(6), known), own, decided, foreign, newCuid(), await askedId(one(9), known)];
  const answer = await decideAll(steward, ids);
  expect(outcomesOf(answer)).toEqual([
    'APPROVED',
    [403, 'approval_record.four_eyes'],
    [409, 'approval_record.already_decided'],
    [404, 'resource.not_found'],
    [404, 'resource.not_found'],
    'APPROVED',
  ]);
  expect(answer.body.results[2]).toMatchObject({
    problem: { record: { actionBy: { username: 'governor' } }, next: 'See the record for who decided, and why.' },
  });
  // The attempt is on record as part of the same pass.
  expect((await storedOf(own))?.told).toEqual([{ id: answer.body.bulkId, count: 6 }]);
  expect(await statusOf(foreign)).toBe('PENDING');
});

test('whoever may decide none of them decides none, and learns no risk', async () => {
  const id = await askedId(one(6), known);
  expect(outcomesOf(await decideAll(one(8), [id]))).toEqual([[404, 'resource.not_found']]);
  expect(outcomesOf(await decideAll(one(6), [id]))).toEqual([[403, 'approval_record.four_eyes']]);
  expect((await server.nobody.call(determineAccessRequests, { body: bodyOf([id]) })).status).toBe(401);
  expect(await statusOf(id)).toBe('PENDING');
});

test('what asks for something else than the first is refused, and says in what it differs', async () => {
  const firstAsked = await askedId(one(6), known);
  const elsewhere = await askedId(one(7), await makeKnown());
  const asked = await one(8).call(requestAccess, {
    params: { id: known.id },
    body: {
      user: one(8).globalUserId,
      form: { answers: [{ fieldId: standardRequestForm.fields[0].id, value: 'Something else.' }], agreements: [] },
    },
  });
  const answer = await decideAll(steward, [firstAsked, elsewhere, asked.body.id]);
  expect(outcomesOf(answer)).toEqual([
    'APPROVED',
    [422, 'access_request.not_alike'],
    [422, 'access_request.not_alike'],
  ]);
  expect(answer.body.results.slice(1)).toMatchObject([
    { problem: { differs: ['TARGET'] } },
    { problem: { differs: ['ANSWERS'], detail: expect.stringContaining('other answers') as string } },
  ]);
  expect(await Promise.all([elsewhere, asked.body.id].map(statusOf))).toEqual(['PENDING', 'PENDING']);
});

test('only what is at low risk is decided, whichever way', async () => {
  const low = await askedId(one(6), known);
  const high = await askedId(stranger, known);
  const answer = await decideAll(steward, [high, low]);
  expect(outcomesOf(answer)).toEqual([[409, 'access_request.not_low_risk'], 'APPROVED']);
  expect(answer.body.results[0]).toMatchObject({ problem: { approvalRisk: 'HIGH' } });
  expect(outcomesOf(await decideAll(steward, [high], { status: 'DENIED' }))).toEqual([
    [409, 'access_request.not_low_risk'],
  ]);
  // By itself it is decided all the same.
  expect((await decide(steward, high, 'DENIED')).status).toBe(200);
  const unknown = await askedId(one(7), await makeFresh());
  const unjudged = await decideAll(steward, [unknown]);
  expect(unjudged.body.results).toMatchObject([
    { problem: { code: 'access_request.not_low_risk', detail: 'Its risk is not known. It was not decided.' } },
  ]);
});

test('a call names one to twenty-five requests, each once', async () => {
  const id = newCuid();
  for (const ids of [[], [id, id], Array.from({ length: 26 }, newCuid)])
    expect(await decideAll(steward, ids)).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  const most = await decideAll(steward, Array.from({ length: 25 }, newCuid));
  expect(most.body.results).toHaveLength(25);
});

test('a decision without a reason is refused for each', async () => {
  const id = await askedId(one(6), known);
  expect(outcomesOf(await decideAll(steward, [id], { reason: ' ' }))).toEqual([
    [422, 'approval_record.reason_required'],
  ]);
});

test('one whose plan has moved is refused alone', async () => {
  const ids = [await askedId(one(6), known), await askedId(one(7), known)];
  const answer = await decideAll(steward, ids, {
    accessRequests: [{ id: ids[0] ?? '', planHash: 'another' }, { id: ids[1] ?? '' }],
  });
  expect(outcomesOf(answer)).toEqual([[409, 'plan.changed'], 'APPROVED']);
});

test('sent twice with its key it is done once', async () => {
  const ids = [await askedId(one(6), known), await askedId(one(7), known)];
  const once = await decideAll(steward, ids, { key: 'once' });
  const again = await decideAll(steward, ids, { key: 'once' });
  expect(again.body).toEqual(once.body);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
});

test('of a call that was cut off a repeat decides the rest, and no second stage of what was decided', async () => {
  const product = await makeKnown({ any: [user(governor)] }, { any: [user(governor), user(steward)] });
  const ids = [await askedId(one(6), product), await askedId(one(7), product)];
  vi.stubEnv('FAILPOINT', 'determine.recordInserted#2:error');
  const cut = await decideAll(governor, ids, { key: 'cut' });
  vi.unstubAllEnvs();
  expect(outcomesOf(cut)).toEqual(['PENDING', [500, 'server.error']]);
  // As a process leaves it that died before it answered.
  await sql`update idempotency_key set status = null, body = null, created_at = created_at - interval '3 minutes'
    where key = 'cut'`.execute(server.deps.db);
  const again = await decideAll(governor, ids, { key: 'cut' });
  expect(outcomesOf(again)).toEqual(['PENDING', 'PENDING']);
  expect(again.body.bulkId).toBe(cut.body.bulkId);
  for (const id of ids) expect(await storedOf(id)).toMatchObject({ determinations: 1, bulk: cut.body.bulkId });
});

test.each(['beforeSend', 'onAnswer'] as const)(
  'when the database goes away in the middle, %s of a commit, the call fails and a repeat ends it',
  async (when) => {
    const ids = [await askedId(one(6), known), await askedId(one(7), known)];
    const direct = new URL(server.databaseUrl);
    const line = await startLine({ host: direct.hostname, port: Number(direct.port) });
    const over = new URL(direct);
    over.port = String(line.port);
    const replica = await startTestServer({ databaseUrl: over.toString() });
    const caller = callerOf(replica.url, steward.token);
    try {
      line.cutAround('prepared determinations', when);
      const denyAll = () => decideAll(caller, ids, { key: when, status: 'DENIED' });
      expect(await denyAll()).toMatchObject({ status: 503, body: { code: 'server.busy' } });
      // Where the first was denied by then, that one does not count against the second.
      expect(outcomesOf(await denyAll())).toEqual(['DENIED', 'DENIED']);
      for (const id of ids) expect(await storedOf(id)).toMatchObject({ determinations: 1 });
    } finally {
      await replica.stop();
      await line.close();
    }
  },
);

test('beside a single decision on one of them there is one outcome', async () => {
  const ids = [await askedId(one(6), known), await askedId(one(7), known), await askedId(one(8), known)];
  const [together, alone] = await Promise.all([
    decideAll(steward, ids),
    decide(governor, ids[1] ?? '', 'APPROVED'),
    decideAll(governor, ids.toReversed()),
  ]);
  expect(together.status).toBe(200);
  expect([200, 409]).toContain(alone.status);
  for (const id of ids) expect(await storedOf(id)).toMatchObject({ determinations: 1 });
});
