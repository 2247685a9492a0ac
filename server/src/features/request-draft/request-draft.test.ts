import { requestAccess } from '@stoa/contract/access-request';
import { deleteRequestDraft, readRequestDraft, saveRequestDraft } from '@stoa/contract/request-draft';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { makeProduct, standardAnswers } from '../access-request/requests.fixture.ts';
import { forgetOldDrafts } from './drafts.ts';

let server: TestServer;
let consumer: TestPerson;
let other: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  consumer = await server.person({ username: 'consumer' });
  other = await server.person({ username: 'other' });
});
afterAll(() => server.stop());

const written = (text: string) => ({
  user: consumer.globalUserId,
  form: { answers: [{ fieldId: 'a field of a form that may be gone', value: text }], agreements: [] },
});
const save = (who: TestPerson, targetId: string, text: string) =>
  who.call(saveRequestDraft, { params: { targetId }, body: written(text) });
const read = async (who: TestPerson, targetId: string) =>
  (await who.call(readRequestDraft, { params: { targetId } })).body.draft?.form.answers[0]?.value;

test('a draft comes back as it was written, to its owner alone, for its target and type alone', async () => {
  const targetId = newUuid();
  const text = 'Für "Berichte"\n\tund <b>mehr</b> 🙂';
  expect((await save(consumer, targetId, text)).status).toBe(200);
  expect(await read(consumer, targetId)).toBe(text);
  expect(await read(other, targetId)).toBeUndefined();
  expect(await read(consumer, newUuid())).toBeUndefined();
  const masking = await consumer.call(readRequestDraft, { params: { targetId }, query: { type: 'MASKING_EXCEPTION' } });
  expect(masking.body).toEqual({ draft: null, savedAt: null });
  expect((await server.nobody.call(readRequestDraft, { params: { targetId } })).status).toBe(401);
  expect((await consumer.send('PUT', '/api/request-draft/no-id', written('x'))).status).toBe(404);
  expect((await consumer.send('PUT', `/api/request-draft/${targetId}`, { form: { answers: 'x' } })).status).toBe(400);
});

test('of two drafts saved at once, one is there whole', async () => {
  const targetId = newUuid();
  const texts = ['from one window'.repeat(50), 'from the other'.repeat(50)];
  const answers = await Promise.all(texts.map((text) => save(consumer, targetId, text)));
  expect(answers.map((a) => a.status)).toEqual([200, 200]);
  expect(texts).toContain(await read(consumer, targetId));
});

test('it is thrown away once; a second time there is none', async () => {
  const targetId = newUuid();
  await save(consumer, targetId, 'x');
  expect((await other.call(deleteRequestDraft, { params: { targetId } })).status).toBe(404);
  expect((await consumer.call(deleteRequestDraft, { params: { targetId } })).status).toBe(204);
  expect((await consumer.call(deleteRequestDraft, { params: { targetId } })).status).toBe(404);
});

test('sending the request ends its draft; a refused one leaves it', async () => {
  const product = await makeProduct(server, other);
  await save(consumer, product.id, 'still here');
  const ask = (form: object) =>
    consumer.call(requestAccess, { params: { id: product.id }, body: { user: consumer.globalUserId, form } });
  expect((await ask({ answers: [], agreements: [] })).status).toBe(422);
  expect(await read(consumer, product.id)).toBe('still here');
  expect((await ask(standardAnswers)).status).toBe(201);
  expect(await read(consumer, product.id)).toBeUndefined();
});

test('after 30 days it is neither shown nor kept', async () => {
  const targetId = newUuid();
  await save(consumer, targetId, 'old');
  await sql`update request_draft set saved_at = now() - interval '30 days' where target_id = ${targetId}`.execute(
    server.deps.db,
  );
  expect(await read(consumer, targetId)).toBeUndefined();
  await forgetOldDrafts(server.deps.db);
  const { rows } = await sql`select from request_draft where target_id = ${targetId}`.execute(server.deps.db);
  expect(rows).toHaveLength(0);
});

test('the oldest of more than a hundred makes room, and the others stay', async () => {
  const writer = await server.person({ username: 'writer' });
  const first = newUuid();
  await save(writer, first, 'the first');
  await sql`insert into request_draft (global_user_id, target_id, type, content, saved_at)
    select ${writer.globalUserId}, gen_random_uuid(), 'DATA_ACCESS', '{"form":{}}', now() + n * interval '1 second'
    from generate_series(1, 99) n`.execute(server.deps.db);
  await save(writer, newUuid(), 'one more');
  expect(await read(writer, first)).toBeUndefined();
  const { rows } = await sql`select from request_draft where global_user_id = ${writer.globalUserId}`.execute(
    server.deps.db,
  );
  expect(rows).toHaveLength(100);
});
