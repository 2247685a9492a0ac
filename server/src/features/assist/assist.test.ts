import { determineAccessRequest, getAccessRequestById } from '@stoa/contract/access-request';
import { getRiskAssessment, listAssistRates, listRiskAssessments } from '@stoa/contract/assist';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newCuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { waitFor } from '../../testing/register-platform.ts';
import {
  askedId,
  decide,
  makeForm,
  makeProduct,
  type Product,
  reviewBy,
  user,
} from '../access-request/requests.fixture.ts';

let server: TestServer;
let governor: TestPerson;
let steward: TestPerson;
let outsider: TestPerson;
const analysts: TestPerson[] = [];

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '100000' } });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  outsider = await server.person({ username: 'outsider' });
  const groupId = await addGroup('Analysts');
  for (let i = 0; i < 8; i++) {
    const person = await server.person({ username: `analyst${i}` });
    await join(person, groupId);
    analysts.push(person);
  }
});
afterAll(() => server.stop());

async function addGroup(name: string): Promise<number> {
  const { rows } = await sql<{ id: number }>`insert into user_group (name) values (${name}) returning id`.execute(
    server.deps.db,
  );
  return rows[0]?.id ?? 0;
}
const join = (person: TestPerson, groupId: number) =>
  sql`insert into group_member (group_id, global_user_id) values (${groupId}, ${person.globalUserId})`.execute(
    server.deps.db,
  );
const one = (place: number): TestPerson => {
  const person = analysts[place];
  if (person === undefined) throw new Error(`there is no analyst ${place}`);
  return person;
};
const assessmentOf = async (id: string, who: TestPerson = governor) =>
  (await who.call(getRiskAssessment, { params: { id } })).body;
const stewarded = () => makeProduct(server, governor, { flow: reviewBy({ any: [user(governor), user(steward)] }) });

/** As determinations are that were made before anything was kept with them. The application itself may not change one. */
async function forgetTraits(targetId: string): Promise<void> {
  const client = new pg.Client(server.databaseUrl);
  await client.connect();
  await client.query('update determination set traits = null where target_id = $1', [targetId]);
  await client.end();
}

/** Six analysts ask, one after the other, and are all answered alike. */
async function decideSix(product: Product, status: 'APPROVED' | 'DENIED'): Promise<void> {
  for (let i = 0; i < 6; i++) await decide(governor, await askedId(one(i), product), status);
}

describe('what earlier decisions suggest', () => {
  it('is nothing before five people were decided about', async () => {
    const id = await askedId(one(6), await stewarded());
    expect(await assessmentOf(id)).toEqual({ approvalRisk: 'INDETERMINATE' });
  });

  it('is learnt from the target, and stays what it was once the request is decided', async () => {
    const product = await stewarded();
    await decideSix(product, 'APPROVED');
    const id = await askedId(one(6), product);
    const before = await assessmentOf(id);
    expect(before).toMatchObject({
      approvalRisk: 'LOW',
      recommendation: 'APPROVED',
      nAllowed: 6,
      nDenied: 0,
      cohort: { literals: [{ name: 'Analysts' }] },
      approvalReasons: ['Looked at it.'],
    });
    const { body: evidence } = await steward.call(getAccessRequestEvidence, { params: { id } });
    expect(evidence.assist).toMatchObject({ approvalRisk: 'LOW', nAllowed: 6 });
    await decide(governor, id, 'DENIED');
    await decide(governor, await askedId(one(7), product), 'DENIED');
    expect(await assessmentOf(id)).toMatchObject({ approvalRisk: 'LOW', nAllowed: 6, nDenied: 0 });
  });

  it('is the highest risk for somebody who has nothing in common with the others', async () => {
    const product = await stewarded();
    await decideSix(product, 'APPROVED');
    expect(await assessmentOf(await askedId(outsider, product))).toMatchObject({
      approvalRisk: 'HIGH',
      recommendation: 'NONE',
    });
  });

  it('is learnt from the domain where the target has too few', async () => {
    const known = await stewarded();
    await decideSix(known, 'DENIED');
    const fresh = await stewarded();
    const id = await askedId(one(6), fresh);
    await sql`update data_product_domain set domain_id = ${known.domainId} where data_product_id = ${fresh.id}`.execute(
      server.deps.db,
    );
    expect(await assessmentOf(id)).toMatchObject({ nDenied: 6, nAllowed: 0, recommendation: 'DENIED' });
  });

  it('judges the others by the groups they had when they were decided about', async () => {
    const product = await stewarded();
    const groupId = await addGroup('Movers');
    for (let i = 0; i < 6; i++) {
      await sql`delete from group_member where global_user_id = ${one(i).globalUserId}`.execute(server.deps.db);
      await join(one(i), groupId);
    }
    await decideSix(product, 'APPROVED');
    await sql`delete from group_member where group_id = ${groupId}`.execute(server.deps.db);
    await join(outsider, groupId);
    expect(await assessmentOf(await askedId(outsider, product))).toMatchObject({
      recommendation: 'APPROVED',
      cohort: { literals: [{ name: 'Movers' }] },
    });
  });

  it('takes today’s groups where none were kept', async () => {
    const product = await stewarded();
    await decideSix(product, 'APPROVED');
    const groupId = await addGroup('Since then');
    for (let i = 0; i < 7; i++) await join(one(i), groupId);
    await forgetTraits(product.id);
    expect(await assessmentOf(await askedId(one(6), product))).toMatchObject({
      cohort: { literals: [{ name: 'Since then' }] },
      nAllowed: 6,
    });
  });

  it('is for reviewers alone', async () => {
    const id = await askedId(one(6), await stewarded());
    const params = { id };
    expect((await server.nobody.call(getRiskAssessment, { params })).status).toBe(401);
    expect((await one(6).call(getRiskAssessment, { params })).status).toBe(403);
    expect((await outsider.call(getRiskAssessment, { params })).status).toBe(404);
    expect((await steward.call(getRiskAssessment, { params: { id: newCuid() } })).status).toBe(404);
    expect((await steward.call(getRiskAssessment, { params })).status).toBe(200);
  });
});

describe('the risk of several requests', () => {
  it('is told for those that the caller may review, and no others', async () => {
    const product = await stewarded();
    await decideSix(product, 'APPROVED');
    const mine = await askedId(one(6), product);
    const foreign = await askedId(one(7), await makeProduct(server, governor));
    const query = { id: [mine, foreign, newCuid()] };
    const { body } = await steward.call(listRiskAssessments, { query });
    expect(body).toEqual([{ id: mine, approvalRisk: 'LOW', recommendation: 'APPROVED', conflictDetected: false }]);
    expect((await governor.call(listRiskAssessments, { query })).body).toMatchObject([{ id: mine }, { id: foreign }]);
    expect((await one(6).call(listRiskAssessments, { query })).body).toEqual([]);
    expect((await server.nobody.call(listRiskAssessments, { query })).status).toBe(401);
    expect((await steward.send('GET', '/api/access-request/risk-assessment?id=x')).status).toBe(400);
    expect((await steward.send('GET', '/api/access-request/risk-assessment')).status).toBe(400);
  });
});

describe('whether people follow the advice', () => {
  it('is counted per target, shown beside the evidence and listed for those who review there', async () => {
    const everybody = await addGroup('Everybody');
    for (const person of analysts) await join(person, everybody);
    // A form of its own: nothing is learnt from the other products.
    const formId = await makeForm(server, reviewBy({ any: [user(governor), user(steward)] }));
    const product = await makeProduct(server, governor, { formId });
    await decideSix(product, 'APPROVED');
    await decide(steward, await askedId(one(6), product), 'APPROVED');
    await decide(steward, await askedId(one(7), product), 'DENIED');
    const id = await askedId(outsider, product);
    const rateOf = async () =>
      (await steward.call(getAccessRequestEvidence, { params: { id } })).body.assistRate ?? undefined;
    await waitFor('the advice to be kept', async () => {
      const rate = await rateOf();
      return rate !== undefined && rate.accepted + rate.overridden + rate.unadvised === 8;
    });
    // Five before anything can be said; then it is followed twice, and once not.
    expect(await rateOf()).toEqual({ accepted: 2, overridden: 1, unadvised: 5 });
    const { body } = await steward.call(listAssistRates, { query: { searchText: product.id } });
    expect(body.data).toMatchObject([
      { target: { id: product.id, type: 'DATA_PRODUCT' }, requestType: 'DATA_ACCESS', accepted: 2, overridden: 1 },
    ]);
    expect(body.meta.totalCount).toBe(1);
    expect(
      (await governor.call(listAssistRates, { query: { sortBy: 'overridden', limit: 1 } })).body.data,
    ).toHaveLength(1);
    expect((await one(6).call(listAssistRates)).body.data).toEqual([]);
    const masking = { type: ['MASKING_EXCEPTION' as const] };
    expect((await governor.call(listAssistRates, { query: masking })).body.data).toEqual([]);
    expect((await server.nobody.call(listAssistRates)).status).toBe(401);
  });

  it('is not asked of decisions that a rule made', async () => {
    const product = await makeProduct(server, governor, {
      flow: { rules: [], defaultEvent: { type: 'approve', params: { comment: 'Open to all.' } } },
    });
    const id = await askedId(one(6), product);
    const read = await governor.call(getAccessRequestById, { params: { id } });
    expect(read.body.status).toBe('APPROVED');
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from determination_advice a join determination d on d.id = a.determination_id
      where d.access_request_id = ${id}`.execute(server.deps.db);
    expect(rows[0]?.n).toBe(0);
  });

  it('stores one advice per decision, also when two decide at once', async () => {
    const id = await askedId(one(6), await stewarded());
    const body = { status: 'APPROVED' as const, reason: 'Both.' };
    await Promise.all([governor, steward].map((who) => who.call(determineAccessRequest, { params: { id }, body })));
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from determination_advice a join determination d on d.id = a.determination_id
      where d.access_request_id = ${id}`.execute(server.deps.db);
    expect(rows[0]?.n).toBe(1);
  });
});
