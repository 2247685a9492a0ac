import { getAccessRequestById, previewAccessRequest, requestAccess } from '@stoa/contract/access-request';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { ask, makeContainer, makeForm, makeProduct, reviewBy, standardAnswers, user } from './requests.fixture.ts';

let server: TestServer;
let consumer: TestPerson;
let consumer2: TestPerson;
let governor: TestPerson;
let steward: TestPerson;

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '40' } });
  consumer = await server.person({ username: 'consumer' });
  consumer2 = await server.person({ username: 'consumer2' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
});
afterAll(() => server.stop());

const unknownId = '01900000-0000-7000-8000-000000000000';
const periodField = '11111111-1111-4111-8111-111111111111';
const periodFields = [
  { id: periodField, type: 'ACCESS_DURATION', label: 'How long do you need access to this data?', required: true },
];

describe('asking', () => {
  it('stores the request with its form, flow and answers pinned', async () => {
    const product = await makeProduct(server, governor);
    const answer = await ask(consumer, product);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        status: 'PENDING',
        type: 'DATA_ACCESS',
        user: { username: 'consumer' },
        dataProduct: { id: product.id },
        form: { formVersion: 'cstandardrequestform00001', answers: [{ value: 'Quarterly report on claims.' }] },
        progress: { satisfied: 0, total: 1 },
        abilities: { cancel: { allowed: true }, determine: { allowed: false } },
      },
    });
    const read = await consumer.call(getAccessRequestById, { params: { id: answer.body.id } });
    expect(read.body).toMatchObject({ id: answer.body.id, reviewable: true, newerFormExists: false });
    await sql`update data_product set data_access_review_flow = ${JSON.stringify(reviewBy({ any: [user(steward)] }))}::jsonb where id = ${product.id}`.execute(
      server.deps.db,
    );
    const { rows } = await sql<{
      event: unknown;
    }>`select event from access_request where id = ${answer.body.id}`.execute(server.deps.db);
    expect(rows[0]?.event).toMatchObject({
      type: 'review',
      params: { stages: [{ any: [{ type: 'PERMISSION' }, { type: 'DOMAIN PERMISSION' }] }] },
    });
  });

  it('is not open to strangers, and unknown products and people are not found', async () => {
    const product = await makeProduct(server, governor);
    const body = { user: consumer.globalUserId, form: standardAnswers };
    expect((await server.nobody.call(requestAccess, { params: { id: product.id }, body })).status).toBe(401);
    expect((await consumer.call(requestAccess, { params: { id: unknownId }, body })).status).toBe(404);
    expect(
      (await consumer.call(requestAccess, { params: { id: product.id }, body: { ...body, user: unknownId } })).status,
    ).toBe(404);
    expect((await consumer.send('POST', `/api/data-product/${product.id}/request`, { user: 'me' })).status).toBe(400);
  });

  it('names each answer that does not fit, and stores nothing', async () => {
    const product = await makeProduct(server, governor);
    const answer = await consumer.call(requestAccess, {
      params: { id: product.id },
      body: { user: consumer.globalUserId },
    });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'access_request.answers_invalid', errors: [{ path: 'form.answers' }] },
    });
    const stale = await consumer.call(requestAccess, {
      params: { id: product.id },
      body: { user: consumer.globalUserId, form: { ...standardAnswers, formVersion: 'cold' } },
    });
    expect(stale).toMatchObject({ status: 412, body: { formVersion: 'cstandardrequestform00001' } });
    const { rows } = await sql`select from access_request where target_id = ${product.id}`.execute(server.deps.db);
    expect(rows).toHaveLength(0);
  });

  it('of a suspended product is refused', async () => {
    const product = await makeProduct(server, governor, { suspended: true });
    expect(await ask(consumer, product)).toMatchObject({ status: 409, body: { code: 'data_product.suspended' } });
  });

  it('on behalf of somebody follows the setting, and both stand on the request', async () => {
    const product = await makeProduct(server, governor);
    expect(await ask(consumer, product, consumer2)).toMatchObject({
      status: 201,
      body: { requestingUser: { username: 'consumer' }, user: { username: 'consumer2' } },
    });
    await sql`insert into setting (name, value) values ('application', '{"onBehalf": "nobody"}')`.execute(
      server.deps.db,
    );
    const refused = await ask(consumer, await makeProduct(server, governor), consumer2);
    await sql`delete from setting where name = 'application'`.execute(server.deps.db);
    expect(refused).toMatchObject({ status: 403, body: { code: 'access_request.on_behalf_refused' } });
  });

  it('for a disabled account is refused', async () => {
    const gone = await server.person({ username: 'gone' });
    await sql`update app_user set status = 'disabled' where global_user_id = ${gone.globalUserId}`.execute(
      server.deps.db,
    );
    expect(await ask(consumer, await makeProduct(server, governor), gone)).toMatchObject({
      status: 422,
      body: { code: 'access_request.beneficiary_disabled' },
    });
  });

  it('twice at once makes one request', async () => {
    const product = await makeProduct(server, governor);
    const answers = await Promise.all([ask(consumer2, product), ask(consumer2, product), ask(consumer2, product)]);
    expect(answers.map((a) => a.status).toSorted()).toEqual([201, 409, 409]);
    const made = answers.find((a) => a.status === 201);
    for (const late of answers.filter((a) => a.status === 409)) expect(late.body['requestId']).toBe(made?.body.id);
  });

  it('counts only what was accepted, up to the limit of an hour', async () => {
    const eager = await server.person({ username: 'eager' });
    const product = await makeProduct(server, governor);
    for (let i = 0; i < 45; i += 1)
      await eager.call(requestAccess, { params: { id: product.id }, body: { user: eager.globalUserId } });
    expect((await ask(eager, product)).status).toBe(201);
    await sql`update rate_count set count = 40 where bucket = ${`request:${eager.globalUserId}`}`.execute(
      server.deps.db,
    );
    const over = await ask(eager, await makeProduct(server, governor));
    expect(over.status).toBe(429);
    expect(over.headers.get('retry-after')).not.toBeNull();
  });
});

describe('a rule decides at once', () => {
  it('approves for the shorter of the two periods and wakes the platform', async () => {
    const policy = {
      rules: [],
      defaultEvent: {
        type: 'approve',
        params: { comment: 'Public inside the company.', duration: 30, durationUnit: 'DAYS' },
      },
    };
    const product = await makeProduct(server, governor, { formId: await makeForm(server, policy, periodFields) });
    await makeContainer(server, product.id);
    const answer = await consumer.call(requestAccess, {
      params: { id: product.id },
      body: {
        user: consumer.globalUserId,
        form: { answers: [{ fieldId: periodField, value: { amount: 1, unit: 'WEEKS' } }], agreements: [] },
      },
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        status: 'APPROVED',
        decisionReason: 'Public inside the company.',
        provisioning: { state: 'PROVISIONING' },
      },
    });
    const { expiration, createdAt } = answer.body;
    expect(Date.parse(expiration ?? '') - Date.parse(createdAt)).toBe(7 * 86_400_000);
    const { rows } = await sql`select from provisioning_key where target_id = ${product.id}`.execute(server.deps.db);
    expect(rows).toHaveLength(1);
  });

  it('denies with its comment', async () => {
    const policy = { rules: [], defaultEvent: { type: 'deny', params: { comment: 'Ask the finance team instead.' } } };
    const product = await makeProduct(server, governor, { formId: await makeForm(server, policy) });
    expect(await ask(consumer, product)).toMatchObject({
      status: 201,
      body: { status: 'DENIED', decisionReason: 'Ask the finance team instead.' },
    });
  });
});

describe('a preview', () => {
  it('names who would decide, and what stands in the way, and writes nothing', async () => {
    const product = await makeProduct(server, governor, {
      flow: reviewBy({ any: [user(steward)] }, { all: [{ type: 'PERMISSION', permission: 'GOVERNANCE' }] }),
    });
    const body = { user: consumer.globalUserId, form: standardAnswers };
    const preview = await consumer.call(previewAccessRequest, { params: { id: product.id }, body });
    expect(preview).toMatchObject({
      status: 200,
      body: {
        outcome: 'review',
        expiration: null,
        stages: [
          { mode: 'any', slots: [{ people: [{ username: 'steward' }], peopleCount: 1 }] },
          { mode: 'all', slots: [{ people: [{ username: 'governor' }] }] },
        ],
      },
    });
    const made = await ask(consumer, product);
    const again = await consumer.call(previewAccessRequest, { params: { id: product.id }, body });
    expect(again.body).toMatchObject({
      existingRequestId: made.body.id,
      refusal: { code: 'access_request.duplicate' },
    });
  });
});
