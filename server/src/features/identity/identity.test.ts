import { createConnection, updateConnection } from '@stoa/contract/connection';
import { listIdentities, setIdentity } from '@stoa/contract/identity';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { uniqueName } from '../../testing/postgres.ts';
import { createPlatform, type TestPlatform } from '../../testing/scratch-platform.ts';
import { nameOf, resolveIdentities } from './resolve.ts';

let server: TestServer;
let platform: TestPlatform;
let userAdmin: TestPerson;
let appAdmin: TestPerson;
let ann: TestPerson;
let bob: TestPerson;
let connectionId: string;
const [annLogin, bobLogin, group] = [uniqueName('ann'), uniqueName('bob'), uniqueName('group')];
const params = (person: TestPerson) => ({ connectionKey: 'warehouse', globalUserId: person.globalUserId });

beforeAll(async () => {
  server = await startTestServer();
  platform = await createPlatform(
    server.deps,
    `create schema s; create table s.t (id int); create role ${annLogin} login; create role ${group} nologin`,
  );
  await platform.setUp();
  userAdmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  appAdmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  ann = await server.person({ username: annLogin });
  bob = await server.person({ username: bobLogin });
  const made = await appAdmin.call(createConnection, { body: platform.connection('warehouse') });
  expect(made.status).toBe(201);
  const { rows } = await sql<{ id: string }>`select id from connection`.execute(server.deps.db);
  connectionId = rows[0]?.id ?? '';
});
afterAll(async () => {
  await server.stop();
  await platform.run(`drop role if exists ${annLogin}, ${bobLogin}, ${group}`);
  await platform.drop();
});

test('a template names people by their parts, and nobody whose part is missing', () => {
  expect(nameOf('{emailLocalPart}@wh', { username: 'x', email: 'ann@a.example' })).toBe('ann@wh');
  expect(nameOf('{email}', { username: 'x', email: null })).toBeUndefined();
  const loud = { username: 'ANN', email: 'Ann.Lee@A.example' };
  expect(nameOf('{username:lower}@{emailLocalPart}', loud)).toBe('ann@Ann.Lee');
  expect(nameOf('{emailLocalPart:lower} {email:lower}', loud)).toBe('ann.lee ann.lee@a.example');
  expect(nameOf('{email:lower}', { username: 'x', email: null })).toBeUndefined();
  expect(nameOf('{phone:lower}', loud)).toBeUndefined();
});

const told = async (person: TestPerson) => {
  const { rows } = await sql<{ from: string | null; to: string }>`
    select payload ->> 'from' as from, payload ->> 'to' as to from audit_event
    where action = 'PlatformIdentityChanged' and targets @> ${JSON.stringify([{ id: person.globalUserId }])}::jsonb
    order by sequence`.execute(server.deps.db);
  return rows.map(({ from, to }) => `${from} -> ${to}`);
};

test('people are looked up by the template; one whose login is missing appears by itself once it is made', async () => {
  const first = await resolveIdentities(server.deps, connectionId, [ann.globalUserId, bob.globalUserId]);
  expect(first.identities.get(ann.globalUserId)).toMatchObject({ externalName: annLogin, state: 'fallback' });
  expect(first.identities.get(bob.globalUserId)).toMatchObject({ state: 'absent', principalId: null });
  expect(first.changed).toHaveLength(2);
  expect((await resolveIdentities(server.deps, connectionId, [ann.globalUserId, bob.globalUserId])).changed).toEqual(
    [],
  );
  // Who was looked for and is nobody there did not change.
  expect([await told(ann), await told(bob)]).toEqual([['null -> fallback'], []]);
  await platform.run(`create role ${bobLogin} login`);
  const second = await resolveIdentities(server.deps, connectionId, [bob.globalUserId]);
  expect(second.identities.get(bob.globalUserId)).toMatchObject({
    state: 'fallback',
    principalId: expect.stringMatching(/^\d+$/),
  });
  expect(second.changed).toEqual([bob.globalUserId]);
  expect(await told(bob)).toEqual(['absent -> fallback']);
});

test('a login that was made anew under the same name gets nothing until a person confirms it', async () => {
  await platform.run(`drop role ${bobLogin}; create role ${bobLogin} login`);
  const seen = await resolveIdentities(server.deps, connectionId, [bob.globalUserId]);
  expect(seen.identities.get(bob.globalUserId)).toMatchObject({ state: 'unverified' });
  expect(await told(bob)).toEqual(['absent -> fallback', 'fallback -> unverified']);
  const confirmed = await userAdmin.call(setIdentity, { params: params(bob), body: { externalName: bobLogin } });
  expect(confirmed.body).toMatchObject({ state: 'mapped', source: 'admin' });
});

test('only a user admin names people, and nobody names themselves', async () => {
  const body = { externalName: annLogin };
  expect((await server.nobody.call(setIdentity, { params: params(ann), body })).status).toBe(401);
  expect((await appAdmin.call(setIdentity, { params: params(ann), body })).status).toBe(403);
  expect((await userAdmin.call(setIdentity, { params: params(userAdmin), body })).status).toBe(403);
  expect((await ann.call(listIdentities, { params: { connectionKey: 'warehouse' } })).status).toBe(403);
  const unknown = { connectionKey: 'warehouse', globalUserId: newUuid() };
  expect((await userAdmin.call(setIdentity, { params: unknown, body })).status).toBe(404);
});

test('names that would reach everybody, a group, Stoa itself or another person are refused', async () => {
  for (const externalName of [
    'public',
    'PUBLIC',
    'pg_read_all_data',
    'none',
    group,
    platform.account,
    'x'.repeat(64),
  ]) {
    const refused = await userAdmin.call(setIdentity, { params: params(ann), body: { externalName } });
    expect(refused, externalName).toMatchObject({ status: 422, body: { code: 'identity.reserved' } });
  }
  const taken = await userAdmin.call(setIdentity, { params: params(ann), body: { externalName: bobLogin } });
  expect(taken).toMatchObject({ status: 409, body: { code: 'identity.taken' } });
  const both = await Promise.all(
    [ann, appAdmin].map((person) =>
      userAdmin.call(setIdentity, { params: params(person), body: { externalName: 'nobody-yet' } }),
    ),
  );
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
});

test('null goes back to the template, and every change is in the audit trail', async () => {
  const back = await userAdmin.call(setIdentity, { params: params(ann), body: { externalName: null } });
  expect(back.body).toMatchObject({ externalName: annLogin, state: 'fallback', source: 'template' });
  const { body } = await userAdmin.call(listIdentities, {
    params: { connectionKey: 'warehouse' },
    query: { state: 'mapped' },
  });
  expect(body.data.map((row) => row.user.globalUserId)).toContain(bob.globalUserId);
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from audit_event where action = 'PlatformIdentityChanged'`.execute(server.deps.db);
  expect(rows[0]?.n).toBeGreaterThanOrEqual(6);
});

test('while the platform is away a name is kept unverified', async () => {
  await sql`update connection set config = config || '{"port": 1}'`.execute(server.deps.db);
  await server.deps.platforms.forget(connectionId);
  const { body } = await userAdmin.call(setIdentity, { params: params(ann), body: { externalName: 'later' } });
  expect(body).toMatchObject({ externalName: 'later', state: 'unverified' });
  expect(body.verifiedAt).toBeUndefined();
  const template = await appAdmin.call(updateConnection, {
    params: { connectionKey: 'warehouse' },
    body: { settings: { identityTemplate: '{email}' } },
  });
  expect(template.body.settings.identityTemplate).toBe('{email}');
});
