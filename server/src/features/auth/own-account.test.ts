import { determineAccessRequest } from '@stoa/contract/access-request';
import * as auth from '@stoa/contract/auth';
import { changePassword } from '@stoa/contract/change-password';
import { getInboxMessages, updateUserProviderConfigs } from '@stoa/contract/notification';
import * as own from '@stoa/contract/own-session';
import * as user from '@stoa/contract/user';
import { endUserSessions } from '@stoa/contract/user-session';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { isSomebodyWaiting } from '../../testing/locks.ts';
import { until } from '../../testing/until.ts';
import { askedId, makeProduct } from '../access-request/requests.fixture.ts';
import { openSession } from '../../http/authenticate.ts';
import { hashPassword } from './password.ts';

let server: TestServer;
let replica: TestServer;
let admin: TestPerson;
let olga: TestPerson;
let hash: string;
const first = 'a long enough password';
const second = 'quite another long one';

beforeAll(async () => {
  server = await startTestServer();
  replica = await startTestServer({ databaseUrl: server.databaseUrl });
  admin = await server.person({ username: 'root', permissions: ['USER_ADMIN', 'GOVERNANCE'] });
  olga = await server.person({ username: 'olga.k', name: 'Olga Kern' });
  hash = await hashPassword(first);
});
afterAll(async () => {
  await replica.stop();
  await server.stop();
});
beforeEach(async () => {
  const { db } = server.deps;
  await sql`delete from rate_count`.execute(db);
  await sql`delete from session`.execute(db);
  await sql`update app_user set password_hash = ${hash}`.execute(db);
});

type SessionHeaders = { cookie: string; origin: string; 'sec-fetch-site': string };
const headersOf = (answer: { headers: Headers }): SessionHeaders => ({
  cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '',
  origin: server.url,
  'sec-fetch-site': 'same-origin',
});
const tryToSignIn = (username: string, password: string) =>
  server.nobody.call(auth.signIn, { body: { username, password } });
/** A session as a login opens it, without the login: proving a password takes long on purpose. */
const enter = async ({ globalUserId }: { globalUserId: string }, userAgent = 'vitest'): Promise<SessionHeaders> => {
  const { token } = await openSession(server.deps.db, { globalUserId, ip: '127.0.0.1', userAgent });
  return { cookie: `stoa_session=${token}`, origin: server.url, 'sec-fetch-site': 'same-origin' };
};
const hashOf = async ({ globalUserId }: { globalUserId: string }) => {
  const { rows } = await sql<{ hash: string | null }>`
    select password_hash as hash from app_user where global_user_id = ${globalUserId}`.execute(server.deps.db);
  return rows[0]?.hash;
};
const change = (headers: SessionHeaders, newPassword = second, currentPassword = first) =>
  server.nobody.call(changePassword, { headers, body: { currentPassword, newPassword } });
const whoAmI = async (headers: SessionHeaders, at = server) =>
  (await at.nobody.call(auth.getCurrentUser, { headers: { cookie: headers.cookie } })).status;
const sessionsOf = async (headers: SessionHeaders) => {
  const { status, body } = await server.nobody.call(own.listSessions, { headers });
  expect(status).toBe(200);
  return body.data;
};
const passed = (minutes: number) =>
  sql`update session set confirmed_at = now() - make_interval(mins => ${minutes})`.execute(server.deps.db);

test('somebody changes their own password: the new one opens, the old one and every other session are dead, tokens stay', async () => {
  const here = await enter(olga);
  const elsewhere = await enter(olga);
  const of = await enter(admin);
  expect(await whoAmI(elsewhere, replica)).toBe(200);
  const changed = await change(here);
  expect(changed.status).toBe(204);
  const next = headersOf(changed);
  expect(next.cookie).not.toBe(here.cookie);
  expect(await Promise.all([whoAmI(next), whoAmI(here), whoAmI(elsewhere, replica), whoAmI(of)])).toEqual([
    200, 401, 401, 200,
  ]);
  expect((await olga.call(auth.getCurrentUser)).body.hasPassword).toBe(true);
  expect((await tryToSignIn('olga.k', first)).status).toBe(401);
  expect((await tryToSignIn('olga.k', second)).status).toBe(204);
  const { rows } = await sql<{ text: string }>`
    select row_to_json(a)::text as text from audit_event a where action = 'UserUpdated' and actor_id = ${olga.globalUserId}`.execute(
    server.deps.db,
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]?.text).toContain('"changed": ["password"]');
  for (const secret of [first, second, 'scrypt']) expect(rows[0]?.text).not.toContain(secret);
});

test('whose password, user name or address changed is told, also when they did it; the message holds no secret', async () => {
  const iris = await server.person({ username: 'iris', name: 'Iris Falk' });
  await sql`update app_user set password_hash = ${hash} where global_user_id = ${iris.globalUserId}`.execute(
    server.deps.db,
  );
  expect((await change(await enter(iris))).status).toBe(204);
  const params = { globalUserId: iris.globalUserId };
  const set = (body: { password?: string; email?: string; name?: string }) =>
    admin.call(user.updateUser, { params, body });
  expect((await set({ name: 'Iris F.' })).status).toBe(200);
  expect((await set({ email: 'new@example.com' })).status).toBe(200);
  expect((await set({ password: 'a third of four words' })).status).toBe(200);
  await expect
    .poll(
      async () => {
        const { body } = await iris.call(getInboxMessages, { query: { limit: 10 } });
        // What was told in one go stands in any order.
        return body.data
          .map(({ notificationType, message, subject }) => `${notificationType}: ${subject}. ${message.split('. ')[0]}`)
          .sort();
      },
      { timeout: 20_000 },
    )
    .toEqual([
      'LOGIN_CHANGED: Your e-mail address changed. root changed the e-mail address of your account',
      'LOGIN_CHANGED: Your password changed. You changed the password of your account',
      'LOGIN_CHANGED: Your password changed. root changed the password of your account',
    ]);
});

test('a wrong present password changes nothing, is told at its field, is audited, and is counted with the tries to sign in', async () => {
  const headers = await enter(olga);
  expect((await change(headers, second, 'a guess')).body).toMatchObject({
    status: 422,
    code: 'auth.wrong_password',
    errors: [{ path: 'body.currentPassword' }],
  });
  expect([await whoAmI(headers), await hashOf(olga)]).toEqual([200, hash]);
  expect((await tryToSignIn('olga.k', 'another guess')).status).toBe(401);
  const { rows: counted } = await sql<{ n: number }>`
    update rate_count set count = 10 where bucket like 'sign-in:%' returning count as n`.execute(server.deps.db);
  expect(counted).toHaveLength(1);
  expect((await change(headers)).status).toBe(429);
  expect((await tryToSignIn('olga.k', first)).status).toBe(429);
  expect(await hashOf(olga)).toBe(hash);
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from audit_event
    where action = 'UserLogin' and action_status = 'DENIED' and actor_id = ${olga.globalUserId} and payload->>'confirmation' = 'true'`.execute(
    server.deps.db,
  );
  expect(rows[0]?.n).toBe(1);
});

const refused: readonly [string, string, string][] = [
  ['among those that leaked', 'sunshine2024!', 'auth.weak_password'],
  ['among those that leaked, in capitals', 'QwertyUiop', 'auth.weak_password'],
  ['the user name', 'Olga.K.Olga.K', 'auth.weak_password'],
  ['the address', 'olga.k@example.com', 'auth.weak_password'],
  ['the product', 'stoastoa-1234', 'auth.weak_password'],
  ['one character', 'zzzzzzzzzzzzzzzz', 'auth.weak_password'],
  ['the present one', first, 'auth.same_password'],
  ['nine characters', 'vz4!kq9Wm', 'request.malformed'],
  ['257 characters', 'vz4!kq9Wm '.repeat(26).slice(0, 257), 'request.malformed'],
];
test.each(refused)(
  'a new password that is %s is refused at its field, and nothing has changed',
  async (_, weak, code) => {
    const headers = await enter(olga);
    const answer = await change(headers, weak);
    expect(answer.body).toMatchObject({ code, errors: [{ path: 'body.newPassword' }] });
    expect(await whoAmI(headers)).toBe(200);
    expect((await tryToSignIn('olga.k', first)).status).toBe(204);
  },
);

test('the longest password and any characters are taken, and one that a user admin or the first visit sets is held to the same rule', async () => {
  const longest = 'Ünï ⛵ x'.repeat(40).slice(0, 256);
  expect((await change(await enter(olga), longest)).status).toBe(204);
  expect((await tryToSignIn('olga.k', longest)).status).toBe(204);
  const weak = { status: 422, code: 'auth.weak_password', errors: [{ path: 'body.password' }] };
  const body = { username: 'nils', name: 'Nils Holm', email: 'nils@example.com' };
  const make = (password: string) => admin.call(user.createUser, { body: { ...body, password } });
  expect((await make('nils.holm.nils')).body).toMatchObject(weak);
  expect((await make('basketball')).body).toMatchObject(weak);
  const made = await make(first);
  expect(made.status).toBe(201);
  const params = { globalUserId: made.body.globalUserId };
  const set = (change_: { password: string; username?: string }) =>
    admin.call(user.updateUser, { params, body: change_ });
  expect((await set({ password: 'basketball' })).body).toMatchObject(weak);
  expect((await set({ password: 'nilsnilsnils' })).body).toMatchObject(weak);
  // The names that count are those from now on.
  expect((await set({ password: 'turtledove-12', username: 'turtledove' })).body).toMatchObject(weak);
  expect((await set({ password: second })).status).toBe(200);
  const visit = { ...body, username: 'first' };
  const setUp = await server.nobody.call(auth.setUp, { body: { ...visit, password: 'basketball' } });
  expect(setUp.body).toMatchObject(weak);
});

test('a token, another site, nobody and an account without a password change none', async () => {
  const sent = { currentPassword: first, newPassword: second };
  expect((await olga.call(changePassword, { body: sent })).body).toMatchObject({
    status: 409,
    code: 'auth.session_needed',
  });
  const ofAdmin = { params: { globalUserId: admin.globalUserId }, body: { password: 'a third of four words' } };
  expect((await admin.call(user.updateUser, ofAdmin)).body).toMatchObject({ code: 'auth.session_needed' });
  expect((await server.nobody.call(changePassword, { body: sent })).status).toBe(401);
  const headers = await enter(olga);
  const foreign = await change({ ...headers, origin: 'https://evil.example' });
  expect(foreign.body).toMatchObject({ status: 403, code: 'auth.origin_refused' });
  expect(await hashOf(olga)).toBe(hash);
  await sql`update app_user set password_hash = null where global_user_id = ${olga.globalUserId}`.execute(
    server.deps.db,
  );
  expect((await change(headers)).body).toMatchObject({ status: 409, code: 'auth.no_password' });
  expect((await olga.call(auth.getCurrentUser)).body.hasPassword).toBe(false);
});

test('of changes at once, by one session or by several, one holds and its session alone goes on', async () => {
  const here = await enter(olga);
  const there = await enter(olga);
  const wanted = ['the first of three words', 'the second of three words', 'the last of three words'];
  const answers = await Promise.all(wanted.map((one, n) => change(n % 2 === 0 ? here : there, one)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([204, 401, 401]);
  const winner = answers.findIndex((answer) => answer.status === 204);
  const held = answers[winner];
  expect(held && (await sessionsOf(headersOf(held)))).toMatchObject([{ isCurrent: true }]);
  const opened = await Promise.all(wanted.map((one) => tryToSignIn('olga.k', one)));
  expect(opened.map((answer) => answer.status)).toEqual(wanted.map((_, n) => (n === winner ? 204 : 401)));
});

test('people see their own sessions alone, which of them it is, and no secret', async () => {
  const here = await enter(olga, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0');
  await enter(olga, 'curl/8');
  await enter(admin);
  const idle = await enter(olga, 'idle');
  await sql`update session set last_seen_at = now() - interval '31 minutes' where user_agent = 'idle'`.execute(
    server.deps.db,
  );
  const listed = await sessionsOf(here);
  expect(listed.map((one) => [one.userAgent?.slice(0, 11), one.isCurrent])).toEqual(
    expect.arrayContaining([
      ['Mozilla/5.0', true],
      ['curl/8', false],
    ]),
  );
  expect(listed).toHaveLength(2);
  expect(Object.keys(listed[0] ?? {}).sort()).toEqual(
    ['createdAt', 'expiresAt', 'id', 'ip', 'isCurrent', 'lastSeenAt', 'userAgent'].sort(),
  );
  expect(JSON.stringify(listed)).not.toContain(here.cookie.split('=')[1]);
  // The id opens nothing.
  const [mine] = listed.filter((one) => one.isCurrent);
  expect(await whoAmI({ ...here, cookie: `stoa_session=${mine?.id}` })).toBe(401);
  expect(await whoAmI(idle)).toBe(401);
  const byToken = await olga.call(own.listSessions);
  expect(byToken.body.data.map((one) => one.isCurrent)).toEqual([false, false]);
});

test('a call that means to come from somebody else than the session says is refused, and changes nothing', async () => {
  const here = await enter(olga);
  const rename = (person: string) =>
    server.nobody.call(updateUserProviderConfigs, {
      headers: { ...here, 'x-stoa-person': person },
      body: { configs: [{ provider: 'EMAIL', enabled: false }] },
    });
  const refused = await rename(admin.globalUserId);
  expect(refused.body).toMatchObject({ status: 409, code: 'auth.other_person' });
  const { rows } = await sql`select from notification_switch where global_user_id = ${olga.globalUserId}`.execute(
    server.deps.db,
  );
  expect(rows).toEqual([]);
  expect((await rename(olga.globalUserId)).status).toBe(200);
});

test('a person has fifty sessions at most: one more ends the one that was not used for longest', async () => {
  const oldest = await enter(olga);
  const used = await enter(olga);
  const others = await enter(admin);
  for (let count = 2; count < 50; count++) await enter(olga);
  expect(await sessionsOf(oldest)).toHaveLength(50);
  await sql`update session set last_seen_at = now() - interval '5 minutes' where token_hash = (
    select token_hash from session where global_user_id = ${olga.globalUserId} order by created_at limit 1)`.execute(
    server.deps.db,
  );
  const next = await enter(olga);
  expect(await Promise.all([oldest, used, others, next].map((one) => whoAmI(one, replica)))).toEqual([
    401, 200, 200, 200,
  ]);
  expect(await sessionsOf(next)).toHaveLength(50);
  expect((await tryToSignIn('olga.k', first)).status).toBe(204);
  const { rows } = await sql`
    select payload from audit_event where action = 'UserLogin' and actor ->> 'id' = ${olga.globalUserId}
    order by sequence desc limit 1`.execute(server.deps.db);
  expect(rows).toMatchObject([{ payload: { endedSessions: 1 } }]);
});

test('one session ends by its id, on every replica at once; those of somebody else are not there', async () => {
  const here = await enter(olga);
  const other = await enter(olga);
  const root = await enter(admin);
  const product = await makeProduct(server, admin);
  const [asker, later] = await Promise.all(['cleo', 'carl'].map((username) => server.person({ username })));
  const ids = await Promise.all([asker, later].map((one) => askedId(one as TestPerson, product)));
  const decide = (id = '') =>
    replica.nobody.call(determineAccessRequest, {
      headers: { ...root, origin: replica.url },
      params: { id },
      body: { status: 'APPROVED', reason: 'Looked at it.' },
    });
  const end = (headers: SessionHeaders, id = '') => server.nobody.call(own.endSession, { headers, params: { id } });
  const [ofRoot] = await sessionsOf(root);
  expect((await end(here, ofRoot?.id)).status).toBe(404);
  // The other replica now remembers whose the cookie is.
  expect((await decide(ids[0])).status).toBeLessThan(300);

  const [wanted] = (await sessionsOf(here)).filter((one) => !one.isCurrent);
  expect((await end(here, wanted?.id)).status).toBe(204);
  expect(await Promise.all([whoAmI(here), whoAmI(other), whoAmI(other, replica)])).toEqual([200, 401, 401]);
  expect((await end(here, wanted?.id)).status).toBe(404);

  const byToken = await admin.call(own.endSession, { params: { id: ofRoot?.id ?? '' } });
  expect(byToken.body).toMatchObject({ status: 409, code: 'auth.session_needed' });
  const ended = await end(root, ofRoot?.id);
  expect(ended.status).toBe(204);
  expect(ended.headers.get('set-cookie')).toContain('Max-Age=0');
  expect((await decide(ids[1])).status).toBe(401);
  const { rows } = await sql`select from access_request where id = ${ids[1]} and status = 'PENDING'`.execute(
    server.deps.db,
  );
  expect(rows).toHaveLength(1);
});

test('a user admin ends all sessions of one person, and nobody else may; tokens and the own calling session stay', async () => {
  const root = await enter(admin);
  const ofOlga = [await enter(olga), await enter(olga)];
  const end = (headers: SessionHeaders, { globalUserId }: { globalUserId: string }) =>
    server.nobody.call(endUserSessions, { headers, params: { globalUserId } });
  expect((await end(ofOlga[0] ?? root, admin)).body).toMatchObject({ status: 403, code: 'permission.denied' });
  expect((await end(root, { globalUserId: newUuid() })).status).toBe(404);
  expect((await end(root, olga)).status).toBe(204);
  expect(await Promise.all(ofOlga.map((headers) => whoAmI(headers, replica)))).toEqual([401, 401]);
  expect((await olga.call(auth.getCurrentUser)).status).toBe(200);
  const other = await enter(admin);
  const byToken = await admin.call(endUserSessions, { params: { globalUserId: admin.globalUserId } });
  expect(byToken.body).toMatchObject({ status: 409, code: 'auth.session_needed' });
  expect((await end(root, admin)).status).toBe(204);
  expect(await Promise.all([root, other].map((headers) => whoAmI(headers)))).toEqual([200, 401]);
  const { rows } = await sql<{ payload: object }>`
    select payload from audit_event where action = 'UserLogout' and actor_id = ${admin.globalUserId} and payload->>'ending' = 'all'
    order by sequence`.execute(server.deps.db);
  expect(rows.map(({ payload }) => payload)).toMatchObject([{ sessions: 2 }, { sessions: 1 }]);
});

test('all others end in one call, which asks for a fresh login and leaves one line in the audit', async () => {
  const here = await enter(olga);
  const others = [await enter(olga), await enter(olga)];
  const root = await enter(admin);
  const endOthers = () => server.nobody.call(own.endOtherSessions, { headers: here });
  await passed(11);
  expect((await endOthers()).body).toMatchObject({ status: 403, code: 'auth.fresh_login_needed' });
  const [one] = (await sessionsOf(here)).filter(({ isCurrent }) => !isCurrent);
  const single = await server.nobody.call(own.endSession, { headers: here, params: { id: one?.id ?? '' } });
  expect(single.body).toMatchObject({ code: 'auth.fresh_login_needed' });
  expect((await olga.call(own.endOtherSessions)).body).toMatchObject({ code: 'auth.session_needed' });
  expect(await sessionsOf(here)).toHaveLength(3);
  await passed(9);
  expect((await endOthers()).status).toBe(204);
  expect((await endOthers()).status).toBe(204);
  expect(await Promise.all([here, ...others, root].map((headers) => whoAmI(headers, replica)))).toEqual([
    200, 401, 401, 200,
  ]);
  const { rows } = await sql<{ payload: object }>`
    select payload from audit_event where action = 'UserLogout' and actor_id = ${olga.globalUserId} and payload->>'ending' = 'all others'`.execute(
    server.deps.db,
  );
  expect(rows).toMatchObject([{ payload: { sessions: 2, ending: 'all others' } }]);
});

test('who signs in while their account is being closed or gets another password is let in by neither', async () => {
  const changes = [
    sql`update app_user set password_hash = ${await hashPassword(second)} where global_user_id = ${olga.globalUserId}`,
    sql`update app_user set status = 'disabled' where global_user_id = ${olga.globalUserId}`,
  ];
  for (const change of changes) {
    const other = await server.deps.db.startTransaction().execute();
    await change.execute(other);
    const entering = tryToSignIn('olga.k', first);
    await until(async () => ((await isSomebodyWaiting(server.deps.db)) ? true : undefined));
    await other.commit().execute();
    expect(await entering).toMatchObject({ status: 401, body: { code: 'auth.bad_credentials' } });
    await sql`update app_user set password_hash = ${hash}, status = 'active'
      where global_user_id = ${olga.globalUserId}`.execute(server.deps.db);
  }
  expect((await tryToSignIn('olga.k', first)).status).toBe(204);
});
