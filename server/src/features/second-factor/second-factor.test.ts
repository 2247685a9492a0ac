import * as auth from '@stoa/contract/auth';
import { searchDataProducts } from '@stoa/contract/data-product';
import { confirmLogin } from '@stoa/contract/confirm-login';
import { getInboxMessages } from '@stoa/contract/notification';
import { listSessions } from '@stoa/contract/own-session';
import * as factor from '@stoa/contract/second-factor';
import { updateApplicationSettings } from '@stoa/contract/settings';
import { listUsers, readUser, updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSession } from '../../http/authenticate.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { isSomebodyWaiting } from '../../testing/locks.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { hashPassword } from '../auth/password.ts';
import { takeCode } from './take-code.ts';
import { codeOfStep, stepAt } from './totp.ts';

let server: TestServer;
let replica: TestServer;
let admin: TestPerson;
let olga: TestPerson;
const password = 'a long enough password';

beforeAll(async () => {
  server = await startTestServer();
  replica = await startTestServer({ databaseUrl: server.databaseUrl });
  admin = await server.person({ username: 'root', permissions: ['USER_ADMIN', 'APPLICATION_ADMIN'] });
  olga = await server.person({ username: 'olga' });
  await sql`update app_user set password_hash = ${await hashPassword(password)}`.execute(server.deps.db);
});
afterAll(async () => {
  await replica.stop();
  await server.stop();
});
beforeEach(async () => {
  for (const table of ['rate_count', 'session', 'second_factor'])
    await sql`delete from ${sql.table(table)}`.execute(server.deps.db);
});

type Headers_ = { cookie: string; origin: string; 'sec-fetch-site': string };
const headersOf = (cookie: string): Headers_ => ({ cookie, origin: server.url, 'sec-fetch-site': 'same-origin' });
const cookieOf = (answer: { headers: Headers }) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';
const enter = async ({ globalUserId }: TestPerson): Promise<Headers_> => {
  const { token } = await openSession(server.deps.db, { globalUserId, ip: '127.0.0.1', userAgent: 'vitest' });
  return headersOf(`stoa_session=${token}`);
};
const signIn = (code?: string, sent: { username?: string; password?: string } = {}, at = server) =>
  at.nobody.call(auth.signIn, {
    body: { username: 'olga', password, ...(code === undefined ? {} : { code }), ...sent },
  });
/** The code of now, or of so many steps after. */
const codeOf = (secret: string, after = 0) => codeOfStep(secret, stepAt(Date.now() / 1000) + after);
/** As if no code had been taken for a while. */
const forgetSteps = () => sql`update second_factor set last_step = null`.execute(server.deps.db);
const wrongOf = (secret: string) => {
  const near = [-2, -1, 0, 1, 2].map((after) => codeOf(secret, after));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((one) => !near.includes(one)) ?? '';
};

type SetUp = { headers: Headers_; secret: string; uri: string; recoveryCodes: string[] };
const setUp = async (person: TestPerson): Promise<SetUp> => {
  const headers = await enter(person);
  const { secret, uri } = (await server.nobody.call(factor.beginSecondFactor, { headers })).body;
  const body = { code: codeOf(secret) };
  const active = await server.nobody.call(factor.activateSecondFactor, { headers, body });
  expect(active.status).toBe(200);
  await forgetSteps();
  return { headers, secret, uri, recoveryCodes: active.body.recoveryCodes };
};
const auditOf = async ({ globalUserId }: TestPerson) => {
  const { rows } = await sql<{ status: string; secondFactor: string | null; text: string }>`
    select action_status as status, payload ->> 'secondFactor' as "secondFactor", row_to_json(a)::text as text
    from audit_event a where targets @> ${JSON.stringify([{ id: globalUserId }])}::jsonb
      and payload ->> 'secondFactor' is not null order by sequence`.execute(server.deps.db);
  return rows;
};

test('nothing asks for a second factor before a right code turned it on; then the password alone opens nothing', async () => {
  const headers = await enter(olga);
  const other = await enter(olga);
  const begun = await server.nobody.call(factor.beginSecondFactor, { headers });
  const again = await server.nobody.call(factor.beginSecondFactor, { headers });
  const { secret } = again.body;
  expect([begun.status, again.status, begun.body.secret === secret]).toEqual([200, 200, false]);
  const activate = (code: string) => server.nobody.call(factor.activateSecondFactor, { headers, body: { code } });
  expect((await activate(codeOf(begun.body.secret))).body).toMatchObject({ status: 422, code: 'auth.wrong_code' });
  expect((await signIn()).status).toBe(204);
  const active = await activate(codeOf(secret));
  expect(active.body.recoveryCodes).toHaveLength(10);
  expect(new Set(active.body.recoveryCodes).size).toBe(10);
  expect((await activate(codeOf(secret, 1))).body).toMatchObject({ status: 409, code: 'auth.second_factor_on' });
  const beginAgain = await server.nobody.call(factor.beginSecondFactor, { headers });
  expect(beginAgain.body).toMatchObject({ status: 409, code: 'auth.second_factor_on' });
  expect((await server.nobody.call(auth.getCurrentUser, { headers: other })).status).toBe(401);
  expect((await server.nobody.call(auth.getCurrentUser, { headers })).body.secondFactor).toBe('on');
  const own = await server.nobody.call(factor.getSecondFactor, { headers });
  expect(own.body).toMatchObject({ isOn: true, recoveryCodesLeft: 10 });

  const asked = await signIn();
  expect(asked.body).toMatchObject({ status: 401, code: 'auth.code_wanted' });
  expect(asked.headers.get('set-cookie')).toBeNull();
  const spaced = `${codeOf(secret, 1).slice(0, 3)} ${codeOf(secret, 1).slice(3)}`;
  expect((await signIn(spaced)).status).toBe(204);
});

test('a session that the password alone is opening while the second factor is turned on ends with the others', async () => {
  const headers = await enter(olga);
  const { secret } = (await server.nobody.call(factor.beginSecondFactor, { headers })).body;
  const { globalUserId } = olga;
  const other = await server.deps.db.startTransaction().execute();
  await sql`select from app_user where global_user_id = ${globalUserId} for share`.execute(other);
  const { token } = await openSession(other, { globalUserId, ip: '127.0.0.1', userAgent: 'vitest' });
  const activating = server.nobody.call(factor.activateSecondFactor, { headers, body: { code: codeOf(secret) } });
  await until(async () => ((await isSomebodyWaiting(server.deps.db)) ? true : undefined));
  await other.commit().execute();
  expect((await activating).status).toBe(200);
  const opened = headersOf(`stoa_session=${token}`);
  expect((await server.nobody.call(auth.getCurrentUser, { headers: opened })).status).toBe(401);
});

test('who does not know the password is told nothing of a second factor, whatever code comes with it', async () => {
  const { secret, recoveryCodes } = await setUp(olga);
  const guess = { password: 'another long password' };
  for (const code of [undefined, codeOf(secret), recoveryCodes[0], wrongOf(secret)])
    expect((await signIn(code, guess)).body).toMatchObject({ status: 401, code: 'auth.bad_credentials' });
  expect((await signIn('123456', { username: 'nobody' })).body).toMatchObject({ code: 'auth.bad_credentials' });
  await sql`update app_user set status = 'disabled' where username = 'olga'`.execute(server.deps.db);
  expect((await signIn(codeOf(secret))).body).toMatchObject({ code: 'auth.bad_credentials' });
  await sql`update app_user set status = 'active' where username = 'olga'`.execute(server.deps.db);
  // None of them was used up.
  expect((await signIn(recoveryCodes[0])).status).toBe(204);
  expect((await signIn(codeOf(secret))).status).toBe(204);
});

test('a code opens once, on whichever replica it comes, and so does a recovery code', async () => {
  const { secret, recoveryCodes } = await setUp(olga);
  const [recovery = ''] = recoveryCodes;
  for (const code of [codeOf(secret), recovery]) {
    const answers = await Promise.all([server, replica, server, replica].map((at) => signIn(code, {}, at)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 422, 422, 422]);
    expect((await signIn(code)).body).toMatchObject({ code: 'auth.wrong_code', errors: [{ path: 'body.code' }] });
    await sql`delete from rate_count`.execute(server.deps.db);
  }
  const { rows } = await sql`select from session`.execute(server.deps.db);
  expect(rows).toHaveLength(3);
  // Both have looked at the code before either has committed.
  await forgetSteps();
  const asked = { globalUserId: olga.globalUserId, code: codeOf(secret) };
  const results = await Promise.all(
    [server, replica].map(({ deps }) =>
      deps.db.transaction().execute(async (tx) => {
        const { result } = await takeCode(deps, tx, asked);
        await sql`select pg_sleep(0.3)`.execute(tx);
        return result;
      }),
    ),
  );
  expect(results.sort()).toEqual(['code', 'wrong']);
  const small = (recoveryCodes[1] ?? '').toLowerCase().replaceAll('-', ' ');
  expect((await signIn(small)).status).toBe(204);
  // Of the past: refused, though a step either side is taken.
  await forgetSteps();
  expect((await signIn(codeOf(secret, -3))).status).toBe(422);
});

test('tries with a code are counted with those without, and twenty wrong codes of a day leave the recovery codes alone', async () => {
  const { secret, recoveryCodes } = await setUp(olga);
  const told: unknown[] = [];
  for (let n = 0; n < 11; n += 1) told.push((await signIn(wrongOf(secret))).body['code']);
  expect(told).toEqual([...Array.from({ length: 10 }, () => 'auth.wrong_code'), 'auth.too_many_attempts']);
  await sql`delete from rate_count`.execute(server.deps.db);
  await sql`update second_factor set wrong_codes = 19`.execute(server.deps.db);
  expect((await signIn(wrongOf(secret))).body).toMatchObject({ code: 'auth.wrong_code' });
  const closed = await signIn(codeOf(secret), {}, replica);
  expect(closed.body).toMatchObject({ status: 429, code: 'auth.too_many_codes' });
  expect(Number(closed.headers.get('retry-after'))).toBeGreaterThan(80_000);
  expect((await signIn(recoveryCodes[0])).status).toBe(204);
  await sql`update second_factor set wrong_since = now() - interval '25 hours'`.execute(server.deps.db);
  expect((await signIn(codeOf(secret))).status).toBe(204);
});

test('a fresh login wants the code as well as the password', async () => {
  const { headers, secret } = await setUp(olga);
  const confirm = (body: { password: string; code?: string }) =>
    server.nobody.call(confirmLogin, { headers, body: { ...body } });
  await sql`update session set confirmed_at = now() - interval '11 minutes'`.execute(server.deps.db);
  const renew = (by: Headers_) => server.nobody.call(factor.renewRecoveryCodes, { headers: by });
  expect((await renew(headers)).body).toMatchObject({ code: 'auth.fresh_login_needed' });
  expect((await confirm({ password })).body).toMatchObject({ code: 'auth.code_wanted' });
  expect((await confirm({ password, code: wrongOf(secret) })).body).toMatchObject({ code: 'auth.wrong_code' });
  const wrongPassword = await confirm({ password: 'a guess', code: codeOf(secret) });
  expect(wrongPassword.body).toMatchObject({ code: 'auth.wrong_password' });
  const confirmed = await confirm({ password, code: codeOf(secret) });
  expect(confirmed.status).toBe(204);
  expect((await renew(headersOf(cookieOf(confirmed)))).status).toBe(200);
});

test('new recovery codes end the former ones; a code of it removes it, and nothing less does', async () => {
  const { headers, secret, recoveryCodes } = await setUp(olga);
  const renewed = await server.nobody.call(factor.renewRecoveryCodes, { headers });
  expect(renewed.body.recoveryCodes).toHaveLength(10);
  expect((await signIn(recoveryCodes[0])).body).toMatchObject({ code: 'auth.wrong_code' });
  const other = await enter(olga);
  const remove = (code: string) => server.nobody.call(factor.removeSecondFactor, { headers, body: { code } });
  expect((await remove(wrongOf(secret))).body).toMatchObject({ status: 422, code: 'auth.wrong_code' });
  const byToken = await olga.call(factor.removeSecondFactor, { body: { code: codeOf(secret) } });
  expect(byToken.body).toMatchObject({ code: 'auth.session_needed' });
  expect((await remove(codeOf(secret))).status).toBe(204);
  expect((await server.nobody.call(auth.getCurrentUser, { headers: other })).status).toBe(401);
  expect((await server.nobody.call(factor.getSecondFactor, { headers })).body).toEqual({ isOn: false });
  expect((await remove(codeOf(secret, 1))).body).toMatchObject({ status: 409, code: 'auth.no_second_factor' });
  expect((await signIn()).status).toBe(204);
  // A recovery code of a factor that is gone opens no later one.
  await setUp(olga);
  expect((await signIn(renewed.body.recoveryCodes[0])).status).toBe(422);
});

test('tokens set nothing up and go on; an account whose password is not kept here has nothing to set up', async () => {
  for (const operation of [factor.beginSecondFactor, factor.renewRecoveryCodes])
    expect((await olga.call(operation)).body).toMatchObject({ status: 409, code: 'auth.session_needed' });
  await setUp(olga);
  expect((await olga.call(auth.getCurrentUser)).status).toBe(200);
  const outside = await server.person({ username: 'outside' });
  const headers = await enter(outside);
  const refused = await server.nobody.call(factor.beginSecondFactor, { headers });
  expect(refused.body).toMatchObject({ status: 409, code: 'auth.no_password' });
  const foreign = { ...(await enter(olga)), origin: 'https://evil.example' };
  const elsewhere = await server.nobody.call(factor.renewRecoveryCodes, { headers: foreign });
  expect(elsewhere.body).toMatchObject({ code: 'auth.origin_refused' });
});

test('a user admin sees whether somebody has one and resets it, though never their own by whichever login', async () => {
  const { headers } = await setUp(olga);
  const params = { globalUserId: olga.globalUserId };
  const shown = (await admin.call(readUser, { params })).body;
  expect(shown.secondFactorSince).not.toBeNull();
  expect(shown.abilities?.['resetSecondFactor']?.allowed).toBe(true);
  expect((await olga.call(factor.resetSecondFactor, { params })).status).toBe(403);
  expect((await admin.call(factor.resetSecondFactor, { params })).status).toBe(204);
  expect((await server.nobody.call(auth.getCurrentUser, { headers })).status).toBe(401);
  expect((await admin.call(readUser, { params })).body.secondFactorSince).toBeNull();
  expect((await signIn()).status).toBe(204);
  const twice = await admin.call(factor.resetSecondFactor, { params });
  expect(twice.body).toMatchObject({ status: 409, code: 'auth.no_second_factor' });

  await setUp(admin);
  const second = await server.person({ username: 'root2' });
  const own = { globalUserId: admin.globalUserId };
  expect((await admin.call(factor.resetSecondFactor, { params: own })).status).toBe(403);
  await sql`update app_user set person_id = ${admin.globalUserId} where username = 'root2'`.execute(server.deps.db);
  const ofOther = { globalUserId: second.globalUserId };
  expect((await admin.call(factor.resetSecondFactor, { params: ofOther })).status).toBe(403);
  // A new password leaves it as it is.
  await setUp(olga);
  expect((await admin.call(updateUser, { params, body: { password: 'quite another long one' } })).status).toBe(200);
  expect((await signIn(undefined, { password: 'quite another long one' })).body).toMatchObject({
    code: 'auth.code_wanted',
  });
  await sql`update app_user set password_hash = ${await hashPassword(password)} where username = 'olga'`.execute(
    server.deps.db,
  );
});

test('what became of it stands in the audit and in the inbox; secret and codes stand nowhere', async () => {
  const vera = await server.person({ username: 'vera' });
  await sql`update app_user set password_hash = (select password_hash from app_user where username = 'olga')
    where username = 'vera'`.execute(server.deps.db);
  const { headers, secret, recoveryCodes } = await setUp(vera);
  const [recovery = ''] = recoveryCodes;
  for (const code of [undefined, wrongOf(secret), recovery, codeOf(secret)]) await signIn(code, { username: 'vera' });
  await server.nobody.call(factor.renewRecoveryCodes, { headers });
  await admin.call(factor.resetSecondFactor, { params: { globalUserId: vera.globalUserId } });
  const rows = await auditOf(vera);
  expect(rows.map(({ status, secondFactor }) => `${status} ${secondFactor}`)).toEqual([
    'SUCCESS set up',
    'DENIED wanted',
    'DENIED wrong',
    'SUCCESS recovery code',
    'SUCCESS code',
    'SUCCESS new recovery codes',
    'SUCCESS reset',
  ]);
  const { rows: kept } = await sql<{ text: string }>`select row_to_json(s)::text as text from second_factor s
    union all select row_to_json(r)::text from recovery_code r union all select row_to_json(a)::text from audit_event a
    union all select row_to_json(e)::text from event e union all select row_to_json(i)::text from idempotency_key i`.execute(
    server.deps.db,
  );
  const all = kept.map(({ text }) => text).join('\n');
  for (const hidden of [secret, ...recoveryCodes]) expect(all).not.toContain(hidden);
  await expect
    .poll(
      async () => (await vera.call(getInboxMessages, { query: { limit: 10 } })).body.data.map((one) => one.subject),
      {
        timeout: 20_000,
      },
    )
    .toEqual(Array.from({ length: 3 }, () => 'Your second factor changed'));
});

test('where local accounts need one, a session without it can set it up and leave, and do nothing else; tokens go on', async () => {
  const switchOn = (on: boolean) =>
    admin.call(updateApplicationSettings, { body: { secondFactorForLocalAccounts: on } });
  const headers = await enter(olga);
  const provided = await enter(olga);
  await sql`update session set provider_id = 'somewhere' where token_hash = (
    select token_hash from session order by created_at desc limit 1)`.execute(server.deps.db);
  expect((await olga.call(updateApplicationSettings, { body: { secondFactorForLocalAccounts: true } })).status).toBe(
    403,
  );
  expect((await switchOn(true)).status).toBe(200);
  try {
    const refused = { status: 403, code: 'auth.second_factor_needed' };
    for (const operation of [listSessions, listUsers])
      expect((await server.nobody.call(operation, { headers })).body).toMatchObject(refused);
    expect((await replica.nobody.call(searchDataProducts, { headers })).body).toMatchObject(refused);
    const token = await server.nobody.call(auth.createToken, { headers, body: { description: 'x' } });
    expect(token.body).toMatchObject(refused);
    expect((await server.nobody.call(auth.getCurrentUser, { headers })).body.secondFactor).toBe('needed');
    expect((await server.nobody.call(listSessions, { headers: provided })).status).toBe(200);
    expect((await olga.call(listSessions)).status).toBe(200);
    const { secret } = (await server.nobody.call(factor.beginSecondFactor, { headers })).body;
    // Begun is not enough.
    expect((await server.nobody.call(listSessions, { headers })).body).toMatchObject(refused);
    const body = { code: codeOf(secret) };
    expect((await server.nobody.call(factor.activateSecondFactor, { headers, body })).status).toBe(200);
    expect((await server.nobody.call(listSessions, { headers })).status).toBe(200);
    const leaving = await enter(admin);
    expect((await server.nobody.call(auth.signOut, { headers: leaving })).status).toBe(204);
  } finally {
    await switchOn(false);
  }
});
