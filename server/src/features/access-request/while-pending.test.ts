import {
  cancelAccessRequest,
  getAccessRequestById,
  previewAccessRequest,
  requestAccess,
  searchAccessRequests,
} from '@stoa/contract/access-request';
import { searchAudit } from '@stoa/contract/audit';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { getInboxMessages } from '@stoa/contract/notification';
import { remindReviewers } from '@stoa/contract/reviewer-reminder';
import { standardRequestForm } from '@stoa/core/review/standard';
import { sql } from 'kysely';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newCuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { callerOf, type TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { ask, askedId, decide, makeProduct, type Product, reviewBy, user } from './requests.fixture.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'stoa-pending-'));
let server: TestServer;
let consumer: TestPerson;
let colleague: TestPerson;
let steward: TestPerson;
let second: TestPerson;
let governor: TestPerson;
let auditor: TestPerson;
let outsider: TestPerson;

beforeAll(async () => {
  server = await startTestServer({ dataDir, env: { STOA_REQUESTS_PER_HOUR: '1000' } });
  consumer = await server.person({ username: 'consumer', name: 'Ana Ruiz' });
  colleague = await server.person({ username: 'colleague' });
  steward = await server.person({ username: 'steward' });
  second = await server.person({ username: 'second' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  auditor = await server.person({ username: 'auditor', permissions: ['AUDIT'] });
  outsider = await server.person({ username: 'outsider' });
});
afterAll(() => server.stop());

const read = async (who: TestPerson, id: string) => (await who.call(getAccessRequestById, { params: { id } })).body;
const reviewedBy = (...stages: object[]) => makeProduct(server, governor, { flow: reviewBy(...stages) });

/** As if the open slots had been open for longer. */
const age = (id: string, hours = 25) =>
  sql`update approval_record set updated_at = updated_at - make_interval(hours => ${hours}) where access_request_id = ${id}`.execute(
    server.deps.db,
  );
const ageReminder = (id: string) =>
  sql`update reviewer_reminder set created_at = created_at - interval '25 hours' where access_request_id = ${id}`.execute(
    server.deps.db,
  );
/** A request that has waited for more than a day. */
async function oldId(...asked: Parameters<typeof askedId>): Promise<string> {
  const id = await askedId(...asked);
  await age(id);
  return id;
}
const remind = (who: TestPerson, id: string) => who.call(remindReviewers, { params: { id } });
const remindersOf = async (who: TestPerson, requestId: string) =>
  (await who.call(getInboxMessages, { query: { limit: 100, requestId } })).body.data.filter(
    (message) => message.notificationType === 'PENDING_REMINDER',
  );
const auditOf = async (id: string, action: string) =>
  (await auditor.call(searchAudit, { query: { action: [action], target: [id] } })).body.data;

describe('reminding the reviewers', () => {
  it('is for the two people of a pending request, once in 24 hours', async () => {
    const product = await reviewedBy({ any: [user(steward), user(second)] });
    const id = await oldId(consumer, product, colleague);
    expect((await server.nobody.call(remindReviewers, { params: { id } })).status).toBe(401);
    expect((await remind(outsider, id)).status).toBe(404);
    expect((await remind(consumer, newCuid())).status).toBe(404);
    for (const reader of [steward, governor]) {
      expect((await remind(reader, id)).status).toBe(403);
      expect((await read(reader, id)).abilities?.['remind']?.allowed).toBe(false);
    }
    expect((await read(consumer, id)).abilities?.['remind']?.allowed).toBe(true);
    expect(await remind(consumer, id)).toMatchObject({ status: 201, body: { by: { name: 'Ana Ruiz' }, told: 2 } });
    const shown = await read(colleague, id);
    expect(shown).toMatchObject({ reminders: [{ told: 2 }], abilities: { remind: { allowed: false } } });
    expect(await remind(colleague, id)).toMatchObject({
      status: 409,
      body: { code: 'access_request.reminder_too_early', from: shown.remindableFrom },
    });
    await ageReminder(id);
    expect((await read(colleague, id)).remindableFrom).toBeUndefined();
    expect((await remind(colleague, id)).status).toBe(201);
    expect((await remindersOf(steward, id)).map((message) => message.subject)).toEqual([
      expect.stringContaining('colleague reminds you'),
      expect.stringContaining('Ana Ruiz reminds you'),
    ]);
  });

  it('is told to those who may decide now, stands in the audit and in the timeline', async () => {
    const product = await reviewedBy({ any: [user(steward), user(consumer)] }, { any: [user(second)] });
    const id = await oldId(consumer, product);
    await remind(consumer, id);
    const [message] = await remindersOf(steward, id);
    expect(message).toMatchObject({
      message: expect.stringContaining('has waited for more than a day'),
      data: { actionPath: `/reviews/${id}` },
    });
    expect([(await remindersOf(second, id)).length, (await remindersOf(consumer, id)).length]).toEqual([0, 0]);
    expect(await auditOf(id, 'ReviewersReminded')).toMatchObject([
      { actor: { name: 'Ana Ruiz' }, auditPayload: { globalUserIds: [steward.globalUserId] } },
    ]);
    const { timeline } = (await steward.call(getAccessRequestEvidence, { params: { id } })).body;
    expect(timeline).toContainEqual(
      expect.objectContaining({ kind: 'reminded', text: 'Reminded one reviewer.', actor: { ...timeline[0]?.actor } }),
    );
  });

  it('comes too early within a day of being asked, also where a later stage was asked just now', async () => {
    const product = await reviewedBy({ any: [user(steward)] }, { any: [user(second)] });
    const id = await askedId(consumer, product);
    const young = await remind(consumer, id);
    expect(young).toMatchObject({ status: 409, body: { code: 'access_request.reminder_too_early' } });
    expect((await read(consumer, id)).remindableFrom).toBe(young.body['from']);
    await age(id);
    await decide(steward, id, 'APPROVED');
    expect((await remind(consumer, id)).status).toBe(409);
    await age(id);
    expect((await remind(consumer, id)).body.told).toBe(1);
    expect((await remindersOf(second, id)).length).toBe(1);
    expect(await remindersOf(steward, id)).toEqual([]);
  });

  it('is refused where nobody has to decide, or nobody can', async () => {
    const product = await reviewedBy({ any: [user(steward)] });
    const decided = await oldId(consumer, product);
    await decide(steward, decided, 'DENIED');
    expect(await remind(consumer, decided)).toMatchObject({
      status: 409,
      body: { code: 'access_request.not_pending', requestStatus: 'DENIED' },
    });
    const own = await oldId(consumer, await reviewedBy({ any: [user(consumer)] }));
    const nobody = { status: 409, body: { code: 'access_request.nobody_to_remind' } };
    expect(await remind(consumer, own)).toMatchObject(nobody);
    const shown = await read(consumer, own);
    expect([shown.abilities?.['remind']?.allowed, shown.remindableFrom]).toEqual([false, undefined]);
    const stopped = await oldId(consumer, product);
    await sql`update data_product set suspended = true where id = ${product.id}`.execute(server.deps.db);
    expect(await remind(consumer, stopped)).toMatchObject(nobody);
  });

  it('happens once when it is asked for at once on two servers, one of them started later', async () => {
    const product = await reviewedBy({ any: [user(steward)] });
    const before = await oldId(consumer, product);
    await remind(consumer, before);
    const later = await startTestServer({ dataDir, databaseUrl: server.databaseUrl });
    try {
      const elsewhere: TestPerson = { ...consumer, ...callerOf(later.url, consumer.token) };
      expect((await remind(elsewhere, before)).status).toBe(409);
      await consumer.call(cancelAccessRequest, { params: { id: before } });
      const id = await oldId(consumer, product);
      const answers = await Promise.all([
        remind(consumer, id),
        remind(elsewhere, id),
        remind(consumer, id),
        remind(elsewhere, id),
      ]);
      expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409, 409]);
      expect((await remindersOf(steward, id)).length).toBe(1);
    } finally {
      await later.stop();
    }
  });
});

const otherAnswers = {
  answers: [{ fieldId: standardRequestForm.fields[0].id, value: 'A report on claims, and one on fraud.' }],
  agreements: [],
};
type Replacing = { form?: object; forWhom?: TestPerson };
const replace = (who: TestPerson, product: Product, replaces: string, { form, forWhom = who }: Replacing = {}) =>
  who.call(requestAccess, {
    params: { id: product.id },
    body: { user: forWhom.globalUserId, form: { ...otherAnswers, ...form }, replaces },
  });
const pendingOf = async (who: TestPerson, product: Product) =>
  (await who.call(searchAccessRequests, { query: { dataProductId: product.id, status: ['PENDING'] } })).body.data;

describe('changing the answers', () => {
  it('makes a new request and cancels the old one in one act', async () => {
    const product = await reviewedBy({ any: [user(steward)] });
    const old = await askedId(consumer, product, colleague);
    const made = await replace(consumer, product, old, { forWhom: colleague });
    expect(made).toMatchObject({
      status: 201,
      body: {
        status: 'PENDING',
        user: { username: 'colleague' },
        metadata: { replaces: old },
        form: { answers: [{ value: 'A report on claims, and one on fraud.' }] },
      },
    });
    expect(await read(consumer, old)).toMatchObject({
      status: 'CANCELED',
      decisionReason: 'Replaced by a request with other answers.',
      metadata: { replacedBy: made.body.id },
      abilities: { replace: { allowed: false } },
    });
    expect(await auditOf(old, 'AccessRequestCanceled')).toMatchObject([{ auditPayload: { replacedBy: made.body.id } }]);
    expect(await auditOf(made.body.id, 'AccessRequested')).toMatchObject([{ auditPayload: { replaces: old } }]);
    const { answers } = (await steward.call(getAccessRequestEvidence, { params: { id: made.body.id } })).body;
    expect(answers).toMatchObject([{ previous: 'Quarterly report on claims.' }]);
    const canceled = await until(async () =>
      (await steward.call(getInboxMessages, { query: { limit: 100, requestId: old } })).body.data.find(
        (message) => message.notificationType === 'REQUEST_CANCELED',
      ),
    );
    expect(canceled.message).toContain('Replaced by a request with other answers.');
  });

  it('is for who made the request; everybody else does not learn of it', async () => {
    const product = await reviewedBy({ any: [user(steward)] });
    const old = await askedId(consumer, product, colleague);
    expect((await replace(outsider, product, old, { forWhom: colleague })).status).toBe(404);
    expect((await replace(outsider, product, newCuid())).status).toBe(404);
    for (const who of [colleague, steward])
      expect((await replace(who, product, old, { forWhom: colleague })).status).toBe(403);
    expect((await read(consumer, old)).status).toBe('PENDING');
  });

  it('leaves the old request where the new one is refused', async () => {
    const product = await reviewedBy({ any: [user(steward)] });
    const other = await reviewedBy({ any: [user(steward)] });
    const old = await askedId(consumer, product);
    const elsewhere = await askedId(consumer, other);
    const refused: [string, Awaited<ReturnType<typeof replace>>][] = [
      ['access_request.answers_invalid', await replace(consumer, product, old, { form: { answers: [] } })],
      ['precondition.failed', await replace(consumer, product, old, { form: { formVersion: 'older' } })],
      ['access_request.not_replaceable', await replace(consumer, product, elsewhere)],
      ['access_request.not_replaceable', await replace(consumer, product, old, { forWhom: colleague })],
    ];
    for (const [code, answer] of refused) expect(answer.body).toMatchObject({ code });
    expect((await ask(consumer, product)).body).toMatchObject({
      code: 'access_request.duplicate',
      requestId: old,
    });
    expect((await pendingOf(consumer, product)).map(({ id }) => id)).toEqual([old]);
  });

  it('is previewed as if the old request did not stand in the way', async () => {
    const product = await reviewedBy({ any: [user(steward)] });
    const old = await askedId(consumer, product);
    const preview = (body: object) =>
      consumer.call(previewAccessRequest, {
        params: { id: product.id },
        body: { user: consumer.globalUserId, form: otherAnswers, ...body },
      });
    expect((await preview({})).body.refusal?.code).toBe('access_request.duplicate');
    expect((await preview({ replaces: old })).body).toMatchObject({ outcome: 'review' });
    expect((await preview({ replaces: old })).body.refusal).toBeUndefined();
    await decide(steward, old, 'DENIED');
    expect((await preview({ replaces: old })).body.refusal?.code).toBe('access_request.not_pending');
    expect((await replace(consumer, product, old)).body).toMatchObject({ code: 'access_request.not_pending' });
  });

  it('at once with a decision, a cancellation and itself leaves one outcome', async () => {
    const product = await reviewedBy({ any: [user(steward)] });
    for (let round = 0; round < 12; round += 1) {
      const old = await askedId(consumer, product);
      const [made, again, decided] = await Promise.all([
        replace(consumer, product, old),
        replace(consumer, product, old),
        round % 2 === 0 ? decide(steward, old, 'DENIED') : consumer.call(cancelAccessRequest, { params: { id: old } }),
      ]);
      const succeeded = [made, again].filter(({ status }) => status === 201);
      expect(succeeded.length + (decided.status < 300 ? 1 : 0)).toBe(1);
      for (const { status } of [made, again, decided]) expect([200, 201, 204, 409]).toContain(status);
      const pending = await pendingOf(consumer, product);
      expect(pending.map(({ id }) => id)).toEqual(succeeded.map(({ body }) => body.id));
      for (const { id } of pending) await consumer.call(cancelAccessRequest, { params: { id } });
    }
  });
});
