import * as auth from '@stoa/contract/auth';
import { confirmLogin } from '@stoa/contract/confirm-login';
import { createGroup, readGroup, setGroupMembers } from '@stoa/contract/group';
import * as contract from '@stoa/contract/identity-provider';
import {
  linkSignIn,
  listSignInProviders,
  signOutAtProvider,
  startProviderSignIn,
  unlinkSignIn,
} from '@stoa/contract/provider-sign-in';
import { confirmPeopleChange } from '@stoa/contract/people-change';
import { readUser, updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { LocalProvider, ProviderBrowser } from '../../testing/local-provider.ts';
import { callerOf, type TestPerson } from '../../testing/people.ts';
import { changeProvider, connectLocal, StoaBrowser } from './sign-in.fixture.ts';

const id = 'local-op';
const provider = new LocalProvider();
let server: TestServer;
let appadmin: TestPerson;
let useradmin: TestPerson;
beforeAll(async () => {
  await provider.start();
  server = await startTestServer({ env: provider.env });
  appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  const claims = { groups: 'groups', attributes: { Department: 'department' } };
  await connectLocal(appadmin, provider, { claims });
});
afterAll(async () => {
  await server?.stop();
  await provider.stop();
});

const ana = {
  sub: 'sub-ana',
  preferred_username: 'ana',
  name: 'Ana Lima',
  email: 'ana@example.org',
  email_verified: true,
};
const browser = () => new StoaBrowser(server);
const failureOf = (page: URL) => page.searchParams.get('failure');
const readPerson = async (globalUserId: string) => (await useradmin.call(readUser, { params: { globalUserId } })).body;
const everythingKept = async (): Promise<string> => {
  const { rows } = await sql<{ text: string }>`
    select row_to_json(a)::text as text from audit_event a union all select row_to_json(p)::text from identity_provider p
    union all select row_to_json(s)::text from session s union all select row_to_json(p)::text from pending_sign_in p`.execute(
    server.deps.db,
  );
  return rows.map((row) => row.text).join('\n');
};

describe('a provider', () => {
  it('is an application admin’s to see and to change, and shows no secret', async () => {
    for (const operation of [contract.listIdentityProviders] as const) {
      expect((await server.nobody.call(operation)).status).toBe(401);
      expect((await useradmin.call(operation)).status).toBe(403);
    }
    const { body } = await appadmin.call(contract.readIdentityProvider, { params: { id } });
    expect(body).toMatchObject({
      clientSecret: '[REDACTED]',
      redirectUri: `${server.url}/api/auth/oidc/${id}/callback`,
    });
    await changeProvider(appadmin, id, { name: 'Local provider' });
    expect(await everythingKept()).not.toContain(provider.clientSecret);
    expect((await server.nobody.call(listSignInProviders)).body.data).toEqual([{ id, name: 'Local provider' }]);
  });

  it('has an id, a name and an issuer of its own, which Stoa may call', async () => {
    const other = { name: 'Other', issuer: 'https://other.example', clientId: 'c' };
    const create = (body: object) =>
      appadmin.call(contract.createIdentityProvider, { body: { id: 'other', ...other, ...body } });
    expect((await create({ id })).body).toMatchObject({ status: 409, code: 'identity_provider.id_taken' });
    expect((await create({ name: 'local provider' })).body).toMatchObject({ code: 'identity_provider.name_taken' });
    expect((await create({ issuer: provider.issuer })).body).toMatchObject({ code: 'identity_provider.issuer_taken' });
    expect((await create({ issuer: 'http://127.0.0.1:1' })).body).toMatchObject({
      status: 422,
      code: 'identity_provider.address_refused',
      errors: [{ path: 'body.issuer' }],
    });
    expect((await create({ claims: { attributes: { 'Stoa x': 'y' } } })).status).toBe(400);
    expect((await create({ id: 'local' })).status).toBe(400);
    expect((await create({ scopes: ['profile'] })).status).toBe(400);
  });

  it('is tested as a sign-in would ask it, and its own answer is shown', async () => {
    const { body } = await appadmin.call(contract.testIdentityProvider, { params: { id } });
    expect(body.checks.map(({ check, state }) => `${check} ${state}`)).toEqual([
      'discovery ok',
      'issuer ok',
      'endpoints ok',
      'pkce ok',
      'keys ok',
      'signOut ok',
    ]);
    expect(body).toMatchObject({ isUsable: true, answer: { status: 200 } });
    expect(body.answer?.body).toContain(provider.issuer);
  });
});

describe('signing in', () => {
  it('makes a person of whom nobody knows, and lands where they were going', async () => {
    provider.accounts.set(ana.sub, { ...ana, groups: ['Nobody has it'], department: 'Sales' });
    const one = browser();
    const page = await one.signIn(id, ana.sub, '/products?q=orders#top');
    expect(page.pathname + page.search + page.hash).toBe('/products?q=orders#top');
    expect(await one.me()).toMatchObject({
      username: 'ana',
      displayName: 'Ana Lima',
      email: 'ana@example.org',
      hasPassword: false,
      authorizations: { Department: ['Sales'] },
      groups: [],
      globalPermissions: [],
      signedInBy: { id, name: 'Local provider', hasSignOut: true },
    });
    // Of the way there only the session is left.
    expect([...one.cookies.keys()]).toEqual(['stoa_session']);
    const kept = await everythingKept();
    expect(kept).not.toContain([...one.cookies.values()][0]);
    expect(kept).not.toMatch(/eyJ[\w-]+\.eyJ/);
  });

  it('knows them again, and brings what the provider says now', async () => {
    const sales = await useradmin.call(createGroup, { body: { name: 'Sales' } });
    const hand = await useradmin.call(createGroup, { body: { name: 'By hand' } });
    const first = browser();
    await first.signIn(id, ana.sub);
    const globalUserId = (await first.me())?.globalUserId ?? '';
    await useradmin.call(updateUser, {
      params: { globalUserId },
      body: { attributes: { Department: ['Law'], Site: ['B'] } },
    });
    await useradmin.call(setGroupMembers, { params: { id: hand.body.id }, body: { globalUserIds: [globalUserId] } });
    provider.accounts.set(ana.sub, {
      ...ana,
      name: 'Ana Lima-Costa',
      preferred_username: 'another',
      email: 'costa@example.org',
      groups: ['sales', 'Unknown'],
      department: ['Research', 'Legal'],
    });
    const again = browser();
    await again.signIn(id, ana.sub);
    const me = await again.me();
    expect(me).toMatchObject({
      globalUserId,
      username: 'ana',
      displayName: 'Ana Lima-Costa',
      email: 'costa@example.org',
    });
    expect(me?.groups).toEqual(['By hand', 'Sales']);
    expect(me?.authorizations['Department']?.sort()).toEqual(['Law', 'Legal', 'Research']);
    const person = await readPerson(globalUserId);
    expect(person.attributes).toEqual({ Department: ['Law'], Site: ['B'] });
    expect(person.memberships.map(({ name, source }) => [name, source])).toEqual([
      ['By hand', 'local'],
      ['Sales', id],
    ]);
    expect(person.signInLinks).toMatchObject([
      { providerId: id, subject: ana.sub, linkedBy: null, said: ['name', 'email'] },
    ]);
    // What is said there is changed there.
    const own = { params: { globalUserId }, body: { name: 'Somebody' } };
    expect((await useradmin.call(updateUser, own)).body).toMatchObject({ status: 409, code: 'user.said_by_provider' });
    const emptied = { params: { id: sales.body.id }, body: { globalUserIds: [] } };
    expect((await useradmin.call(setGroupMembers, emptied)).body).toMatchObject({ code: 'user.said_by_provider' });
    // And what is no longer said goes, while what was entered by hand stays.
    provider.accounts.set(ana.sub, { ...ana, groups: [] });
    await browser().signIn(id, ana.sub);
    const later = await readPerson(globalUserId);
    expect(later.heldAttributes.map(({ name, value, source }) => [name, value, source])).toEqual([
      ['Department', 'Law', 'local'],
      ['Site', 'B', 'local'],
    ]);
    expect(later.groups.map(({ name }) => name)).toEqual(['By hand']);
    expect((await useradmin.call(readGroup, { params: { id: sales.body.id } })).body.members).toEqual([]);
  });

  it('never takes an account for its name or its e-mail; a user admin links it, though not their own', async () => {
    const local = await server.person({ username: 'ben', name: 'Ben' });
    provider.accounts.set('sub-ben', {
      sub: 'sub-ben',
      preferred_username: 'BEN',
      email: 'ben@example.com',
      name: 'Ben B',
    });
    const page = await browser().signIn(id, 'sub-ben', '/products');
    expect([page.pathname, failureOf(page), page.searchParams.get('returnTo')]).toEqual([
      '/login',
      'auth.username_taken',
      '/products',
    ]);
    provider.accounts.set('sub-mail', { sub: 'sub-mail', preferred_username: 'mail', email: 'ben@example.com' });
    const mail = browser();
    await mail.signIn(id, 'sub-mail');
    expect((await mail.me())?.globalUserId).not.toBe(local.globalUserId);

    const { body: events } = await appadmin.call(contract.listIdentityProviderEvents, { params: { id } });
    const refused = events.data.find((event) => event.isRefused);
    expect(refused).toMatchObject({ reason: 'auth.username_taken', subject: 'sub-ben' });
    const link = { params: { globalUserId: local.globalUserId, providerId: id }, body: { subject: 'sub-ben' } };
    expect((await appadmin.call(linkSignIn, link)).status).toBe(403);
    const own = { ...link, params: { ...link.params, globalUserId: useradmin.globalUserId } };
    expect((await useradmin.call(linkSignIn, own)).status).toBe(403);
    expect((await useradmin.call(linkSignIn, link)).status).toBe(200);
    const taken = { ...link, params: { ...link.params, globalUserId: appadmin.globalUserId } };
    expect((await useradmin.call(linkSignIn, taken)).body).toMatchObject({ code: 'sign_in_link.subject_taken' });
    const linked = browser();
    await linked.signIn(id, 'sub-ben');
    expect(await linked.me()).toMatchObject({
      globalUserId: local.globalUserId,
      username: 'ben',
      displayName: 'Ben B',
    });

    expect((await useradmin.call(unlinkSignIn, { params: link.params })).body.signInLinks).toEqual([]);
    expect(await linked.me()).toBeUndefined();
    expect(failureOf(await browser().signIn(id, 'sub-ben'))).toBe('auth.username_taken');
  });

  it('leaves somebody with a password who can manage users', async () => {
    const local = await server.person({ username: 'local-admin', permissions: ['USER_ADMIN'] });
    await sql`update app_user set password_hash = 'a hash' where global_user_id = ${local.globalUserId}`.execute(
      server.deps.db,
    );
    const taken = { params: { globalUserId: local.globalUserId }, body: { permissions: [] } };
    const refused = await useradmin.call(updateUser, taken);
    expect(refused.body).toMatchObject({ code: 'user.last_admin', detail: expect.stringContaining('password') });
    await sql`update app_user set password_hash = 'a hash' where global_user_id = ${useradmin.globalUserId}`.execute(
      server.deps.db,
    );
    // Of user admins it takes two, and the one to go may be the second.
    const filed = await useradmin.call(updateUser, taken);
    expect(filed.status).toBe(202);
    const { status } = await local.call(confirmPeopleChange, { params: { id: String(filed.body['id']) } });
    expect(status).toBe(200);
  });

  it('leaves an e-mail aside that the provider has not verified', async () => {
    provider.accounts.set('sub-una', {
      sub: 'sub-una',
      preferred_username: 'una',
      email: 'ceo@example.org',
      email_verified: false,
    });
    const one = browser();
    await one.signIn(id, 'sub-una');
    expect(await one.me()).toMatchObject({ username: 'una', displayName: 'una', email: null });
  });

  it('refuses whom nobody knows, who is disabled, what cannot be stored, and a provider that is off', async () => {
    await changeProvider(appadmin, id, { unknownPeople: 'refuse' });
    provider.accounts.set('sub-new', { sub: 'sub-new', preferred_username: 'newcomer' });
    expect(failureOf(await browser().signIn(id, 'sub-new'))).toBe('auth.person_unknown');
    await changeProvider(appadmin, id, { unknownPeople: 'create' });
    provider.accounts.set('sub-new', { sub: 'sub-new', preferred_username: 'not a name!' });
    expect(failureOf(await browser().signIn(id, 'sub-new'))).toBe('auth.claim_unusable');
    provider.accounts.set('sub-new', { sub: 'sub-new', preferred_username: 'newcomer', groups: [{ deep: 1 }] });
    expect(failureOf(await browser().signIn(id, 'sub-new'))).toBe('auth.claim_unusable');

    provider.accounts.set('sub-new', { sub: 'sub-new', preferred_username: 'newcomer' });
    const one = browser();
    await one.signIn(id, 'sub-new');
    const globalUserId = (await one.me())?.globalUserId ?? '';
    await useradmin.call(updateUser, { params: { globalUserId }, body: { status: 'disabled' } });
    expect(await one.me()).toBeUndefined();
    expect(failureOf(await browser().signIn(id, 'sub-new'))).toBe('auth.account_disabled');

    const onTheWay = browser();
    const back = await onTheWay.provider.signIn(await onTheWay.start(id), ana.sub);
    const signedIn = browser();
    await signedIn.signIn(id, ana.sub);
    await changeProvider(appadmin, id, { enabled: false });
    expect(failureOf(await onTheWay.comeBack(back))).toBe('auth.provider_off');
    expect(await signedIn.me()).toBeUndefined();
    const started = await browser().call(startProviderSignIn, { params: { id }, body: {} });
    expect(started.body).toMatchObject({ status: 422, code: 'auth.provider_off' });
    expect((await server.nobody.call(listSignInProviders)).body.data).toEqual([]);
    await changeProvider(appadmin, id, { enabled: true });
  });

  it('goes back to no other place, and begins at no other address', async () => {
    for (const returnTo of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      'javascript:alert(1)',
      '/a\n/b',
    ]) {
      const answer = await browser().call(startProviderSignIn, { params: { id }, body: { returnTo } });
      expect([returnTo, answer.status]).toEqual([returnTo, 400]);
    }
    const elsewhere = callerOf(server.url.replace('127.0.0.1', 'localhost'), undefined);
    const other = await elsewhere.call(startProviderSignIn, { params: { id }, body: {} });
    expect(other.body).toMatchObject({ status: 422, code: 'auth.other_address', address: server.url });
  });

  it('says what the provider said when that signs nobody in', async () => {
    const page = await browser().signIn(id, 'nobody there');
    expect([failureOf(page), page.searchParams.get('providerCode')]).toEqual([
      'auth.provider_refused',
      'access_denied',
    ]);
  });
});

describe('a session that a provider opened', () => {
  const makeOld = () => sql`update session set confirmed_at = now() - interval '1 hour'`.execute(server.deps.db);

  it('is confirmed there, by the same person who signs in anew, and by no password', async () => {
    const one = browser();
    await one.signIn(id, ana.sub);
    await makeOld();
    const token = { body: { description: 'x' } };
    expect((await one.call(auth.createToken, token)).body).toMatchObject({ code: 'auth.fresh_login_needed' });
    expect((await one.call(confirmLogin, { body: { password: 'x' } })).body).toMatchObject({
      code: 'auth.confirm_at_provider',
    });
    const before = one.cookies.get('stoa_session');
    expect(failureOf(await one.confirm('sub-mail', new ProviderBrowser()))).toBe('auth.other_account');
    expect((await one.call(auth.createToken, token)).status).toBe(403);
    expect(failureOf(await one.confirm(ana.sub))).toBeNull();
    expect(one.cookies.get('stoa_session')).not.toBe(before);
    expect((await one.call(auth.createToken, token)).status).toBe(200);
  });

  it('ends here and, where the browser goes on, at the provider', async () => {
    const one = browser();
    await one.signIn(id, ana.sub);
    const { body } = await one.call(signOutAtProvider);
    const url = new URL(body.url ?? '');
    expect([url.origin, url.searchParams.get('client_id')]).toEqual([provider.issuer, provider.clientId]);
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${server.url}/login`);
    expect(await one.me()).toBeUndefined();
  });
});

describe('the end of a provider', () => {
  it('leaves what it said to user admins', async () => {
    provider.accounts.set(ana.sub, { ...ana, groups: ['Sales'], department: 'Law' });
    const one = browser();
    await one.signIn(id, ana.sub);
    const globalUserId = (await one.me())?.globalUserId ?? '';
    const deleted = await appadmin.call(contract.deleteIdentityProvider, { params: { id } });
    expect(deleted.status).toBe(204);
    expect(await one.me()).toBeUndefined();
    const person = await readPerson(globalUserId);
    expect(person).toMatchObject({ iamId: 'bim', signInLinks: [], attributes: { Department: ['Law'], Site: ['B'] } });
    expect(person.memberships.map(({ name, source }) => [name, source])).toContainEqual(['Sales', 'local']);
    expect((await appadmin.call(contract.deleteIdentityProvider, { params: { id } })).status).toBe(404);
  });
});
