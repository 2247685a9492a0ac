import * as auth from '@stoa/contract/auth';
import { getReadiness } from '@stoa/contract/system';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const admin = { username: 'admin', name: 'Ada Admin', email: 'ada@example.com', password: 'a long enough password' };
const own = () => ({ origin: server.url, 'sec-fetch-site': 'same-origin' });
const cookieOf = (headers: Headers): string => headers.get('set-cookie')?.split(';')[0] ?? '';

test('the server is ready once the database answers', async () => {
  expect((await server.nobody.call(getReadiness)).status).toBe(200);
});

test('the first visit makes the first administrator, once', async () => {
  expect((await server.nobody.call(auth.getSetup)).body.needed).toBe(true);
  const both = await Promise.all([1, 2].map(() => server.nobody.call(auth.setUp, { body: admin })));
  expect(both.map((answer) => answer.status).sort()).toEqual([204, 409]);
  expect((await server.nobody.call(auth.getSetup)).body.needed).toBe(false);
});

test('a session signs in, is used from the own origin only, and ends', async () => {
  const wrong = await server.nobody.call(auth.signIn, { body: { username: 'admin', password: 'not it' } });
  expect(wrong.status).toBe(401);
  expect(wrong.body).toMatchObject({ code: 'auth.bad_credentials' });
  const signedIn = await server.nobody.call(auth.signIn, { body: { username: 'ADMIN', password: admin.password } });
  expect(signedIn.status).toBe(204);
  const cookie = cookieOf(signedIn.headers);
  const me = await server.nobody.call(auth.getCurrentUser, { headers: { cookie } });
  expect(me.body).toMatchObject({ username: 'admin', globalPermissions: expect.arrayContaining(['USER_ADMIN']) });
  const foreign = await server.nobody.call(auth.createToken, {
    body: { description: 'x' },
    headers: { cookie, origin: 'https://evil.example' },
  });
  expect(foreign.status).toBe(403);
  const made = await server.nobody.call(auth.createToken, {
    body: { description: 'x' },
    headers: { cookie, ...own() },
  });
  expect(made.status).toBe(200);
  expect((await server.nobody.call(auth.signOut, { headers: { cookie, ...own() } })).status).toBe(204);
  expect((await server.nobody.call(auth.getCurrentUser, { headers: { cookie } })).status).toBe(401);
});

test('a token acts as its owner until it is deleted, and its secret is not kept for a repeat', async () => {
  const person = await server.person({ username: 'tess' });
  const headers = { 'idempotency-key': 'one' };
  const made = await person.call(auth.createToken, { body: { description: 'notebook' }, headers });
  expect(made.body.token).toMatch(/^stoa_pat_/);
  const again = await person.call(auth.createToken, { body: { description: 'notebook' }, headers });
  expect(again.body).toMatchObject({ code: 'idempotency.answer_not_kept' });
  const other = await person.call(auth.createToken, { body: { description: 'another' }, headers });
  expect(other.status).toBe(422);
  const listed = await person.call(auth.listTokens);
  expect(listed.body.map((token) => token.description).sort()).toEqual(['notebook', 'test']);
  expect(JSON.stringify(listed.body)).not.toContain(made.body.token);
  expect((await person.call(auth.deleteToken, { params: { id: made.body.tokenId } })).status).toBe(200);
  expect((await person.call(auth.deleteToken, { params: { id: made.body.tokenId } })).status).toBe(404);
});

test('the eleventh try within a minute is refused for that account and address', async () => {
  const tries = [];
  for (let i = 0; i < 11; i++)
    tries.push(await server.nobody.call(auth.signIn, { body: { username: 'nobody', password: 'x' } }));
  expect(tries.at(-1)?.status).toBe(429);
  expect(tries.at(-1)?.headers.get('retry-after')).toMatch(/^\d+$/);
});

test('what cannot be read is refused with the members that do not fit', async () => {
  const person = await server.person({ username: 'fay' });
  const answer = await person.send('POST', '/api/auth/tokens', '{"description":1}');
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'request.malformed', errors: [{ path: 'body.description' }] },
  });
  expect((await person.send('POST', '/api/auth/tokens', '{"description":"a","description":"b"}')).status).toBe(400);
  expect((await person.send('POST', '/api/auth/tokens', '{"description":"a\\u0000"}')).status).toBe(400);
  expect((await person.send('POST', '/api/auth/tokens', 'x'.repeat(1_100_000))).status).toBe(413);
  expect(
    (await person.send('POST', '/api/auth/tokens', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }))
      .status,
  ).toBe(415);
  expect((await person.send('GET', '/api/nothing')).body).toMatchObject({ code: 'route.not_found' });
});

test('who one is names the domain permissions that one holds, with an id that stays', async () => {
  const manager = await server.person({ username: 'mona' });
  const domainId = '01890000-0000-7000-8000-000000000001';
  await server.deps.db.insertInto('domain').values({ id: domainId, name: 'Sales' }).execute();
  await server.deps.db
    .insertInto('domain_permission')
    .values({
      domain_id: domainId,
      permission: 'Manage Data Products',
      principal_type: 'user',
      user_id: manager.globalUserId,
    })
    .execute();
  const first = await manager.call(auth.getCurrentUser);
  expect(first.status).toBe(200);
  expect(first.body.collectionPermissions[domainId]).toMatchObject([
    { permission: 'Manage Data Products', profileId: manager.userId },
  ]);
  expect((await manager.call(auth.getCurrentUser)).body.collectionPermissions).toEqual(
    first.body.collectionPermissions,
  );
});
