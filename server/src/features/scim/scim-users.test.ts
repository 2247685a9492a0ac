import { createToken, getCurrentUser } from '@stoa/contract/auth';
import { linkSignIn, unlinkSignIn } from '@stoa/contract/provider-sign-in';
import { createGroup } from '@stoa/contract/group';
import { endScimAccess, readScimAccess, renewScimToken, setScimAccess } from '@stoa/contract/scim-access';
import { scimUrns } from '@stoa/contract/scim-path';
import { createUser, readUser, updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../http/authenticate.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { LocalProvider } from '../../testing/local-provider.ts';
import { callerOf, type TestPerson } from '../../testing/people.ts';
import { waitFor } from '../../testing/register-platform.ts';
import { insertToken } from '../token/create-token.ts';
import { connectLocal, StoaBrowser } from '../provider-sign-in/sign-in.fixture.ts';
import { Directory, fromEntra, fromOkta, openDirectory } from './scim.fixture.ts';

const id = 'local-op';
const provider = new LocalProvider();
let server: TestServer;
let appadmin: TestPerson;
let useradmin: TestPerson;
let directory: Directory;
let token: string;
beforeAll(async () => {
  await provider.start();
  server = await startTestServer({ env: provider.env });
  appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  await connectLocal(appadmin, provider, { claims: { groups: 'groups', attributes: { Department: 'department' } } });
  ({ directory, token } = await openDirectory(server, appadmin, id));
});
afterAll(async () => {
  await server?.stop();
  await provider.stop();
});

const person = async (globalUserId: string) => (await useradmin.call(readUser, { params: { globalUserId } })).body;
const setActive = (value: unknown) => ({ op: 'Replace', path: 'active', value });

describe('the way in', () => {
  it('is an application admin’s to open, renew and close; its token is told once and stored as a hash', async () => {
    for (const caller of [useradmin, server.nobody])
      expect((await caller.call(setScimAccess, { params: { id }, body: {} })).status).toBe(
        caller === useradmin ? 403 : 401,
      );
    const { body } = await appadmin.call(readScimAccess, { params: { id } });
    expect(body).toMatchObject({
      isOn: true,
      baseUrl: `${server.url}/api/scim/v2`,
      idClaim: 'sub',
      takesOverGroups: false,
    });
    expect(JSON.stringify(body)).not.toContain(token);
    const again = await appadmin.call(setScimAccess, { params: { id }, body: { takesOverGroups: false } });
    expect(again.body.token).toBeNull();
    const { rows } = await sql<{ text: string }>`
      select row_to_json(a)::text as text from audit_event a union all select row_to_json(s)::text from scim_access s`.execute(
      server.deps.db,
    );
    expect(rows.map((row) => row.text).join()).not.toContain(token);
    const renewed = await appadmin.call(renewScimToken, { params: { id } });
    expect((await directory.get('/Users')).status).toBe(401);
    token = String(renewed.body.token);
    directory = new Directory(server, token);
    expect((await directory.get('/Users')).status).toBe(200);
    expect((await appadmin.call(setScimAccess, { params: { id }, body: { idClaim: 'email' } })).status).toBe(400);
    expect((await appadmin.call(renewScimToken, { params: { id: 'nowhere' } })).status).toBe(404);
  });

  it('is no way for anybody else, and its token opens nothing else', async () => {
    const { token: pat } = await server.deps.db
      .transaction()
      .execute((tx) =>
        insertToken(tx, { owner: appadmin, actor: { type: 'SYSTEM_ACTOR', id: 'x', name: 'x' }, description: 'x' }),
      );
    const opened = await openSession(server.deps.db, {
      globalUserId: appadmin.globalUserId,
      ip: '127.0.0.1',
      userAgent: '',
    });
    for (const bad of [undefined, pat, `${token}x`, 'stoa_scim_', 'x y']) {
      const answer = await new Directory(server, bad).get('/Users');
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/scim+json');
      expect(answer.body).toMatchObject({ schemas: [scimUrns.error], status: '401' });
    }
    const cookie = { cookie: `stoa_session=${opened.token}`, origin: server.url, 'sec-fetch-site': 'same-origin' };
    expect((await server.nobody.send('GET', '/api/scim/v2/Users', undefined, cookie)).status).toBe(401);
    expect((await callerOf(server.url, token).call(getCurrentUser)).status).toBe(401);
    expect((await callerOf(server.url, token).call(createToken, { body: { description: 'x' } })).status).toBe(401);
  });

  it('says what is supported, and refuses in the form of SCIM', async () => {
    const { body } = await directory.get('/ServiceProviderConfig');
    expect(body).toMatchObject({ patch: { supported: true }, bulk: { supported: false }, sort: { supported: false } });
    const types = await directory.get('/ResourceTypes');
    expect(types.body['Resources']).toMatchObject([{ id: 'User', endpoint: '/Users' }, { id: 'Group' }]);
    expect((await directory.get(`/Schemas/${scimUrns.enterprise}`)).body).toMatchObject({ name: 'EnterpriseUser' });
    expect((await directory.get('/Schemas')).body['totalResults']).toBe(4);
    expect(await directory.get('/Bulk')).toMatchObject({
      status: 404,
      body: { schemas: [scimUrns.error], status: '404' },
    });
    const broken = await callerOf(server.url, token).send('POST', '/api/scim/v2/Users', '{"a":', {
      'content-type': 'application/scim+json',
    });
    expect(broken).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax', status: '400' } });
    const form = { 'content-type': 'text/plain' };
    expect((await callerOf(server.url, token).send('POST', '/api/scim/v2/Users', 'x', form)).status).toBe(415);
  });
});

describe('what Entra ID sends', () => {
  it('finds nobody, makes them, and finds them by user name and externalId', async () => {
    expect((await directory.get(`/Users?filter=${encodeURIComponent('userName eq "entra-one"')}`)).body).toMatchObject({
      schemas: [scimUrns.list],
      totalResults: 0,
      Resources: [],
    });
    const made = await directory.post(
      '/Users',
      fromEntra('entra-one', 'e-1', { [scimUrns.enterprise]: { department: 'Sales' } }),
    );
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      externalId: 'e-1',
      userName: 'entra-one',
      active: true,
      displayName: 'Given Family',
    });
    expect(made.headers.get('location')).toBe(`${server.url}/api/scim/v2/Users/${String(made.body['id'])}`);
    for (const filter of [
      'userName eq "ENTRA-ONE"',
      'externalId eq "e-1"',
      'emails.value eq "entra-one@example.org"',
      `id eq "${String(made.body['id'])}" and active eq true`,
    ])
      expect(await directory.find('Users', filter)).toMatchObject([{ id: made.body['id'] }]);
    expect(await directory.find('Users', 'externalId eq "E-1"')).toEqual([]);
    const kept = await person(String(made.body['id']));
    expect(kept).toMatchObject({ iamId: id, username: 'entra-one', email: 'entra-one@example.org', permissions: [] });
    expect(kept.heldAttributes).toMatchObject([{ name: 'department', value: 'Sales', source: id }]);
  });

  it('changes single values, in operations of which all or none are applied', async () => {
    const [one] = await directory.find('Users', 'userName eq "entra-one"');
    const path = `/Users/${String(one?.['id'])}`;
    const changed = await directory.patch(
      path,
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updated@example.org' },
      { op: 'Replace', path: 'name.familyName', value: 'Updated' },
      { op: 'Add', path: 'displayName', value: 'Anna Updated' },
      { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '+46 1' },
      { op: 'Add', path: `${scimUrns.enterprise}:manager`, value: 'someone' },
      { op: 'Replace', path: `${scimUrns.enterprise}:department`, value: 'Legal' },
      { op: 'Add', path: `${scimUrns.attributes}:region`, value: ['EMEA', 'US'] },
    );
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      displayName: 'Anna Updated',
      emails: [{ value: 'updated@example.org', primary: true }],
      name: { familyName: 'Updated', givenName: 'Given' },
      [scimUrns.enterprise]: { department: 'Legal', manager: { value: 'someone' } },
      [scimUrns.attributes]: { region: ['EMEA', 'US'] },
    });
    const held = (await person(String(one?.['id']))).heldAttributes.map(({ name, value }) => `${name} ${value}`);
    expect(held).toEqual(['department Legal', 'manager someone', 'region EMEA', 'region US']);
    const half = await directory.patch(
      path,
      { op: 'Replace', path: 'displayName', value: 'Half' },
      { op: 'Add', path: 'nonsense', value: 1 },
    );
    expect(half).toMatchObject({ status: 400, body: { scimType: 'invalidPath' } });
    expect((await directory.get(path)).body).toMatchObject({ displayName: 'Anna Updated' });
    expect(
      (await directory.patch(path, { op: 'Remove', path: `${scimUrns.attributes}:region`, value: ['US'] })).body,
    ).toMatchObject({
      [scimUrns.attributes]: { region: ['EMEA'] },
    });
  });

  it('disables somebody by a text, which ends session and token, and enables only whom it had disabled', async () => {
    const globalUserId = await directory.add(fromEntra('entra-two', 'e-2'));
    const { token: session } = await openSession(server.deps.db, { globalUserId, ip: '127.0.0.1', userAgent: '' });
    const mine = await server.deps.db.transaction().execute((tx) =>
      insertToken(tx, {
        owner: { globalUserId, name: 'x' },
        actor: { type: 'SYSTEM_ACTOR', id: 'x', name: 'x' },
        description: 'x',
      }),
    );
    const cookie = { cookie: `stoa_session=${session}` };
    expect((await server.nobody.call(getCurrentUser, { headers: cookie })).status).toBe(200);
    expect((await directory.patch(`/Users/${globalUserId}`, setActive('False'))).body).toMatchObject({ active: false });
    expect((await server.nobody.call(getCurrentUser, { headers: cookie })).status).toBe(401);
    expect((await callerOf(server.url, mine.token).call(getCurrentUser)).status).toBe(401);
    const { rows } = await sql<{ actor: string; source: string }>`
      select actor_id as actor, payload ->> 'source' as source from audit_event
      where action = 'UserDisabled' and targets -> 0 ->> 'id' = ${globalUserId}`.execute(server.deps.db);
    expect(rows).toEqual([{ actor: id, source: id }]);
    expect((await directory.patch(`/Users/${globalUserId}`, setActive('True'))).body).toMatchObject({ active: true });
    const asList = [{ $ref: null, value: 'False' }];
    expect((await directory.patch(`/Users/${globalUserId}`, setActive(asList))).body).toMatchObject({ active: false });
    for (const nothing of [setActive(null), { op: 'Remove', path: 'active' }, { op: 'add', value: { active: '' } }])
      expect((await directory.patch(`/Users/${globalUserId}`, nothing)).body).toMatchObject({ active: false });
    expect((await directory.patch(`/Users/${globalUserId}`, setActive('True'))).body).toMatchObject({ active: true });
    await useradmin.call(updateUser, { params: { globalUserId }, body: { status: 'disabled' } });
    expect((await directory.patch(`/Users/${globalUserId}`, setActive(false))).body).toMatchObject({ active: false });
    expect((await directory.patch(`/Users/${globalUserId}`, setActive(true))).body).toMatchObject({ active: false });
    expect((await person(globalUserId)).status).toBe('disabled');
  });
});

describe('what Okta sends', () => {
  it('makes somebody, replaces all of them, and disables them by a value without a path', async () => {
    expect((await directory.get('/Users?count=2&startIndex=1')).body).toMatchObject({ itemsPerPage: 2, startIndex: 1 });
    expect((await directory.get('/Users?count=0')).body).toMatchObject({ itemsPerPage: 0, Resources: [] });
    const made = await directory.post('/Users', fromOkta('okta.one', '00u1', { nickName: 'Tess' }));
    const path = `/Users/${String(made.body['id'])}`;
    expect(made.body).toMatchObject({ displayName: 'Test User', locale: 'en-US', nickName: 'Tess' });
    expect(JSON.stringify(made.body)).not.toContain('1mz050nq');
    const put = await directory.put(path, {
      ...fromOkta('okta.one', '00u1', { displayName: 'Another Name' }),
      id: made.body['id'],
      meta: made.body['meta'],
    });
    expect(put).toMatchObject({ status: 200, body: { displayName: 'Another Name', active: true } });
    expect(put.body).not.toHaveProperty('nickName');
    expect((await directory.patch(path, { op: 'replace', value: { active: false } })).body).toMatchObject({
      active: false,
    });
    expect((await directory.get(`${path}?attributes=userName,active`)).body).toEqual({
      schemas: [scimUrns.user],
      id: made.body['id'],
      userName: 'okta.one',
      active: false,
      meta: made.body['meta'] === undefined ? undefined : expect.anything(),
    });
  });
});

describe('who is who', () => {
  const taken = { status: 409, body: { scimType: 'uniqueness', status: '409' } };

  it('nobody is met by a name alone: a local account stays its own until a user admin links it', async () => {
    const local = await useradmin.call(createUser, {
      body: { username: 'Local.One', name: 'Local', email: 'l@example.org' },
    });
    const refused = await directory.post('/Users', fromEntra('local.one', 'sub-local'));
    expect(refused).toMatchObject(taken);
    expect(refused.body['detail']).toContain('a user admin links the account');
    const { globalUserId } = local.body;
    await useradmin.call(linkSignIn, { params: { globalUserId, providerId: id }, body: { subject: 'sub-local' } });
    expect(await directory.post('/Users', fromEntra('local.one', 'sub-other'))).toMatchObject(taken);
    expect(await directory.add(fromEntra('local.one', 'sub-local'))).toBe(globalUserId);
    const renamed = await useradmin.call(updateUser, { params: { globalUserId }, body: { name: 'By hand' } });
    expect(renamed.body).toMatchObject({ code: 'user.said_by_provider' });
    const unlinked = await useradmin.call(unlinkSignIn, { params: { globalUserId, providerId: id } });
    expect(unlinked.status).toBe(200);
    expect((await directory.get(`/Users/${globalUserId}`)).status).toBe(404);
    expect(await directory.post('/Users', fromEntra('local.one', 'sub-local'))).toMatchObject(taken);
  });

  it('a name that is used again brings nothing along, and the same externalId is the same person', async () => {
    const first = await directory.add(fromEntra('used.again', 'r-1', { [scimUrns.attributes]: { clearance: 'high' } }));
    expect(await directory.post('/Users', fromEntra('Used.Again', 'r-2'))).toMatchObject(taken);
    expect(await directory.post('/Users', fromEntra('other.name', 'r-1'))).toMatchObject(taken);
    const another = await directory.patch(`/Users/${first}`, { op: 'Replace', path: 'externalId', value: 'r-2' });
    expect(another).toMatchObject({ status: 400, body: { scimType: 'mutability' } });
    expect((await directory.delete(`/Users/${first}`)).status).toBe(204);
    for (const answer of [await directory.get(`/Users/${first}`), await directory.delete(`/Users/${first}`)])
      expect(answer).toMatchObject({ status: 404, body: { status: '404' } });
    expect(await person(first)).toMatchObject({ status: 'disabled', username: 'used.again', heldAttributes: [] });
    const second = await directory.add(fromEntra('used.again', 'r-2'));
    expect(second).not.toBe(first);
    expect(await person(second)).toMatchObject({ username: 'used.again', heldAttributes: [], status: 'active' });
    expect((await person(first)).username).toMatch(/^used\.again-/);
    expect(await directory.add(fromEntra('back.again', 'r-1'))).toBe(first);
    expect(await person(first)).toMatchObject({ username: 'back.again', status: 'active' });
  });

  it('the last admins stay, whatever a directory says', async () => {
    const admin = await server.person({ username: 'sole', permissions: ['GOVERNANCE'] });
    await useradmin.call(linkSignIn, {
      params: { globalUserId: appadmin.globalUserId, providerId: id },
      body: { subject: 'sub-admin' },
    });
    expect(await directory.add(fromEntra('appadmin', 'sub-admin'))).toBe(appadmin.globalUserId);
    const refused = await directory.patch(`/Users/${appadmin.globalUserId}`, setActive('False'));
    expect(refused).toMatchObject({ status: 409, body: { status: '409' } });
    expect((await directory.delete(`/Users/${appadmin.globalUserId}`)).status).toBe(409);
    expect(await person(appadmin.globalUserId)).toMatchObject({ status: 'active', permissions: ['APPLICATION_ADMIN'] });
    const { body } = await appadmin.call(readScimAccess, { params: { id } });
    expect(body.lastRefusal?.detail).toContain('deleteScimUser');
    expect((await directory.get(`/Users/${admin.globalUserId}`)).status).toBe(404);
  });
});

describe('signing in', () => {
  it('leads to the person that the directory made, and adds nothing to what it says', async () => {
    const globalUserId = await directory.add(
      fromOkta('signs.in', 'sub-made', { [scimUrns.enterprise]: { department: 'Sales' } }),
    );
    provider.accounts.set('sub-made', {
      sub: 'sub-made',
      preferred_username: 'appadmin',
      name: 'Claimed',
      department: 'Claims',
      groups: ['none'],
    });
    const browser = new StoaBrowser(server);
    expect((await browser.signIn(id, 'sub-made')).pathname).toBe('/');
    expect(await browser.me()).toMatchObject({ globalUserId, username: 'signs.in', displayName: 'Test User' });
    const known = await person(globalUserId);
    expect(known.signInLinks).toMatchObject([{ providerId: id, subject: 'sub-made' }]);
    expect(known.heldAttributes).toMatchObject([{ name: 'department', value: 'Sales' }]);
    expect((await browser.signIn(id, 'sub-made')).pathname).toBe('/');
    await directory.patch(`/Users/${globalUserId}`, setActive('False'));
    expect(await browser.me()).toBeUndefined();
    expect((await browser.signIn(id, 'sub-made')).searchParams.get('failure')).toBe('auth.account_disabled');
  });

  it('finds them by another claim where the directory’s ids stand there', async () => {
    await appadmin.call(setScimAccess, { params: { id }, body: { idClaim: 'department' } });
    const globalUserId = await directory.add(fromEntra('by.claim', 'oid-7'));
    provider.accounts.set('sub-pairwise', { sub: 'sub-pairwise', preferred_username: 'x', department: 'oid-7' });
    const browser = new StoaBrowser(server);
    await browser.signIn(id, 'sub-pairwise');
    expect(await browser.me()).toMatchObject({ globalUserId });
    provider.accounts.set('sub-stranger', { sub: 'sub-stranger', preferred_username: 'x', department: 'oid-7' });
    const stranger = new StoaBrowser(server);
    expect((await stranger.signIn(id, 'sub-stranger')).searchParams.get('failure')).toBe('auth.person_unknown');
    await appadmin.call(setScimAccess, { params: { id }, body: {} });
  });
});

describe('who left, or would come in twice', () => {
  const signIn = async (subject: string, claims: Record<string, unknown>) => {
    provider.accounts.set(subject, { sub: subject, preferred_username: subject, name: subject, ...claims });
    const browser = new StoaBrowser(server);
    return { failure: (await browser.signIn(id, subject)).searchParams.get('failure'), me: await browser.me() };
  };

  it('whom the directory deleted does not come back as somebody new by signing in', async () => {
    const globalUserId = await directory.add(fromOkta('leaver', 'sub-leaver'));
    await directory.delete(`/Users/${globalUserId}`);
    const refused = { failure: 'auth.account_disabled', me: undefined };
    expect(await signIn('sub-leaver', { preferred_username: 'another.name' })).toEqual(refused);
    await useradmin.call(updateUser, { params: { globalUserId }, body: { status: 'active' } });
    expect((await signIn('sub-leaver', { preferred_username: 'another.name' })).me).toMatchObject({ globalUserId });
  });

  it('a subject is linked to nobody but whom the directory keeps by it', async () => {
    const kept = await directory.add(fromOkta('kept.by.id', 'sub-kept'));
    const { body } = await useradmin.call(createUser, {
      body: { username: 'beside.it', name: 'Beside', email: 'beside@example.org' },
    });
    const link = (globalUserId: string) =>
      useradmin.call(linkSignIn, { params: { globalUserId, providerId: id }, body: { subject: 'sub-kept' } });
    expect((await link(body.globalUserId)).body).toMatchObject({ code: 'sign_in_link.subject_taken' });
    expect((await link(kept)).status).toBe(200);
  });

  it('groups that claims had named are left once a directory keeps somebody, and those that it keeps stay', async () => {
    const { body: byHand } = await useradmin.call(createGroup, { body: { name: 'Claimed by hand' } });
    const kept = await directory.addGroup({ displayName: 'Claimed and kept' });
    const groups = ['Claimed by hand', 'Claimed and kept'];
    const { me } = await signIn('sub-claims', { groups });
    const groupsOf = async () => (await person(me?.globalUserId ?? '')).groups.map((one) => one.name);
    expect((await groupsOf()).sort()).toEqual([...groups].sort());
    expect(await directory.add(fromOkta('sub-claims', 'sub-claims'))).toBe(me?.globalUserId);
    expect(await groupsOf()).toEqual(['Claimed and kept']);
    await appadmin.call(endScimAccess, { params: { id } });
    await signIn('sub-claims', { groups });
    ({ directory } = await openDirectory(server, appadmin, id));
    await signIn('sub-claims', { groups });
    expect(await groupsOf()).toEqual(['Claimed and kept']);
    await directory.put(`/Groups/${kept}`, { displayName: 'Claimed and kept', members: [] });
    expect(await groupsOf()).toEqual([]);
    const { rows } = await sql<{ actor: string }>`select actor_id as actor from audit_event
      where action = 'GroupMemberRemoved' and targets -> 0 ->> 'id' = ${String(byHand.id)} order by id`.execute(
      server.deps.db,
    );
    expect(rows[0]).toEqual({ actor: id });
  });
});

it('claims of one provider put nobody into a group that the directory of another one keeps', async () => {
  await sql`insert into identity_provider (id, name, issuer, client_id, scopes, claims, unknown_people, is_enabled)
    values ('other', 'Other', 'https://other.invalid', 'stoa', '{openid}', '{"attributes": {}}', 'refuse', true)`.execute(
    server.deps.db,
  );
  const { directory: other } = await openDirectory(server, appadmin, 'other');
  await other.addGroup({ displayName: 'Of the other' });
  const groups = ['Of the other'];
  provider.accounts.set('sub-pusher', { sub: 'sub-pusher', preferred_username: 'pusher', name: 'Pusher', groups });
  const browser = new StoaBrowser(server);
  await browser.signIn(id, 'sub-pusher');
  expect(await browser.me()).toMatchObject({ username: 'pusher', groups: [] });
});

it('a sign-in that was under way while somebody is disabled opens no session', async () => {
  const globalUserId = await directory.add(fromOkta('under.way', 'sub-under-way'));
  provider.accounts.set('sub-under-way', { sub: 'sub-under-way' });
  const browser = new StoaBrowser(server);
  const back = await browser.provider.signIn(await browser.start(id), 'sub-under-way');
  let coming: Promise<URL> | undefined;
  await server.deps.db.transaction().execute(async (tx) => {
    await sql`update app_user set status = 'disabled' where global_user_id = ${globalUserId}`.execute(tx);
    coming = browser.comeBack(back);
    await waitFor('the sign-in to wait', async () => {
      const { rows } = await sql`
        select 1 from pg_locks where not granted and locktype in ('transactionid', 'tuple')`.execute(tx);
      return rows.length > 0;
    });
  });
  expect((await coming)?.searchParams.get('failure')).toBe('auth.account_disabled');
});

describe('abuse', () => {
  it('a filter says what is supported, and is bounded', async () => {
    const find = (filter: string) => directory.get(`/Users?filter=${encodeURIComponent(filter)}`);
    const bad = [
      'userName co "a"',
      'userName eq "a" or userName eq "b"',
      'userName eq "a',
      "userName eq 'a'",
      '(userName eq "a")',
      'password eq "x"',
      'permissions eq "USER_ADMIN"',
      '__proto__ eq "x"',
      `${'userName eq "a" and '.repeat(6)}userName eq "a"`,
      `userName eq "${'a'.repeat(2_000)}"`,
      `${'('.repeat(500)}`,
      'emails[type eq "work"',
      String.raw`userName eq "\u0000"`,
      String.raw`externalId eq "\ud800"`,
      '',
    ];
    for (const filter of bad)
      expect(await find(filter), filter).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } });
    expect((await find(String.raw`userName eq "a\" or \"a\" eq \"a"`)).body).toMatchObject({ totalResults: 0 });
    expect((await directory.get('/Users?count=x')).body).toMatchObject({ scimType: 'invalidValue' });
    expect((await directory.get('/Users?startIndex=-5&count=-1')).body).toMatchObject({
      startIndex: 1,
      itemsPerPage: 0,
    });
  });

  it('a path leads to what is kept and nowhere else, and no permission comes by it', async () => {
    const globalUserId = await directory.add(fromEntra('abused', 'a-1', { permissions: ['USER_ADMIN'], __proto: 1 }));
    const path = `/Users/${globalUserId}`;
    const refused: [object, string][] = [
      [{ op: 'add', path: 'permissions', value: ['USER_ADMIN'] }, 'invalidPath'],
      [{ op: 'add', path: '__proto__', value: { admin: true } }, 'invalidPath'],
      [{ op: 'add', path: 'constructor.prototype', value: 1 }, 'invalidPath'],
      [JSON.parse('{"op":"replace","value":{"__proto__":{"admin":true}}}') as object, 'invalidPath'],
      [{ op: 'add', path: 'name.__proto__', value: 'x' }, 'invalidPath'],
      [{ op: 'add', path: 'urn:other:User:x', value: 'x' }, 'invalidPath'],
      [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
      [{ op: 'add', path: 'groups', value: [{ value: '1' }] }, 'mutability'],
      [{ op: 'remove' }, 'noTarget'],
      [{ op: 'move', path: 'active' }, 'invalidSyntax'],
      [{ op: 'replace', path: 'active', value: 'perhaps' }, 'invalidValue'],
      [{ op: 'replace', path: 'userName', value: 'two words' }, 'invalidValue'],
      [{ op: 'remove', path: 'userName' }, 'invalidValue'],
      [{ op: 'add', path: 'emails', value: [{ value: 'no address' }] }, 'invalidValue'],
      [{ op: 'add', value: { [scimUrns.attributes]: { 'Stoa role': 'admin' } } }, 'invalidValue'],
      [{ op: 'add', path: `emails[${'type eq "a" and '.repeat(9)}type eq "a"].value`, value: 'x' }, 'invalidFilter'],
      [{ op: 'add', path: 'x'.repeat(5_000), value: 'x' }, 'invalidPath'],
    ];
    for (const [operation, scimType] of refused)
      expect(
        await directory.patch(path, operation as Record<string, unknown>),
        JSON.stringify(operation).slice(0, 200),
      ).toMatchObject({ status: 400, body: { scimType } });
    expect(await directory.patch(path)).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax' } });
    expect(await person(globalUserId)).toMatchObject({ permissions: [], username: 'abused', heldAttributes: [] });
    const values = Array.from({ length: 150 }, (_, at) => `v${at}`);
    const many = Object.fromEntries(values.slice(0, 99).map((name) => [name, values]));
    expect(await directory.patch(path, { op: 'add', value: { [scimUrns.attributes]: many } })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidValue' },
    });
    const proto = JSON.parse(`{"op":"add","value":{"${scimUrns.attributes}":{"__proto__":"x"}}}`) as Record<
      string,
      unknown
    >;
    expect((await directory.patch(path, proto)).status).toBe(400);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('of two that are made at once under names of the same letters one is refused', async () => {
    const answers = await Promise.all(
      ['Twin.A', 'twin.a', 'TWIN.A'].map((name, at) => directory.post('/Users', fromEntra(name, `t-${at}`))),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
  });
});

it('ends with its switch: the token opens nothing, and what it kept stays', async () => {
  const globalUserId = await directory.add(fromEntra('stays', 's-1'));
  expect((await appadmin.call(endScimAccess, { params: { id } })).status).toBe(204);
  expect((await directory.get('/Users')).status).toBe(401);
  expect((await appadmin.call(renewScimToken, { params: { id } })).body).toMatchObject({
    status: 409,
    code: 'scim.off',
  });
  expect(await person(globalUserId)).toMatchObject({ status: 'active', username: 'stays' });
  expect((await useradmin.call(updateUser, { params: { globalUserId }, body: { name: 'By hand' } })).status).toBe(200);
  ({ directory } = await openDirectory(server, appadmin, id));
  expect(await directory.find('Users', 'externalId eq "s-1"')).toMatchObject([{ id: globalUserId }]);
});
