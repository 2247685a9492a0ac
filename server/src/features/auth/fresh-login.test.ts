import { determineAccessRequest } from '@stoa/contract/access-request';
import * as auth from '@stoa/contract/auth';
import { confirmLogin } from '@stoa/contract/confirm-login';
import { deleteConnection } from '@stoa/contract/connection';
import { operations } from '@stoa/contract/operations';
import { createUser, listUsers } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../routes.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { askedId, makeProduct } from '../access-request/requests.fixture.ts';
import { hashPassword } from './password.ts';

let server: TestServer;
let admin: TestPerson;
let plain: TestPerson;
const password = 'a long enough password';

beforeAll(async () => {
  server = await startTestServer();
  admin = await server.person({ username: 'root', permissions: ['USER_ADMIN', 'APPLICATION_ADMIN', 'GOVERNANCE'] });
  plain = await server.person({ username: 'plain' });
  await sql`update app_user set password_hash = ${await hashPassword(password)}`.execute(server.deps.db);
});
afterAll(() => server.stop());

type SessionHeaders = { cookie: string; origin: string; 'sec-fetch-site': string };
const headersOf = (answer: { headers: Headers }): SessionHeaders => ({
  cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '',
  origin: server.url,
  'sec-fetch-site': 'same-origin',
});
const signIn = async (username: string): Promise<SessionHeaders> => {
  // Each test signs in a few times more than a person does within a minute.
  await sql`delete from rate_count`.execute(server.deps.db);
  const answer = await server.nobody.call(auth.signIn, { body: { username, password } });
  expect(answer.status).toBe(204);
  return headersOf(answer);
};
/** The sessions of everybody were opened, or last confirmed, this long ago. */
const passed = async (minutes: number) => {
  await sql`update session set confirmed_at = now() - make_interval(mins => ${minutes})`.execute(server.deps.db);
};
const confirm = (headers: SessionHeaders, typed = password) =>
  server.nobody.call(confirmLogin, { headers, body: { password: typed } });
const newUser = (username: string) => ({ username, name: username, email: `${username}@example.com`, password });

const asking = operations.filter((operation) => operation.freshLogin === true);

test('what changes connections, keys, permissions and the rules of the installation asks for it, and nothing else', () => {
  expect(asking.map(({ id }) => id).sort()).toEqual([
    'activateSecondFactor',
    'beginSecondFactor',
    'confirmPeopleChange',
    'confirmTakeBack',
    'createConnection',
    'createIdentityProvider',
    'createToken',
    'createUser',
    'deleteConnection',
    'deleteIdentityProvider',
    'deleteUserToken',
    'endOtherSessions',
    'endScimAccess',
    'endSession',
    'endUserSessions',
    'importPeople',
    'linkSignIn',
    'removeSecondFactor',
    'renewRecoveryCodes',
    'renewScimToken',
    'resetSecondFactor',
    'resetWebhookKey',
    'rotateDataKeys',
    'setDataObjectRoles',
    'setDomainPermissions',
    'setGroupMembers',
    'setScimAccess',
    'setSlackApp',
    'unlinkSignIn',
    'updateApplicationSettings',
    'updateAuditS3',
    'updateConnection',
    'updateIdentityProvider',
    'updateUser',
  ]);
  const served = new Set(routes.map((route) => route.operation.id));
  expect(asking.filter(({ id }) => !served.has(id))).toEqual([]);
});

test.each(asking.map((operation) => [operation.id, operation] as const))(
  '%s is refused to a session of eleven minutes ago, and its sentence says what to do; a fresh one and a token go on',
  async (_, { method, path }) => {
    const headers = await signIn('root');
    const address = path.replaceAll(/\{\w+\}/g, 'nothing');
    const send = async (by: Record<string, string>) =>
      (await server.nobody.send(method, address, '{}', by)).body as { code?: string; next?: string };
    await passed(11);
    expect(await send(headers)).toMatchObject({
      status: 403,
      code: 'auth.fresh_login_needed',
      next: 'Confirm your password, then send it again.',
    });
    await passed(9);
    expect((await send(headers)).code).not.toBe('auth.fresh_login_needed');
    expect((await send({ authorization: `Bearer ${admin.token}` })).code).not.toBe('auth.fresh_login_needed');
  },
);

test('the password lets the act go on under a new cookie; the former one is dead and renews nothing', async () => {
  const former = await signIn('root');
  await passed(11);
  const refused = { ...former, 'idempotency-key': 'make-una' };
  const before = await server.nobody.call(createUser, { headers: refused, body: newUser('una') });
  expect(before.body).toMatchObject({ code: 'auth.fresh_login_needed' });
  expect((await server.nobody.call(listUsers, { headers: former })).status).toBe(200);
  const { rows } = await sql`select from app_user where username = 'una'`.execute(server.deps.db);
  expect(rows).toHaveLength(0);

  const confirmed = headersOf(await confirm(former));
  expect(confirmed.cookie).not.toBe(former.cookie);
  // The refused call has not used its key up.
  const again = { ...confirmed, 'idempotency-key': 'make-una' };
  expect((await server.nobody.call(createUser, { headers: again, body: newUser('una') })).status).toBe(201);
  expect((await server.nobody.call(listUsers, { headers: former })).status).toBe(401);
  expect((await confirm(former)).status).toBe(401);

  // What was answered once is not answered to a session that has grown old.
  await passed(11);
  const replayed = await server.nobody.call(createUser, { headers: again, body: newUser('una') });
  expect(replayed.body).toMatchObject({ code: 'auth.fresh_login_needed' });
});

test('one cookie is renewed once, however many ask at once, and no session lives longer by it', async () => {
  const former = await signIn('root');
  await sql`update session set expires_at = now() + interval '1 hour'`.execute(server.deps.db);
  await passed(11);
  const answers = await Promise.all([1, 2, 3, 4].map(() => confirm(former)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([204, 401, 401, 401]);
  const { rows } = await sql`select from session where expires_at > now() + interval '1 hour'`.execute(server.deps.db);
  expect(rows).toHaveLength(0);
});

test('a cookie that was let in a moment ago decides nothing any more once it was renewed', async () => {
  const former = await signIn('root');
  const product = await makeProduct(server, admin);
  const consumers = await Promise.all(['cleo', 'carl', 'cora'].map((username) => server.person({ username })));
  const [first = '', second = '', third = ''] = await Promise.all(consumers.map((one) => askedId(one, product)));
  const decide = (id: string, headers: SessionHeaders) =>
    server.nobody.call(determineAccessRequest, {
      headers,
      params: { id },
      body: { status: 'APPROVED', reason: 'Looked at it.' },
    });
  expect((await decide(first, former)).status).toBeLessThan(300);
  const confirmed = headersOf(await confirm(former));
  expect((await decide(second, former)).status).toBe(401);
  const { rows } = await sql`select status from access_request where id = ${second}`.execute(server.deps.db);
  expect(rows).toEqual([{ status: 'PENDING' }]);
  expect((await decide(third, confirmed)).status).toBeLessThan(300);
});

test('a wrong password confirms nothing, keeps the session, is audited, and is counted with the tries to sign in', async () => {
  const headers = await signIn('root');
  await passed(11);
  const tries = [];
  for (let n = 0; n < 10; n += 1) tries.push(await confirm(headers, `guess ${n}`));
  expect(tries[0]?.body).toMatchObject({ status: 422, code: 'auth.wrong_password' });
  // Signing in was the first of the ten.
  expect(tries.map((answer) => answer.status)).toEqual([...Array.from({ length: 9 }, () => 422), 429]);
  expect((await confirm(headers)).status).toBe(429);
  expect((await server.nobody.call(listUsers, { headers })).status).toBe(200);
  const still = await server.nobody.call(auth.createToken, { headers, body: { description: 'x' } });
  expect(still.body).toMatchObject({ code: 'auth.fresh_login_needed' });
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from audit_event
    where action = 'UserLogin' and action_status = 'DENIED' and actor_id = ${admin.globalUserId} and payload->>'confirmation' = 'true'`.execute(
    server.deps.db,
  );
  expect(rows[0]?.n).toBe(9);
});

test('confirming gives nobody a right that they do not have', async () => {
  const headers = headersOf(await confirm(await signIn('plain')));
  expect((await server.nobody.call(createUser, { headers, body: newUser('vic') })).status).toBe(403);
  const gone = await server.nobody.call(deleteConnection, { headers, params: { connectionKey: 'nothing' } });
  expect([403, 404]).toContain(gone.status);
});

test('a token has nothing to confirm, an account without a password cannot, another site may not', async () => {
  const byToken = await plain.call(confirmLogin, { body: { password } });
  expect(byToken.body).toMatchObject({ status: 409, code: 'auth.no_session' });
  const headers = await signIn('plain');
  const foreign = await confirm({ ...headers, origin: 'https://evil.example' });
  expect(foreign.body).toMatchObject({ code: 'auth.origin_refused' });
  await sql`update app_user set password_hash = null where global_user_id = ${plain.globalUserId}`.execute(
    server.deps.db,
  );
  expect((await confirm(headers)).body).toMatchObject({ status: 409, code: 'auth.no_password' });
});
