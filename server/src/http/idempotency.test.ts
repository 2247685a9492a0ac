import { createHash } from 'node:crypto';
import { getAccessRequestRecords, revokeAccess } from '@stoa/contract/access-request';
import { updateApprovalRecord } from '@stoa/contract/approval-record';
import { deleteDataProduct, getDataProductById, updateDataProduct } from '@stoa/contract/data-product';
import { createDomain, updateDomain } from '@stoa/contract/domain';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askedId, decide, makeProduct } from '../features/access-request/requests.fixture.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import type { TestPerson } from '../testing/people.ts';

let server: TestServer;
let consumer: TestPerson;
let governor: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  consumer = await server.person({ username: 'consumer' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
});
afterAll(() => server.stop());

const withKey = (key: string) => ({ 'idempotency-key': key });

test('a decision that is sent again is answered as the first was', async () => {
  const id = await askedId(consumer, await makeProduct(server, governor));
  const { approvalRecords } = (await governor.call(getAccessRequestRecords, { params: { id } })).body;
  const record = { params: { id: approvalRecords[0]?.id ?? '' }, headers: withKey(`record-${id}`) };
  const body = { status: 'APPROVED' as const, reason: 'Fits.' };
  const first = await governor.call(updateApprovalRecord, { ...record, body });
  const second = await governor.call(updateApprovalRecord, { ...record, body });
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.body).toEqual(first.body);
  expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
});

test('what was answered without a body is answered so again', async () => {
  const product = await makeProduct(server, governor);
  const requestId = await askedId(consumer, product);
  await decide(governor, requestId, 'APPROVED');
  for (const [operation, params, status] of [
    [revokeAccess, { id: product.id, requestId }, 204],
    [deleteDataProduct, { id: product.id }, 200],
  ] as const) {
    const end = () => governor.call(operation, { params, headers: withKey(`end-${operation.id}`) });
    const answers = [await end(), await end()];
    expect(answers.map((answer) => [answer.status, answer.body])).toEqual([
      [status, ''],
      [status, ''],
    ]);
    expect(answers[1]?.headers.get('idempotency-replayed')).toBe('true');
  }
});

test('a change that is sent again is no change of somebody else to itself', async () => {
  const { id } = await makeProduct(server, governor);
  const etag = (await governor.call(getDataProductById, { params: { id } })).headers.get('etag') ?? '';
  const change = () =>
    governor.call(updateDataProduct, {
      params: { id },
      body: { description: 'Once' },
      headers: { 'if-match': etag, ...withKey(`edit-${id}`) },
    });
  expect((await change()).status).toBe(200);
  expect(await change()).toMatchObject({ status: 200, body: { description: 'Once' } });
});

test('a refused change leaves its key free', async () => {
  const { id } = await makeProduct(server, governor);
  const change = (etag: string) =>
    governor.call(updateDataProduct, {
      params: { id },
      body: { description: 'Later' },
      headers: { 'if-match': etag, ...withKey(`refused-${id}`) },
    });
  expect((await change('"old"')).status).toBe(412);
  const etag = (await governor.call(getDataProductById, { params: { id } })).headers.get('etag') ?? '';
  const made = await change(etag);
  expect([made.status, made.headers.get('idempotency-replayed')]).toEqual([200, null]);
});

test('a key of another call is refused with what it was used for', async () => {
  const [one, other] = [await makeProduct(server, governor), await makeProduct(server, governor)];
  const body = { description: 'Same' };
  const headers = withKey(`shared-${one.id}`);
  expect((await governor.call(updateDataProduct, { params: { id: one.id }, body, headers })).status).toBe(200);
  expect(await governor.call(updateDataProduct, { params: { id: other.id }, body, headers })).toMatchObject({
    status: 422,
    body: {
      code: 'idempotency.body_differs',
      detail: 'This Idempotency-Key was used at another address of this operation, or with another body.',
    },
  });
  const made = await governor.call(createDomain, { body: { name: 'Another' }, headers });
  expect(made.body).toMatchObject({
    code: 'idempotency.body_differs',
    detail: 'This Idempotency-Key was used for another operation, updateDataProduct.',
  });
});

test('what is kept to know a body again lets nobody guess a password in it', async () => {
  const body = { name: 'Stands for a password' };
  await governor.call(createDomain, { body, headers: withKey('guessed') });
  const plain = createHash('sha256')
    .update(JSON.stringify([createDomain.id, { body }]))
    .digest('hex');
  const { rows } = await sql<{ hash: string }>`
    select encode(body_hash, 'hex') as hash from idempotency_key where key = 'guessed'`.execute(server.deps.db);
  expect(rows.map(({ hash }) => [hash.length, hash === plain])).toEqual([[64, false]]);
});

test('a key that is too long is refused on every write, and names the header', async () => {
  const headers = withKey('k'.repeat(300));
  const params = { id: '0190a5e0-0000-7000-8000-000000000000' };
  for (const answer of [
    await governor.call(updateDomain, { params, body: { name: 'x' }, headers }),
    await governor.call(deleteDataProduct, { params, headers }),
    await governor.call(createDomain, { body: { name: 'Too long' }, headers }),
  ])
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'request.malformed', errors: [{ path: 'header.idempotency-key' }] },
    });
});
