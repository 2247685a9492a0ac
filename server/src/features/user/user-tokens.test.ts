import { determineAccessRequest } from '@stoa/contract/access-request';
import * as auth from '@stoa/contract/auth';
import { deleteUserToken, listUserTokens } from '@stoa/contract/user-token';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { callerOf, type TestPerson } from '../../testing/people.ts';
import { askedId, makeProduct } from '../access-request/requests.fixture.ts';

let server: TestServer;
let replica: TestServer;
let admin: TestPerson;
let owner: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  replica = await startTestServer({ databaseUrl: server.databaseUrl });
  admin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  owner = await server.person({ username: 'owner', permissions: ['GOVERNANCE'] });
});
afterAll(async () => {
  await replica.stop();
  await server.stop();
});

const tokensOf = (who: TestPerson, by = admin, query = {}) =>
  by.call(listUserTokens, { params: { globalUserId: who.globalUserId }, query });
const end = (who: TestPerson, id: string, by = admin) =>
  by.call(deleteUserToken, { params: { globalUserId: who.globalUserId, id } });

test('a user admin sees what tokens somebody has, page by page, and no secret', async () => {
  for (const description of ['one', 'two']) await owner.call(auth.createToken, { body: { description } });
  const { body } = await tokensOf(owner, admin, { limit: 2 });
  expect(body.meta).toMatchObject({ totalCount: 3, totalPages: 2, pageCount: 2 });
  expect(body.data.map(({ description }) => description)).toEqual(['two', 'one']);
  const rest = await tokensOf(owner, admin, { limit: 2, offset: 2 });
  const own = await owner.call(auth.listTokens);
  expect([...body.data, ...rest.body.data]).toEqual(own.body);
  expect(JSON.stringify(own.body)).not.toContain(owner.token);
});

test('nobody else sees or ends them, and user admins have their own under their account', async () => {
  const [one] = (await tokensOf(owner)).body.data;
  const id = one?.tokenId ?? '';
  const auditor = await server.person({ username: 'auditor', permissions: ['AUDIT', 'APPLICATION_ADMIN'] });
  for (const by of [auditor, owner])
    for (const answer of [await tokensOf(owner, by), await end(owner, id, by)])
      expect(answer).toMatchObject({ status: 403, body: { needs: { permission: 'USER_ADMIN' } } });
  expect((await server.nobody.call(listUserTokens, { params: { globalUserId: owner.globalUserId } })).status).toBe(401);
  const [mine] = (await admin.call(auth.listTokens)).body;
  for (const answer of [await tokensOf(admin), await end(admin, mine?.tokenId ?? '')]) {
    expect(answer).toMatchObject({ status: 403, body: { code: 'permission.denied' } });
    expect(answer.body.detail).toContain('Your own tokens are under your account.');
  }
  // It has to be one of theirs.
  expect((await end(owner, mine?.tokenId ?? '')).status).toBe(404);
  expect((await end(owner, newUuid())).status).toBe(404);
  expect((await tokensOf({ ...owner, globalUserId: newUuid() })).status).toBe(404);
  expect((await admin.call(auth.getCurrentUser)).status).toBe(200);
});

test('an ended token is refused at once, also by a replica that remembers whose it is, and it is in the audit', async () => {
  const product = await makeProduct(server, owner);
  const asker = await server.person({ username: 'asker' });
  const later = await server.person({ username: 'later' });
  const [id, next] = [await askedId(asker, product), await askedId(later, product)];
  const made = await owner.call(auth.createToken, { body: { description: 'lost' } });
  const lost = callerOf(replica.url, made.body.token);
  const decide = (request: string) =>
    lost.call(determineAccessRequest, {
      params: { id: request },
      body: { status: 'APPROVED', reason: 'Looked at it.' },
    });
  expect((await decide(id)).status).toBe(200);
  expect((await end(owner, made.body.tokenId)).status).toBe(204);
  expect((await decide(next)).status).toBe(401);
  expect((await lost.call(auth.getCurrentUser)).status).toBe(401);
  expect((await end(owner, made.body.tokenId)).status).toBe(404);
  expect((await tokensOf(owner)).body.data.map(({ tokenId }) => tokenId)).not.toContain(made.body.tokenId);
  const { rows } = await sql<{ by: string; whose: string }>`
    select actor_id as by, related_resources -> 0 ->> 'id' as whose from audit_event
    where action = 'ApiKeyDeleted' and targets @> ${JSON.stringify([{ id: made.body.tokenId }])}::jsonb`.execute(
    server.deps.db,
  );
  expect(rows).toEqual([{ by: admin.globalUserId, whose: owner.globalUserId }]);
});
