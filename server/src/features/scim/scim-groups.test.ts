import { createGroup, deleteGroup, readGroup, setGroupMembers, updateGroup } from '@stoa/contract/group';
import { importPeople } from '@stoa/contract/people-import';
import { linkSignIn } from '@stoa/contract/provider-sign-in';
import { setScimAccess } from '@stoa/contract/scim-access';
import { scimUrns } from '@stoa/contract/scim-path';
import { createUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { givePolicy } from '../../testing/policies.ts';
import { type Directory, entraGroup, fromEntra, fromOkta, openDirectory } from './scim.fixture.ts';

let server: TestServer;
let appadmin: TestPerson;
let useradmin: TestPerson;
let directory: Directory;
let other: Directory;
const people: string[] = [];
beforeAll(async () => {
  server = await startTestServer();
  appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  for (const id of ['entra', 'okta'])
    await sql`insert into identity_provider (id, name, issuer, client_id, scopes, claims, unknown_people, is_enabled)
      values (${id}, ${`Directory ${id}`}, ${`https://${id}.invalid`}, 'stoa', '{openid}', '{"attributes": {}}', 'refuse', true)`.execute(
      server.deps.db,
    );
  ({ directory } = await openDirectory(server, appadmin, 'entra'));
  ({ directory: other } = await openDirectory(server, appadmin, 'okta'));
  for (const name of ['a', 'b', 'c']) people.push(await directory.add(fromEntra(`member.${name}`, `m-${name}`)));
});
afterAll(() => server?.stop());

const membersIn = async (id: string) =>
  (await useradmin.call(readGroup, { params: { id: Number(id) } })).body.members.map((one) => one.globalUserId).sort();
const entra = (op: string, ...ids: string[]) => ({
  op,
  path: 'members',
  value: ids.map((value) => ({ $ref: null, value })),
});

describe('what Entra ID sends', () => {
  it('makes a group, adds and removes members by a list, and asks without members', async () => {
    const made = await directory.post('/Groups', entraGroup('Entra readers', 'g-1'));
    expect(made).toMatchObject({ status: 201, body: { displayName: 'Entra readers', externalId: 'g-1', members: [] } });
    const id = String(made.body['id']);
    const [a = '', b = '', c = ''] = people;
    expect((await directory.patch(`/Groups/${id}`, entra('Add', a, b, c))).status).toBe(204);
    expect((await directory.patch(`/Groups/${id}`, entra('Remove', c), entra('Add', b))).status).toBe(204);
    expect(await membersIn(id)).toEqual([a, b].sort());
    const found = await directory.find('Groups', 'displayName eq "ENTRA READERS"');
    expect(found).toMatchObject([{ id, members: [{ value: expect.anything() }, {}] }]);
    const bare = await directory.get(`/Groups/${id}?excludedAttributes=members`);
    expect(bare.body).not.toHaveProperty('members');
    const query = `excludedAttributes=members&filter=${encodeURIComponent(`id eq "${id}" and members eq "${a}"`)}`;
    expect((await directory.get(`/Groups?${query}`)).body).toMatchObject({ totalResults: 1 });
    expect(await directory.find('Groups', `members[value eq "${c}"]`)).toEqual([]);
    expect(await directory.find('Groups', `members eq "${a.toUpperCase()}"`)).toMatchObject([{ id }]);
    expect(await directory.find('Groups', 'members eq "nobody"')).toEqual([]);
    expect(await directory.find('Groups', 'externalId eq "g-1"')).toMatchObject([{ id }]);
    const { rows } = await sql`
      select 1 from audit_event where action = 'GroupMemberAdded' and actor_id = 'entra' and payload ->> 'source' = 'entra'`.execute(
      server.deps.db,
    );
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe('what Okta sends', () => {
  it('renames by a value that repeats the id, removes by a filter, and replaces all members', async () => {
    const [one, two] = [await other.add(fromOkta('okta.a', 'o-a')), await other.add(fromOkta('okta.b', 'o-b'))];
    const id = await other.addGroup({
      schemas: [scimUrns.group],
      displayName: 'Okta readers',
      members: [{ value: one }],
    });
    const renamed = await other.patch(`/Groups/${id}`, { op: 'replace', value: { id, displayName: 'Okta writers' } });
    expect(renamed.status).toBe(204);
    await other.patch(
      `/Groups/${id}`,
      { op: 'remove', path: `members[value eq "${one}"]` },
      { op: 'add', path: 'members', value: [{ value: two, display: 'okta.b' }] },
    );
    expect(await membersIn(id)).toEqual([two]);
    const put = await other.put(`/Groups/${id}`, {
      displayName: 'Okta writers',
      members: [{ value: one }, { value: two }],
    });
    expect(put).toMatchObject({ status: 200, body: { displayName: 'Okta writers' } });
    expect(put.body['members']).toHaveLength(2);
    await other.delete(`/Users/${one}`);
    expect(await membersIn(id)).toEqual([two]);
  });
});

describe('whose a group is', () => {
  const taken = { status: 409, body: { scimType: 'uniqueness' } };

  it('one made by hand is taken over where that was allowed alone, with who was in it', async () => {
    const [a = '', b = ''] = people;
    const { body: byHand } = await useradmin.call(createGroup, {
      body: { name: 'By hand', attributes: { region: ['EMEA'] } },
    });
    const params = { id: byHand.id };
    await useradmin.call(setGroupMembers, { params, body: { globalUserIds: [a, appadmin.globalUserId] } });
    const said = { ...entraGroup('By Hand', 'g-2'), members: [{ value: a }] };
    expect(await directory.post('/Groups', said)).toMatchObject(taken);
    await appadmin.call(setScimAccess, { params: { id: 'entra' }, body: { takesOverGroups: true } });
    expect(await directory.addGroup(said)).toBe(String(byHand.id));
    expect(await membersIn(String(byHand.id))).toEqual([a, appadmin.globalUserId].sort());
    const { rows: told } = await sql<{ payload: unknown }>`select payload from audit_event
      where payload ->> 'membersTakenOverBy' = 'entra' and targets -> 0 ->> 'id' = ${String(byHand.id)}`.execute(
      server.deps.db,
    );
    expect(told).toMatchObject([{ payload: { membersTakenOverBy: 'entra', members: [a], count: 1 } }]);
    await appadmin.call(setScimAccess, { params: { id: 'entra' }, body: {} });
    const kept = { status: 409, code: 'group.kept_by_directory' };
    expect((await useradmin.call(updateGroup, { params, body: { name: 'Other' } })).body).toMatchObject(kept);
    expect((await useradmin.call(deleteGroup, { params })).body).toMatchObject(kept);
    const added = await useradmin.call(setGroupMembers, {
      params,
      body: { globalUserIds: [a, b, appadmin.globalUserId] },
    });
    expect(added.body).toMatchObject(kept);
    const removed = await useradmin.call(setGroupMembers, { params, body: { globalUserIds: [appadmin.globalUserId] } });
    expect(removed.body).toMatchObject({ code: 'user.said_by_provider' });
    expect((await useradmin.call(setGroupMembers, { params, body: { globalUserIds: [a] } })).status).toBe(200);
    expect((await directory.patch(`/Groups/${byHand.id}`, entra('Remove', a))).status).toBe(204);
    expect(await membersIn(String(byHand.id))).toEqual([]);
    expect((await directory.delete(`/Groups/${byHand.id}`)).status).toBe(204);
    expect((await useradmin.call(readGroup, { params })).body.attributes).toEqual({ region: ['EMEA'] });
    expect(await directory.addGroup(said)).toBe(String(byHand.id));
    await directory.delete(`/Groups/${byHand.id}`);
    // Another group that has come by the name has no part in what the former one was given.
    expect(await directory.post('/Groups', { ...said, externalId: 'g-2-again' })).toMatchObject(taken);
    expect(await directory.addGroup(said)).toBe(String(byHand.id));
  });

  it('neither directory reaches what the other one keeps', async () => {
    const [a = ''] = people;
    const id = await directory.addGroup(entraGroup('Of Entra', 'g-3'));
    for (const answer of [
      await other.get(`/Groups/${id}`),
      await other.delete(`/Groups/${id}`),
      await other.patch(`/Groups/${id}`, entra('Add', a)),
      await other.get(`/Users/${a}`),
      await other.patch(`/Users/${a}`, { op: 'replace', value: { active: false } }),
      await other.delete(`/Users/${a}`),
    ])
      expect(answer).toMatchObject({ status: 404, body: { status: '404' } });
    expect(await other.find('Users', 'externalId eq "m-a"')).toEqual([]);
    expect(await other.post('/Groups', entraGroup('Of Entra', 'x'))).toMatchObject(taken);
    expect(await other.post('/Users', fromOkta('member.a', 'm-a'))).toMatchObject(taken);
    const foreign = await other.addGroup({ displayName: 'Of Okta' });
    expect(await other.patch(`/Groups/${foreign}`, entra('Add', a))).toMatchObject({
      status: 400,
      body: { scimType: 'invalidValue' },
    });
    expect(await membersIn(foreign)).toEqual([]);
  });

  it('of two directories that take up the same person or group at once one has them', async () => {
    const { body: user } = await useradmin.call(createUser, {
      body: { username: 'of.both', name: 'Of both', email: 'both@example.org' },
    });
    const { body: group } = await useradmin.call(createGroup, { body: { name: 'Of both' } });
    for (const providerId of ['entra', 'okta']) {
      const params = { globalUserId: user.globalUserId, providerId };
      await useradmin.call(linkSignIn, { params, body: { subject: `both-${providerId}` } });
      await appadmin.call(setScimAccess, { params: { id: providerId }, body: { takesOverGroups: true } });
    }
    const sides = [
      { by: directory, name: 'entra' },
      { by: other, name: 'okta' },
    ] as const;
    const people = await Promise.all(
      sides.map(({ by, name }) => by.post('/Users', fromOkta('of.both', `both-${name}`))),
    );
    const groups = await Promise.all(
      sides.map(({ by, name }) => by.post('/Groups', entraGroup('Of both', `both-${name}`))),
    );
    for (const answers of [people, groups]) expect(answers.map((one) => one.status).sort()).toEqual([201, 409]);
    const { rows } = await sql<{ keeper: string; id: string }>`
      select provider_id as keeper, external_id as id from scim_person where global_user_id = ${user.globalUserId}
      union all select provider_id, external_id from scim_group where group_id = ${group.id}`.execute(server.deps.db);
    expect(rows.map((row) => row.id)).toEqual(rows.map((row) => `both-${row.keeper}`));
    const [loser] = sides.filter((_, at) => people[at]?.status === 409);
    expect(await loser?.by.post('/Users', fromOkta('another.name', `both-${loser.name}`))).toMatchObject(taken);
    for (const id of ['entra', 'okta']) await appadmin.call(setScimAccess, { params: { id }, body: {} });
  });

  it('one that a policy names keeps its name, and stays when the directory lets it go', async () => {
    const id = await directory.addGroup({ ...entraGroup('Named', 'g-4'), members: [{ value: people[0] }] });
    await givePolicy(server.deps, { name: 'Asks for it', kind: 'grant', condition: "@isInGroups('Named')" });
    const renamed = await directory.patch(`/Groups/${id}`, { op: 'Replace', path: 'displayName', value: 'Renamed' });
    expect(renamed.status).toBe(409);
    expect((await directory.get(`/Groups/${id}`)).body).toMatchObject({ displayName: 'Named' });
    expect((await directory.delete(`/Groups/${id}`)).status).toBe(204);
    expect(await membersIn(id)).toEqual([]);
    const gone = await directory.addGroup(entraGroup('Unnamed', 'g-5'));
    await directory.delete(`/Groups/${gone}`);
    expect((await useradmin.call(readGroup, { params: { id: Number(gone) } })).status).toBe(404);
  });

  it('refuses what it cannot keep', async () => {
    const id = await directory.addGroup(entraGroup('Refuses', 'g-6'));
    const refused: [Record<string, unknown>, string][] = [
      [{ op: 'add', path: 'members', value: [{ value: newUuid() }] }, 'invalidValue'],
      [{ op: 'add', path: 'members', value: [{ value: 'no id' }] }, 'invalidValue'],
      [{ op: 'add', path: 'members', value: [{ value: id, type: 'Group' }] }, 'invalidValue'],
      [{ op: 'remove', path: 'displayName' }, 'invalidValue'],
      [{ op: 'add', path: 'permissions', value: 'x' }, 'invalidPath'],
      [{ op: 'add', path: 'members[value eq "x"].role', value: 'x' }, 'invalidPath'],
      [{ op: 'remove', path: 'members[display eq "x"]' }, 'invalidPath'],
    ];
    for (const [operation, scimType] of refused)
      expect(await directory.patch(`/Groups/${id}`, operation)).toMatchObject({ status: 400, body: { scimType } });
    expect(await directory.post('/Groups', { members: [] })).toMatchObject({ status: 400 });
    expect(await directory.post('/Groups', entraGroup('Refuses', 'g-7'))).toMatchObject(taken);
    expect((await directory.get('/Groups/99999999999')).status).toBe(404);
  });
});

it('two are not known by one externalId, and files change nothing that a directory keeps', async () => {
  const taken = { status: 409, body: { scimType: 'uniqueness', status: '409' } };
  await directory.addGroup(entraGroup('Filed', 'g-8'));
  const other8 = await directory.addGroup({ displayName: 'Filed too' });
  expect(await directory.patch(`/Groups/${other8}`, { op: 'Add', path: 'externalId', value: 'g-8' })).toMatchObject(
    taken,
  );
  const bare = await directory.add({ userName: 'bare' });
  expect(await directory.patch(`/Users/${bare}`, { op: 'Add', path: 'externalId', value: 'm-a' })).toMatchObject(taken);
  const rowsOf = async (kind: 'members' | 'users', csv: string) =>
    (await useradmin.call(importPeople, { params: { kind }, query: { dryRun: 'true' }, body: { csv } })).body.rows;
  const refused = [{ outcome: 'refused' }];
  expect(await rowsOf('members', 'group,username,action\nFiled,appadmin,add')).toMatchObject(refused);
  expect(await rowsOf('users', 'username,name\nbare,By file')).toMatchObject(refused);
});

it('holds a group of five thousand', async () => {
  const ids = Array.from({ length: 5_000 }, () => newUuid());
  const { db } = server.deps;
  await sql`insert into app_user (global_user_id, person_id, username, username_key, name)
    select id, id, 'many-' || n, 'many-' || n, 'Many ' || n from unnest(${ids}::uuid[]) with ordinality w (id, n)`.execute(
    db,
  );
  await sql`insert into scim_person (global_user_id, provider_id, external_id, resource)
    select id, 'entra', id::text, '{"texts":{},"name":{},"emails":[],"enterprise":{},"attributes":{}}' from unnest(${ids}::uuid[]) id`.execute(
    db,
  );
  const id = await directory.addGroup({ ...entraGroup('Many', 'g-many'), members: ids.map((value) => ({ value })) });
  const last = ids.at(-1) ?? '';
  expect((await directory.patch(`/Groups/${id}`, entra('Remove', last))).status).toBe(204);
  expect((await directory.get(`/Groups/${id}`)).body['members']).toHaveLength(4_999);
});
