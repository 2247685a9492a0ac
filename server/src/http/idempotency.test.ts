import { createHash } from 'node:crypto';
import { determineAccessRequest, getAccessRequestRecords, revokeAccess } from '@stoa/contract/access-request';
import { createToken } from '@stoa/contract/auth';
import { updateApprovalRecord } from '@stoa/contract/approval-record';
import { deleteDataProduct, getDataProductById, updateDataProduct } from '@stoa/contract/data-product';
import { createDomain, updateDomain } from '@stoa/contract/domain';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { askedId, decide, makeProduct } from '../features/access-request/requests.fixture.ts';
import { transact } from '../db/transact.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { startLine } from '../testing/line.ts';
import { callerOf, type TestPerson } from '../testing/people.ts';
import { type Claim, claimIdempotencyKey, endFailedClaim, markEffect } from './idempotency.ts';

let server: TestServer;
let consumer: TestPerson;
let governor: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  consumer = await server.person({ username: 'consumer' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
});
afterEach(() => vi.unstubAllEnvs());
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

const makeDomain = (name: string, as = governor) =>
  as.call(createDomain, { body: { name }, headers: withKey(`make ${name}`) });
const domainsNamed = async (name: string): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::int as n from domain where name = ${name}`.execute(server.deps.db)).rows[0]
    ?.n ?? -1;
const age = (key: string) =>
  sql`update idempotency_key set created_at = created_at - interval '3 minutes' where key = ${key}`.execute(
    server.deps.db,
  );

test('where the answer was lost after the change, a repeat is told so, and changes nothing', async () => {
  vi.stubEnv('FAILPOINT', 'idempotency.beforeKept:error');
  expect(await makeDomain('Lost answer')).toMatchObject({ status: 500 });
  vi.unstubAllEnvs();
  expect(await makeDomain('Lost answer')).toMatchObject({ status: 409, body: { code: 'idempotency.in_progress' } });
  await age('make Lost answer');
  expect(await makeDomain('Lost answer')).toMatchObject({ status: 409, body: { code: 'idempotency.outcome_unknown' } });
  expect(await domainsNamed('Lost answer')).toBe(1);
});

test('a claim that came to nothing is taken over, and the call that it was taken from changes nothing any more', async () => {
  const { deps } = server;
  const call = { globalUserId: governor.globalUserId, key: 'taken over', operationId: createDomain.id, input: {} };
  const claimed = async () => {
    const found = await claimIdempotencyKey(deps, call);
    return 'claim' in found ? found.claim : expect.fail('there is an answer');
  };
  const change = (claim: Claim) =>
    transact({ ...deps, beforeCommit: (tx) => markEffect(tx, claim) }, (tx) =>
      sql`insert into rate_count (bucket, window_start, count) values (${claim.id}, now(), 1)`.execute(tx),
    );
  const first = await claimed();
  await expect(claimed()).rejects.toMatchObject({ code: 'idempotency.in_progress' });
  await age(call.key);
  const second = await claimed();
  await expect(change(first)).rejects.toThrow('division by zero');
  expect(await endFailedClaim(deps.db, first)).toBe(false);
  await change(second);
  const { rows } = await sql`select bucket from rate_count where bucket = any(${[first.id, second.id]})`.execute(
    deps.db,
  );
  expect(rows).toEqual([{ bucket: second.id }]);
  await age(call.key);
  await expect(claimed()).rejects.toMatchObject({ code: 'idempotency.outcome_unknown' });
});

test.each(['beforeSend', 'onAnswer'] as const)(
  'after a session that was cut at the commit, %s, a repeat knows whether it was made',
  async (when) => {
    const id = await askedId(consumer, await makeProduct(server, governor));
    const direct = new URL(server.databaseUrl);
    const line = await startLine({ host: direct.hostname, port: Number(direct.port) });
    const over = new URL(direct);
    over.port = String(line.port);
    const replica = await startTestServer({ databaseUrl: over.toString() });
    const { call } = callerOf(replica.url, governor.token);
    const body = { status: 'APPROVED' as const, reason: 'Once.' };
    const decideIt = () => call(determineAccessRequest, { params: { id }, body, headers: withKey(`${when} ${id}`) });
    const makeToken = () => call(createToken, { body: { description: when }, headers: withKey(`token ${when}`) });
    try {
      for (const [act, commits] of [
        [makeToken, 'set has_effect = true'],
        [decideIt, 'prepared determinations'],
      ] as const) {
        const before = line.cuts();
        line.cutAround(commits, when);
        expect(await act()).toMatchObject({ status: 503, body: { code: 'server.busy' } });
        expect(line.cuts() - before).toBe(1);
        const again = await act();
        if (when === 'beforeSend') expect(again.status).toBeLessThan(300);
        else expect(again).toMatchObject({ status: 409, body: { code: 'idempotency.outcome_unknown' } });
      }
      const { rows } =
        await sql`select (select count(*)::int from determination where access_request_id = ${id}) as decisions,
        (select count(*)::int from personal_access_token where description = ${when}) as tokens`.execute(
          server.deps.db,
        );
      expect(rows).toEqual([{ decisions: 1, tokens: 1 }]);
    } finally {
      await replica.stop();
      await line.close();
    }
  },
);

test.each([
  ['beforeCommit', 204, undefined],
  ['afterCommit', 409, 'idempotency.outcome_unknown'],
])('an end of access that failed at %s is made once, however often it is sent', async (point, status, code) => {
  const product = await makeProduct(server, governor);
  const requestId = await askedId(consumer, product);
  await decide(governor, requestId, 'APPROVED');
  const end = () =>
    governor.call(revokeAccess, { params: { id: product.id, requestId }, headers: withKey(`${point} ${requestId}`) });
  vi.stubEnv('FAILPOINT', `decision.${point}:error`);
  expect(await end()).toMatchObject({ status: 500 });
  vi.unstubAllEnvs();
  const again = await end();
  expect([again.status, Object(again.body).code]).toEqual([status, code]);
});

test('of many that decide with the same key at once, one does, and many keys are decided together', async () => {
  const product = await makeProduct(server, governor);
  const people = await Promise.all(Array.from({ length: 6 }, (_, n) => server.person({ username: `together-${n}` })));
  const ids = await Promise.all(people.map((person) => askedId(person, product)));
  const body = { status: 'APPROVED' as const, reason: 'Together.' };
  const answers = await Promise.all(
    ids.flatMap((id) =>
      [1, 2].map(() => governor.call(determineAccessRequest, { params: { id }, body, headers: withKey(`many ${id}`) })),
    ),
  );
  const codes = answers.map((answer) => (answer.status === 200 ? 200 : Object(answer.body).code));
  expect(codes.filter((code) => code !== 200 && code !== 'idempotency.in_progress')).toEqual([]);
  expect(codes.filter((code) => code === 200).length).toBeGreaterThanOrEqual(ids.length);
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from determination where access_request_id = any(${ids})`.execute(server.deps.db);
  expect(rows[0]?.n).toBe(ids.length);
});

test('an attempt that was refused and put on record leaves its key free', async () => {
  const headers = withKey('four eyes');
  const asker = await server.person({ username: 'asker', permissions: ['GOVERNANCE'] });
  const id = await askedId(asker, await makeProduct(server, governor));
  const body = { status: 'APPROVED' as const, reason: 'My own.' };
  for (const _ of [1, 2])
    expect(await asker.call(determineAccessRequest, { params: { id }, body, headers })).toMatchObject({
      status: 403,
      body: { code: 'approval_record.four_eyes' },
    });
});
