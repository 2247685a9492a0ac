import * as auth from '@stoa/contract/auth';
import * as user from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { countWaiting } from '../../testing/locks.ts';
import { callerOf, type TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';

let server: TestServer;
let admin: TestPerson;
let plain: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.person({ username: 'useradmin', name: 'Una Admin', permissions: ['USER_ADMIN'] });
  plain = await server.person({ username: 'plain' });
});
afterAll(() => server.stop());

const password = 'a long enough password';
const bodyOf = (username: string) => ({ username, name: `Name of ${username}`, email: `${username}@example.com` });
const auditActions = async (id: string): Promise<string[]> => {
  const { rows } = await sql<{ action: string }>`
    select action from audit_event where targets @> ${JSON.stringify([{ id }])}::jsonb and action <> 'UserLogin' order by sequence`.execute(
    server.deps.db,
  );
  return rows.map((row) => row.action);
};

test('people are kept by user admins alone', async () => {
  expect((await server.nobody.call(user.listUsers)).status).toBe(401);
  for (const answer of [
    await plain.call(user.listUsers),
    await plain.call(user.createUser, { body: bodyOf('intruder') }),
    await plain.call(user.readUser, { params: { globalUserId: plain.globalUserId } }),
    await plain.call(user.updateUser, { params: { globalUserId: newUuid() }, body: { name: 'X' } }),
  ]) {
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ code: 'permission.denied', needs: { permission: 'USER_ADMIN' } });
  }
});

test('a new account signs in, and shows what it was given', async () => {
  const body = {
    ...bodyOf('ann'),
    password,
    permissions: ['AUDIT' as const, 'AUDIT' as const],
    attributes: { department: ['Sales', 'Field'], country: ['SE'] },
  };
  const made = await admin.call(user.createUser, { body });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    username: 'ann',
    status: 'active',
    permissions: ['AUDIT'],
    attributes: { department: ['Field', 'Sales'], country: ['SE'] },
    groups: [],
    abilities: { changeRights: { allowed: true } },
  });
  expect(JSON.stringify(made.body)).not.toContain('scrypt');
  expect((await server.nobody.call(auth.signIn, { body: { username: 'Ann', password } })).status).toBe(204);
  const read = await admin.call(user.readUser, { params: { globalUserId: made.body.globalUserId } });
  expect(read.body.lastLoginAt).toBeDefined();
  expect(await auditActions(made.body.globalUserId)).toEqual(['UserCreated', 'PermissionApplied', 'AttributeApplied']);
  const again = await admin.call(user.createUser, { body: { ...body, username: 'ANN' } });
  expect(again.status).toBe(409);
  expect(again.body).toMatchObject({ code: 'user.username_taken' });
});

test('a username is given once, however it is written', async () => {
  const make = (username: string) => admin.call(user.createUser, { body: { ...bodyOf('fitz'), username } });
  expect(await make('ﬁtz.straße')).toMatchObject({ status: 201, body: { username: 'fitz.straße' } });
  const { globalUserId } = (await make('other.fitz')).body;
  for (const username of ['fitz.straße', 'FITZ.STRASSE', 'ｆｉｔｚ.straße']) {
    const taken = { status: 409, body: { code: 'user.username_taken' } };
    expect(await make(username)).toMatchObject(taken);
    expect(await admin.call(user.updateUser, { params: { globalUserId }, body: { username } })).toMatchObject(taken);
  }
});

test('two who take one username at once leave one account', async () => {
  const both = await Promise.all([1, 2].map(() => admin.call(user.createUser, { body: bodyOf('twin') })));
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 409]);
});

test('what does not fit is refused and makes nobody', async () => {
  for (const body of [
    { ...bodyOf('x y') },
    { ...bodyOf('short'), password: 'short' },
    { ...bodyOf('mail'), email: 'no mail' },
    { ...bodyOf('root'), permissions: ['ROOT'] },
    { ...bodyOf('reserved'), attributes: { 'Stoa admin': ['yes'] } },
  ]) {
    expect((await admin.send('POST', '/api/user', body)).status).toBe(400);
  }
  const found = await admin.call(user.listUsers, { query: { searchText: 'reserved' } });
  expect(found.body.data).toEqual([]);
});

test('the list is searched, filtered and paged, and wildcards stand for themselves', async () => {
  for (const name of ['lis1', 'lis2', 'lis3']) await admin.call(user.createUser, { body: bodyOf(name) });
  const page = await admin.call(user.listUsers, { query: { searchText: 'LIS', limit: 2, offset: 2 } });
  expect(page.body.data.map((one) => one.username)).toEqual(['lis3']);
  expect(page.body.meta).toMatchObject({ totalCount: 3, totalPages: 2, currentPage: 2, pageCount: 1 });
  expect((await admin.call(user.listUsers, { query: { searchText: 'lis%' } })).body.meta.totalCount).toBe(0);
  expect((await admin.call(user.listUsers, { query: { searchText: 'lis_' } })).body.meta.totalCount).toBe(0);
  expect((await admin.call(user.listUsers, { query: { status: 'disabled' } })).body.meta.totalCount).toBe(0);
});

test('nobody changes their own rights, with this login or another of theirs', async () => {
  const second = await server.person({
    username: 'una2',
    permissions: ['USER_ADMIN'],
    personId: admin.globalUserId,
  });
  for (const [who, id] of [
    [admin, admin.globalUserId],
    [second, admin.globalUserId],
    [admin, second.globalUserId],
  ] as const) {
    const params = { globalUserId: id };
    const given = await who.call(user.updateUser, { params, body: { permissions: ['USER_ADMIN', 'GOVERNANCE'] } });
    expect(given.status).toBe(403);
    const tagged = await who.call(user.updateUser, { params, body: { attributes: { role: ['steward'] } } });
    expect(tagged.status).toBe(403);
  }
  const own = { params: { globalUserId: admin.globalUserId } };
  const renamed = await admin.call(user.updateUser, { ...own, body: { name: 'Una A.', permissions: ['USER_ADMIN'] } });
  expect(renamed.status).toBe(200);
  expect(renamed.body).toMatchObject({ name: 'Una A.', permissions: ['USER_ADMIN'] });
  const read = await admin.call(user.readUser, own);
  expect(read.body.abilities).toMatchObject({ changeRights: { allowed: false }, edit: { allowed: true } });
  await sql`delete from app_user where global_user_id = ${second.globalUserId}`.execute(server.deps.db);
});

test('a patch replaces rights and attributes, says who gave them, and leaves the rest', async () => {
  const made = await admin.call(user.createUser, { body: { ...bodyOf('pat'), attributes: { a: ['1'], b: ['2'] } } });
  const params = { globalUserId: made.body.globalUserId };
  const changed = await admin.call(user.updateUser, {
    params,
    body: { permissions: ['GOVERNANCE'], attributes: { a: ['1'], c: ['3'] } },
  });
  expect(changed.body).toMatchObject({
    permissions: ['GOVERNANCE'],
    attributes: { a: ['1'], c: ['3'] },
    name: 'Name of pat',
  });
  const { rows } = await sql<{ by: string }>`
    select granted_by as by from global_permission where global_user_id = ${params.globalUserId}
    union all select added_by from attribute where principal_id = ${params.globalUserId}`.execute(server.deps.db);
  expect(new Set(rows.map((row) => row.by))).toEqual(new Set([admin.globalUserId]));
  const none = await admin.call(user.updateUser, { params, body: { permissions: [] } });
  expect(none.body.permissions).toEqual([]);
  const same = await admin.call(user.updateUser, { params, body: { permissions: [], name: 'Name of pat' } });
  expect(same.status).toBe(200);
  expect(await auditActions(params.globalUserId)).toEqual([
    'UserCreated',
    'AttributeApplied',
    'PermissionApplied',
    'AttributeApplied',
    'AttributeRemoved',
    'PeopleChangeMadeAlone',
    'PermissionRemoved',
  ]);
  expect((await admin.call(user.updateUser, { params: { globalUserId: newUuid() }, body: { name: 'X' } })).status).toBe(
    404,
  );
});

test('a new password ends the sessions that the old one opened', async () => {
  const made = await admin.call(user.createUser, { body: { ...bodyOf('pia'), password } });
  const signedIn = await server.nobody.call(auth.signIn, { body: { username: 'pia', password } });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  expect((await server.nobody.call(auth.getCurrentUser, { headers: { cookie } })).status).toBe(200);
  const params = { globalUserId: made.body.globalUserId };
  await admin.call(user.updateUser, { params, body: { password: 'another long password' } });
  expect((await server.nobody.call(auth.getCurrentUser, { headers: { cookie } })).status).toBe(401);
  const next = await server.nobody.call(auth.signIn, { body: { username: 'pia', password: 'another long password' } });
  expect(next.status).toBe(204);
});

test('disabling ends sessions, tokens and pending requests, and asks for the access to be taken', async () => {
  const made = await admin.call(user.createUser, { body: { ...bodyOf('dan'), password } });
  const params = { globalUserId: made.body.globalUserId };
  const signedIn = await server.nobody.call(auth.signIn, { body: { username: 'dan', password } });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const own = { origin: server.url, 'sec-fetch-site': 'same-origin', cookie };
  const token = await server.nobody.call(auth.createToken, { body: { description: 'x' }, headers: own });
  const dan = callerOf(server.url, token.body.token);
  expect((await dan.call(auth.getCurrentUser)).status).toBe(200);
  const { pending, approved } = await giveRequests(params.globalUserId);

  const disabled = await admin.call(user.updateUser, { params, body: { status: 'disabled' } });
  expect(disabled.body.status).toBe('disabled');
  expect((await server.nobody.call(auth.getCurrentUser, { headers: { cookie } })).status).toBe(401);
  expect((await dan.call(auth.getCurrentUser)).status).toBe(401);
  expect((await server.nobody.call(auth.signIn, { body: { username: 'dan', password } })).status).toBe(401);
  expect(await statusOf(pending)).toBe('CANCELED');
  expect(await statusOf(approved)).toBe('APPROVED');
  expect((await auditActions(params.globalUserId)).at(-1)).toBe('UserDisabled');
  const enabled = await admin.call(user.updateUser, { params, body: { status: 'active' } });
  expect(enabled.body.status).toBe('active');
  expect((await server.nobody.call(auth.signIn, { body: { username: 'dan', password } })).status).toBe(204);
  expect((await dan.call(auth.getCurrentUser)).status).toBe(401);
});

test('the last user admin and the last application admin stay, also when two take each other away at once', async () => {
  const params = { globalUserId: admin.globalUserId };
  const last = await admin.call(user.updateUser, { params, body: { status: 'disabled' } });
  expect(last.status).toBe(409);
  expect(last.body).toMatchObject({
    code: 'user.last_admin',
    permission: 'USER_ADMIN',
    detail: expect.stringContaining('give User Admin to someone else first.'),
  });
  const boss = await server.person({ username: 'boss', permissions: ['APPLICATION_ADMIN'] });
  const taken = await admin.call(user.updateUser, {
    params: { globalUserId: boss.globalUserId },
    body: { permissions: [] },
  });
  expect(taken.body).toMatchObject({ code: 'user.last_admin', permission: 'APPLICATION_ADMIN' });
  const boss2 = await server.person({ username: 'boss-2', permissions: ['APPLICATION_ADMIN'] });
  const other = await server.person({ username: 'other', permissions: ['USER_ADMIN'] });
  const take = (by: TestPerson, { globalUserId }: TestPerson) =>
    by.call(user.updateUser, { params: { globalUserId }, body: { permissions: [] } });
  // Of user admins neither goes by the hand of one.
  expect((await Promise.all([take(admin, other), take(other, admin)])).map(({ status }) => status)).toEqual([202, 202]);
  // Both hold the right when they ask and wait in the row for their turn; a later one would just lack it by then.
  const { both } = await server.deps.db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('stoa.last-admin'))`.execute(tx);
    const both = Promise.all([take(admin, boss), take(other, boss2)]);
    await until(async () => ((await countWaiting(tx)) === 2 ? true : undefined));
    return { both };
  });
  const answers = await both;
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  expect(answers.find((answer) => answer.status === 409)?.body).toMatchObject({ code: 'user.last_admin' });
});

async function giveRequests(beneficiary: string): Promise<{ pending: string; approved: string }> {
  const { db } = server.deps;
  const product = newUuid();
  const version = newCuid();
  const form = newUuid();
  await sql`insert into request_form (id, name, name_key, current_version) values (${form}, ${`Form ${form}`}, ${form}, ${version})`.execute(
    db,
  );
  await sql`insert into request_form_version (version, request_form_id, name, fields, policy)
    values (${version}, ${form}, 'Form', '[]', '{"rules":[],"defaultEvent":{"type":"dataProductPolicy"}}')`.execute(db);
  await sql`insert into data_product (id, name, slug, subject_matter_expert, created_by)
    values (${product}, ${`P ${product}`}, ${product}, ${admin.globalUserId}, ${admin.globalUserId})`.execute(db);
  const ids = { pending: newCuid(), approved: newCuid() };
  for (const [status, id] of [
    ['PENDING', ids.pending],
    ['APPROVED', ids.approved],
  ] as const) {
    await sql`insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, form_version, form, flow, event)
      values (${id}, 'DATA_ACCESS', ${status}, ${beneficiary}, ${beneficiary}, ${product}, ${version},
        ${JSON.stringify({ formVersion: version, answers: [], agreements: [] })}::jsonb, '{"rules":[],"defaultEvent":{"type":"review","params":{"stages":[]}}}',
        '{"type":"review","params":{"stages":[]}}')`.execute(db);
  }
  return ids;
}

async function statusOf(id: string): Promise<string | undefined> {
  const { rows } = await sql<{ status: string }>`select status from access_request where id = ${id}`.execute(
    server.deps.db,
  );
  return rows[0]?.status;
}
