import * as group from '@stoa/contract/group';
import { getInboxMessages } from '@stoa/contract/notification';
import * as changes from '@stoa/contract/people-change';
import * as user from '@stoa/contract/user';
import { signIn } from '@stoa/contract/auth';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { expirePeopleChanges } from './decide-change.ts';

let server: TestServer;
let una: TestPerson;
let ugo: TestPerson;
let plain: TestPerson;
const password = 'a long enough password';
beforeAll(async () => {
  server = await startTestServer();
  una = await server.person({ username: 'una', name: 'Una', permissions: ['USER_ADMIN'] });
  plain = await server.person({ username: 'plain', name: 'Pia' });
  await isMadeAlone();
  ugo = await server.person({ username: 'ugo', name: 'Ugo', permissions: ['USER_ADMIN'] });
});
afterAll(() => server.stop());

const bodyOf = (username: string) => ({ username, name: `Name of ${username}`, email: `${username}@example.com` });
const patch = (by: TestPerson, who: { globalUserId: string }, body: user.UpdateUserBody) =>
  by.call(user.updateUser, { params: { globalUserId: who.globalUserId }, body });
type Filed = { status: number; body: Record<string, unknown> };
/** The id of what was filed. */
const idOf = ({ status, body }: Filed): { id: string } => {
  expect({ status, body }).toMatchObject({ status: 202, body: { state: 'WAITING' } });
  return { id: String(body['id']) };
};
const confirm = (by: TestPerson, params: { id: string }) => by.call(changes.confirmPeopleChange, { params });
const decline = (by: TestPerson, params: { id: string }) =>
  by.call(changes.declinePeopleChange, { params, body: { reason: 'Not her work.' } });
const permissionsOf = async (who: { globalUserId: string }) =>
  (await una.call(user.readUser, { params: { globalUserId: who.globalUserId } })).body.permissions;
const lastAudit = async (action: string) => {
  const { rows } = await sql<{ actor_id: string; payload: Record<string, unknown> }>`
    select actor_id, payload from audit_event where action = ${action} order by sequence desc limit 1`.execute(
    server.deps.db,
  );
  return rows[0];
};
const eventsOf = async (type: string) => {
  const { rows } = await sql<{ data: Record<string, unknown> }>`
    select data from event where type = ${type} order by sequence`.execute(server.deps.db);
  return rows.map(({ data }) => data);
};
const newcomer = (username: string, more: { personId?: string } = {}) => server.person({ username, ...more });

/** Before a second user admin is there. */
async function isMadeAlone(): Promise<void> {
  const given = await patch(una, plain, { permissions: ['AUDIT'] });
  expect(given).toMatchObject({ status: 200, body: { permissions: ['AUDIT'] } });
  expect(await lastAudit('PeopleChangeMadeAlone')).toMatchObject({
    actor_id: una.globalUserId,
    payload: { operation: 'updateUser', reasons: ['permission'] },
  });
  expect(await eventsOf('stoa.people_change.made_alone')).toMatchObject([
    { about: { type: 'USER', name: 'Pia' }, reasons: ['permission'] },
  ]);
  await patch(una, plain, { permissions: [] });
}

test('a permission is given once another user admin confirms it, who is told of it', async () => {
  const params = idOf(await patch(una, plain, { permissions: ['GOVERNANCE'], attributes: { team: ['A'] } }));
  expect(await permissionsOf(plain)).toEqual([]);
  const { body: seen } = await ugo.call(changes.readPeopleChange, { params });
  expect(seen).toMatchObject({
    target: { type: 'USER', id: plain.globalUserId, name: 'Pia' },
    reasons: ['permission'],
    gainingCount: 0,
    filedBy: { username: 'una' },
    abilities: { confirm: { allowed: true }, decline: { allowed: true }, withdraw: { allowed: false } },
  });
  expect(seen.changes).toEqual([
    { subject: 'Pia', what: 'permissions', before: null, after: 'GOVERNANCE' },
    { subject: 'Pia', what: 'attribute team', before: null, after: 'A' },
  ]);
  const { body: own } = await una.call(changes.readPeopleChange, { params });
  expect(own.abilities).toMatchObject({ confirm: { allowed: false }, withdraw: { allowed: true } });
  await until(async () => {
    const told = await ugo.call(getInboxMessages, { query: { type: ['PEOPLE_CHANGE_WAITING'] } });
    return told.body.data.length > 0 ? told : undefined;
  });
  expect((await una.call(getInboxMessages, { query: { type: ['PEOPLE_CHANGE_WAITING'] } })).body.data).toEqual([]);
  expect((await eventsOf('stoa.people_change.filed')).at(-1)).toMatchObject({
    peopleChangeId: params.id,
    reasons: ['permission'],
  });

  for (const [by, count] of [
    [una, 0],
    [ugo, 1],
  ] as const) {
    const waiting = await by.call(changes.listPeopleChanges, { query: { waitsForMe: true } });
    expect(waiting.body.meta.totalCount).toBe(count);
  }
  for (const stranger of [una, plain]) expect((await confirm(stranger, params)).status).toBe(403);
  expect(await confirm(ugo, params)).toMatchObject({
    status: 200,
    body: { state: 'CONFIRMED', decidedBy: { username: 'ugo' }, abilities: { confirm: { allowed: false } } },
  });
  expect(await permissionsOf(plain)).toEqual(['GOVERNANCE']);
  const { rows } = await sql<{ granted_by: string }>`
    select granted_by from global_permission where global_user_id = ${plain.globalUserId}`.execute(server.deps.db);
  expect(rows).toEqual([{ granted_by: una.globalUserId }]);
  expect(await lastAudit('PermissionApplied')).toMatchObject({ actor_id: una.globalUserId });
  expect(await lastAudit('PeopleChangeConfirmed')).toMatchObject({
    actor_id: ugo.globalUserId,
    payload: { peopleChangeId: params.id, filedBy: 'una' },
  });
  expect(await confirm(ugo, params)).toMatchObject({ status: 409, body: { code: 'people_change.not_waiting' } });
});

test('taking permissions away, other rights and the rest of a person wait for nobody, but taking a user admin away does', async () => {
  expect(await patch(una, plain, { permissions: [] })).toMatchObject({ status: 200 });
  expect(await patch(una, plain, { name: 'Pia Bo', attributes: {}, password, status: 'disabled' })).toMatchObject({
    status: 200,
  });
  expect(await patch(una, plain, { status: 'active' })).toMatchObject({ status: 200 });
  const third = await server.person({ username: 'third', permissions: ['USER_ADMIN'] });
  // Disabling one does not wait, nor taking that back.
  for (const status of ['disabled', 'active'] as const)
    expect(await patch(una, third, { status })).toMatchObject({ status: 200, body: { status } });
  const taken = { params: idOf(await patch(una, third, { permissions: [] })) };
  expect((await una.call(changes.readPeopleChange, taken)).body.reasons).toEqual(['user_admin']);
  expect((await una.call(changes.withdrawPeopleChange, taken)).body.state).toBe('WITHDRAWN');
  // Whoever held permissions and comes back after a while is given them.
  await patch(una, third, { status: 'disabled' });
  await sql`update app_user set disabled_at = now() - interval '8 days' where global_user_id = ${third.globalUserId}`.execute(
    server.deps.db,
  );
  const back = idOf(await patch(una, third, { status: 'active' }));
  expect((await ugo.call(changes.readPeopleChange, { params: back })).body.reasons).toEqual(['permission']);
  expect(await decline(ugo, back)).toMatchObject({ status: 200, body: { decisionReason: 'Not her work.' } });
  expect((await third.call(user.listUsers)).status).toBe(401);
});

test('a new account with a permission waits whole, and keeps of its password what accounts keep', async () => {
  const body = { ...bodyOf('gov'), password, permissions: ['GOVERNANCE' as const] };
  const params = idOf(await una.call(user.createUser, { body }));
  const { rows } = await sql<{ all: string; password_hash: string }>`
    select c::text as all, password_hash from people_change c where id = ${params.id}`.execute(server.deps.db);
  expect(rows[0]?.all).not.toContain(password);
  expect(rows[0]?.password_hash).not.toBe(null);
  const { rows: audited } = await sql<{ n: number }>`
    select count(*)::int as n from audit_event where payload::text like ${`%${password}%`}`.execute(server.deps.db);
  expect(audited).toEqual([{ n: 0 }]);
  expect((await server.nobody.call(signIn, { body: { username: 'gov', password } })).status).toBe(401);
  expect((await confirm(ugo, params)).status).toBe(200);
  expect((await server.nobody.call(signIn, { body: { username: 'gov', password } })).status).toBe(204);
  const { rows: kept } = await sql`select input, password_hash from people_change where id = ${params.id}`.execute(
    server.deps.db,
  );
  expect(kept).toEqual([{ input: null, password_hash: null }]);
});

test('the password of somebody who holds a permission is set by two; one’s own, and those of others, by one', async () => {
  const holder = await server.person({ username: 'holder', permissions: ['AUDIT'] });
  const params = idOf(await patch(una, holder, { password }));
  expect((await ugo.call(changes.readPeopleChange, { params })).body.changes).toMatchObject([{ what: 'password' }]);
  expect((await server.nobody.call(signIn, { body: { username: 'holder', password } })).status).toBe(401);
  expect((await confirm(ugo, params)).status).toBe(200);
  expect((await server.nobody.call(signIn, { body: { username: 'holder', password } })).status).toBe(204);
  expect((await patch(una, plain, { password: 'another long password' })).status).toBe(200);
});

test('neither who filed it nor whom it favours confirms, by whichever login of theirs', async () => {
  const una2 = await server.person({ username: 'una-2', personId: una.globalUserId, permissions: ['USER_ADMIN'] });
  const ugo2 = await newcomer('ugo-2', { personId: ugo.globalUserId });
  const third = await server.person({ username: 'third-admin', permissions: ['USER_ADMIN'] });
  const own = idOf(await patch(una, plain, { permissions: ['AUDIT'] }));
  expect((await confirm(una2, own)).status).toBe(403);
  expect((await decline(una2, own)).status).toBe(403);
  expect((await una2.call(changes.withdrawPeopleChange, { params: own })).status).toBe(200);
  const favour = idOf(await patch(una, ugo2, { permissions: ['AUDIT'] }));
  for (const [by, count] of [
    [ugo, 0],
    [third, 1],
  ] as const)
    expect((await by.call(changes.listPeopleChanges, { query: { waitsForMe: true } })).body.meta.totalCount).toBe(
      count,
    );
  expect((await confirm(ugo, favour)).status).toBe(403);
  // A user admin who is disabled is nobody to confirm.
  await sql`update app_user set status = 'disabled' where global_user_id = ${third.globalUserId}`.execute(
    server.deps.db,
  );
  expect((await confirm(third, favour)).status).toBe(401);
  await sql`update app_user set status = 'active' where global_user_id = ${third.globalUserId}`.execute(server.deps.db);
  expect((await confirm(third, favour)).status).toBe(200);
  // Where nobody else is left, those whom it favours are the second person.
  await sql`update app_user set status = 'disabled' where username in ('third-admin', 'third', 'una-2')`.execute(
    server.deps.db,
  );
  const left = idOf(await patch(una, ugo2, { permissions: ['AUDIT', 'GOVERNANCE'] }));
  expect((await confirm(ugo, left)).status).toBe(200);
  // By disabling the other one nobody comes to act alone, not before a week has passed.
  const disable = (before: string) =>
    sql`update app_user set status = 'disabled', disabled_at = now() - ${before}::interval where username like 'ugo%'`.execute(
      server.deps.db,
    );
  await disable('6 days');
  const inVain = idOf(await patch(una, plain, { permissions: ['AUDIT'] }));
  expect((await una.call(changes.withdrawPeopleChange, { params: inVain })).status).toBe(200);
  await disable('8 days');
  expect(await patch(una, plain, { permissions: ['AUDIT'] })).toMatchObject({ status: 200 });
  await patch(una, plain, { permissions: [] });
  await sql`update app_user set status = 'active', disabled_at = null where username like 'ugo%'`.execute(
    server.deps.db,
  );
});

test('what is not as it was when it was filed is not changed', async () => {
  const params = idOf(await patch(una, plain, { permissions: ['AUDIT'] }));
  await patch(ugo, plain, { attributes: { team: ['B'] } });
  expect(await confirm(ugo, params)).toMatchObject({ status: 409, body: { code: 'people_change.stale' } });
  expect(await permissionsOf(plain)).toEqual([]);
  const { body } = await ugo.call(changes.readPeopleChange, { params });
  expect(body.state).toBe('WAITING');
  await decline(ugo, params);
  // Nor by whoever may not change people any more.
  const filed = idOf(await patch(una, plain, { permissions: ['AUDIT'] }));
  await sql`delete from global_permission where global_user_id = ${una.globalUserId}`.execute(server.deps.db);
  expect(await confirm(ugo, filed)).toMatchObject({ status: 409, body: { code: 'people_change.stale' } });
  await sql`insert into global_permission (global_user_id, permission) values (${una.globalUserId}, 'USER_ADMIN')`.execute(
    server.deps.db,
  );
  expect((await confirm(ugo, filed)).status).toBe(200);
  await patch(una, plain, { permissions: [] });
});

test('of a confirmation and a refusal at once exactly one counts', async () => {
  const third = await server.person({ username: 'racer', permissions: ['USER_ADMIN'] });
  for (let n = 0; n < 3; n += 1) {
    const params = idOf(await patch(una, plain, { permissions: ['AUDIT'] }));
    const answers = await Promise.all([confirm(ugo, params), decline(third, params)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await permissionsOf(plain)).toEqual(answers[0].status === 200 ? ['AUDIT'] : []);
    await patch(una, plain, { permissions: [] });
  }
  await sql`update app_user set status = 'disabled' where username = 'racer'`.execute(server.deps.db);
});

test('after a week nobody confirms it, and the same call twice is filed once', async () => {
  const call = () =>
    una.call(user.createUser, {
      body: { ...bodyOf('twice'), permissions: ['AUDIT'] },
      headers: { 'idempotency-key': 'twice' },
    });
  const params = idOf(await call());
  expect(idOf(await call())).toEqual(params);
  await sql`update people_change set expires_at = now() - interval '1 second' where id = ${params.id}`.execute(
    server.deps.db,
  );
  expect(await confirm(ugo, params)).toMatchObject({ status: 409, body: { code: 'people_change.not_waiting' } });
  await expirePeopleChanges(server.deps);
  expect((await una.call(changes.listPeopleChanges, { query: { state: ['EXPIRED'] } })).body).toMatchObject({
    data: [{ id: params.id, state: 'EXPIRED' }],
    meta: { totalCount: 1 },
  });
  expect(await lastAudit('PeopleChangeExpired')).toMatchObject({ payload: { peopleChangeId: params.id } });
  const stranger = await newcomer('stranger');
  expect((await stranger.call(changes.listPeopleChanges)).status).toBe(403);
});

test('an edit of a group that gives nobody anything waits for nobody', async () => {
  const { id } = (await una.call(group.createGroup, { body: { name: 'Everybody' } })).body;
  const { rows } = await sql<{ id: string }>`
    insert into app_user (global_user_id, person_id, username, username_key, name, email)
    select i, i, 'many-' || n, 'many-' || n, 'Many', null from generate_series(1, 120) n, lateral (select gen_random_uuid() as i where n > 0) g
    returning global_user_id as id`.execute(server.deps.db);
  const members = await una.call(group.setGroupMembers, {
    params: { id: String(id) },
    body: { globalUserIds: rows.map((row) => row.id) },
  });
  expect(members).toMatchObject({ status: 200, body: { memberCount: 120 } });
});
