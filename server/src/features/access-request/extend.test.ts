import {
  extendAccessRequest,
  getAccessRequestById,
  previewAccessRequest,
  requestAccess,
  revokeAccess,
} from '@stoa/contract/access-request';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { durationLabel } from '@stoa/contract/request-form';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { until } from '../../testing/until.ts';
import { makeAgreement, makeFormAsking } from '../data-use-agreement/agreements.fixture.ts';
import { endExpiredAccess } from './expire.ts';
import { decide, makeForm, makeProduct, type Product, reviewBy, user } from './requests.fixture.ts';

let server: TestServer;
let governor: TestPerson;
let steward: TestPerson;
let consumer: TestPerson;
let other: TestPerson;
const question = newUuid();
const period = newUuid();
const fields = [
  { id: question, type: 'SHORT_ANSWER', label: 'Why?', required: true },
  { id: period, type: 'ACCESS_DURATION', label: durationLabel, required: true },
];
const week = { amount: 1, unit: 'WEEKS' as const };
const answers = [
  { fieldId: question, value: 'The quarterly report.' },
  { fieldId: period, value: week },
];
beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '100000' } });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  consumer = await server.person({ username: 'consumer' });
  other = await server.person({ username: 'other' });
});
afterAll(() => server.stop());

const askable = async (): Promise<Product> =>
  makeProduct(server, governor, { formId: await makeForm(server, reviewBy({ any: [user(steward)] }), fields) });

/** Access that was asked for and approved for so many days. */
async function approved(product: Product, days: number, who = consumer, beneficiary = who): Promise<string> {
  const made = await who.call(requestAccess, {
    params: { id: product.id },
    body: { user: beneficiary.globalUserId, form: { answers, agreements: [] } },
  });
  await decide(steward, made.body.id, 'APPROVED', { duration: days, durationUnit: 'DAYS' });
  return made.body.id;
}
const extend = (who: TestPerson, id: string, body: object = {}) =>
  who.call(extendAccessRequest, { params: { id }, body });

describe('extending', () => {
  test('makes a request of its own with the earlier answers; the old access stands until it is approved', async () => {
    const product = await askable();
    const id = await approved(product, 3);
    const before = await consumer.call(getAccessRequestById, { params: { id } });
    expect(before.body.abilities).toMatchObject({ extend: { allowed: true }, renew: { allowed: false } });
    const made = await extend(consumer, id);
    expect(made).toMatchObject({
      status: 201,
      body: { status: 'PENDING', metadata: { extends: id }, requestedDuration: week },
    });
    expect(made.body.form?.answers.map((a) => a.value)).toEqual(['The quarterly report.', week]);
    await decide(steward, made.body.id, 'APPROVED', { duration: 10, durationUnit: 'DAYS' });
    const both = await Promise.all(
      [id, made.body.id].map((one) => consumer.call(getAccessRequestById, { params: { id: one } })),
    );
    expect(both.map((a) => a.body.status)).toEqual(['APPROVED', 'APPROVED']);
    // No gap: the second ends later than the first, and both hold until then.
    expect(Date.parse(both[1]?.body.expiration ?? '')).toBeGreaterThan(Date.parse(both[0]?.body.expiration ?? ''));
  });

  test('takes what is answered anew, and what is left out from before', async () => {
    const product = await askable();
    const id = await approved(product, 3);
    const given = [{ fieldId: period, value: { amount: 2, unit: 'MONTHS' } }];
    const made = await extend(consumer, id, { form: { answers: given, agreements: [] } });
    expect(made.body.form?.answers.map((a) => a.value)).toEqual([
      'The quarterly report.',
      { amount: 2, unit: 'MONTHS' },
    ]);
  });

  test('for longer than others got it is told to the steward, in words for one day as for many', async () => {
    const product = await askable();
    const made = await extend(consumer, await approved(product, 1));
    const { body } = await steward.call(getAccessRequestEvidence, { params: { id: made.body.id } });
    expect(body.signals).toContainEqual({
      code: 'duration_above_median',
      severity: 'warn',
      text: 'Asked for 1 week; earlier approvals were for a day.',
    });
  });

  test('opens seven days before the end, and says from when', async () => {
    const product = await askable();
    const id = await approved(product, 30);
    const early = await extend(consumer, id);
    expect(early).toMatchObject({ status: 409, body: { code: 'access_request.extension_too_early' } });
    const shown = await consumer.call(getAccessRequestById, { params: { id } });
    expect(Date.parse(String(early.body['from']))).toBe(
      Date.parse(shown.body.expiration ?? '') - 7 * 24 * 60 * 60 * 1000,
    );
  });

  test('after the end it is a renewal', async () => {
    const product = await askable();
    const id = await approved(product, 1);
    await sql`update access_request set expiration = now() - interval '1 second' where id = ${id}`.execute(
      server.deps.db,
    );
    // What the server's own look is ending at this moment is passed over.
    await until(async () => {
      await endExpiredAccess(server.deps);
      const { body } = await consumer.call(getAccessRequestById, { params: { id } });
      return body.status === 'EXPIRED' || undefined;
    });
    const made = await extend(consumer, id);
    expect(made).toMatchObject({ status: 201, body: { metadata: { renews: id } } });
  });

  test('is for the two people of the request; others are refused, or do not learn of it', async () => {
    const product = await askable();
    const id = await approved(product, 3, consumer, other);
    expect((await extend(governor, id)).status).toBe(403);
    const stranger = await server.person({ username: `stranger-${id}` });
    expect((await extend(stranger, id)).status).toBe(404);
    expect((await extend(server.nobody as TestPerson, id)).status).toBe(401);
    expect((await extend(consumer, newCuid())).status).toBe(404);
    const made = await extend(consumer, id);
    expect(made.body.user.globalUserId).toBe(other.globalUserId);
  });

  test('twice, or at the same time, makes one request; the second answer links to it', async () => {
    const product = await askable();
    const id = await approved(product, 3);
    const answersOfTwo = await Promise.all([extend(consumer, id), extend(consumer, id)]);
    expect(answersOfTwo.map((a) => a.status).sort()).toEqual([201, 409]);
    const made = answersOfTwo.find((a) => a.status === 201);
    const again = await extend(consumer, id);
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'access_request.duplicate', requestId: made?.body.id },
    });
  });

  test('access without an end, or taken away, is not extended', async () => {
    const product = await askable();
    const made = await consumer.call(requestAccess, {
      params: { id: product.id },
      body: { user: consumer.globalUserId, form: { answers, agreements: [] } },
    });
    await decide(steward, made.body.id, 'APPROVED');
    const endless = await extend(consumer, made.body.id);
    expect(endless).toMatchObject({ status: 409, body: { code: 'access_request.not_extendable' } });
    await consumer.call(revokeAccess, { params: { id: product.id, requestId: made.body.id } });
    expect(await extend(consumer, made.body.id)).toMatchObject({
      status: 409,
      body: { code: 'access_request.not_extendable', requestStatus: 'REVOKED' },
    });
  });

  test('accepts the current agreements again', async () => {
    const agreement = await makeAgreement(governor);
    const formId = await makeFormAsking(server, {
      policy: reviewBy({ any: [user(steward)] }),
      agreements: [agreement.id],
      fields,
    });
    const product = await makeProduct(server, governor, { formId });
    const agreements = [{ id: agreement.id, version: 1 }];
    const made = await consumer.call(requestAccess, {
      params: { id: product.id },
      body: { user: consumer.globalUserId, form: { answers, agreements } },
    });
    await decide(steward, made.body.id, 'APPROVED', { duration: 2, durationUnit: 'DAYS' });
    expect(await extend(consumer, made.body.id)).toMatchObject({ status: 422, body: { code: 'agreement.required' } });
    expect((await extend(consumer, made.body.id, { form: { agreements } })).status).toBe(201);
  });

  test('under a form that asks for more, what is missing is named', async () => {
    const product = await askable();
    const id = await approved(product, 3);
    const more = [...fields, { id: newUuid(), type: 'SHORT_ANSWER', label: 'Where?', required: true }];
    await sql`update request_form_version set fields = ${JSON.stringify(more)}::jsonb
      where request_form_id = (select data_access_form_id from data_product where id = ${product.id})`.execute(
      server.deps.db,
    );
    expect(await extend(consumer, id)).toMatchObject({
      status: 422,
      body: { code: 'access_request.answers_invalid', errors: [{ message: 'Where?: Answer this question.' }] },
    });
  });
});

test('before it is sent, the end that approving now would give is told, and the later one where access is held', async () => {
  const product = await askable();
  const preview = async () =>
    (
      await consumer.call(previewAccessRequest, {
        params: { id: product.id },
        body: { user: consumer.globalUserId, form: { answers, agreements: [] } },
      })
    ).body;
  const first = await preview();
  expect(first).toMatchObject({ outcome: 'review', accessUntil: first.expectedEnd });
  const { rows } = await sql<{ days: number }>`
    select extract(epoch from ${first.expectedEnd}::timestamptz - now()) / 86400 as days`.execute(server.deps.db);
  expect(Number(rows[0]?.days)).toBeCloseTo(7, 1);
  const id = await approved(product, 60);
  const held = await consumer.call(getAccessRequestById, { params: { id } });
  expect(await preview()).toMatchObject({ accessUntil: held.body.expiration, existingRequestId: id });
});
