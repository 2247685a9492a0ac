import * as provider from '@stoa/contract/identity-provider';
import * as signIn from '@stoa/contract/provider-sign-in';
import * as scim from '@stoa/contract/scim';
import * as access from '@stoa/contract/scim-access';
import { scimUrns } from '@stoa/contract/scim-path';
import { callerOf, type TestPerson } from '../testing/people.ts';
import { browserOf } from '../features/slack/slack.fixture.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

const params = { id: 'answers' };
const settings = { name: 'Answers', issuer: 'https://provider.invalid', clientId: 'stoa', clientSecret: 'not-shown' };

/** A provider from its registration to its end, and a link by it; nobody answers at its address. */
export async function askProviders(world: PublishedWorld): Promise<void> {
  const {
    held: { ask },
    people,
    server,
  } = world;
  const { appadmin, useradmin, consumer } = people;
  const body = { ...settings, enabled: true };
  await ask(appadmin, provider.createIdentityProvider, { body: { id: 'local', ...settings } });
  for (const person of [consumer, appadmin, appadmin])
    await ask(person, provider.createIdentityProvider, { body: { ...params, ...body } });
  for (const person of [appadmin, consumer]) {
    await ask(person, provider.listIdentityProviders);
    await ask(person, provider.readIdentityProvider, { params });
    await ask(person, provider.testIdentityProvider, { params });
    await ask(person, provider.listIdentityProviderEvents, { params });
  }
  await ask(server.nobody, signIn.listSignInProviders);
  await ask(server.nobody, signIn.startProviderSignIn, { params, body: {} });
  await ask(server.nobody, signIn.startProviderSignIn, { params: { id: 'nowhere' }, body: {} });
  await ask(consumer, signIn.startProviderConfirmation, { body: {} });
  const link = { globalUserId: consumer.globalUserId, providerId: params.id };
  for (const person of [consumer, useradmin, useradmin])
    await ask(person, signIn.linkSignIn, { params: link, body: { subject: 'one' } });
  const other = { ...link, globalUserId: appadmin.globalUserId };
  await ask(useradmin, signIn.linkSignIn, { params: other, body: { subject: 'one' } });
  await ask(appadmin, provider.updateIdentityProvider, {
    params,
    body: { ...body, issuer: 'https://another.invalid' },
  });
  for (const person of [useradmin, useradmin]) await ask(person, signIn.unlinkSignIn, { params: link });
  await ask(appadmin, provider.updateIdentityProvider, { params, body: { ...body, enabled: false } });
  const headers = await browserOf(server, consumer);
  const call: TestPerson['call'] = (operation, input) => server.nobody.call(operation, { ...input, headers });
  await ask({ call }, signIn.startProviderConfirmation, { body: {} });
  await ask({ call }, signIn.signOutAtProvider);
  await askDirectory(world);
  for (const person of [consumer, appadmin, appadmin]) await ask(person, provider.deleteIdentityProvider, { params });
}

/** SCIM from its switch to its end: a directory makes, finds, changes and lets go somebody and a group. */
async function askDirectory({ held: { ask }, people, server }: PublishedWorld): Promise<void> {
  const { appadmin, consumer } = people;
  await ask(appadmin, access.renewScimToken, { params });
  for (const person of [consumer, appadmin]) await ask(person, access.setScimAccess, { params, body: {} });
  for (const person of [consumer, appadmin]) await ask(person, access.readScimAccess, { params });
  const { body } = await ask(appadmin, access.renewScimToken, { params });
  const directory = callerOf(server.url, String(body['token']));
  await ask(server.nobody, scim.readScimProvider);
  await ask(directory, scim.readScimProvider);
  await ask(directory, scim.listScimResourceTypes);
  await ask(directory, scim.listScimSchemas);
  for (const id of ['User', 'Nothing']) await ask(directory, scim.readScimResourceType, { params: { id } });
  for (const id of [scimUrns.group, 'nothing']) await ask(directory, scim.readScimSchema, { params: { id } });
  const { scimUser: user, scimGroup: group } = scim;
  const said = { userName: 'answers.scim', externalId: 'answers' };
  const { body: made } = await ask(directory, user.create, { body: said });
  await ask(directory, user.create, { body: said });
  const one = { id: String(made['id']) };
  const patch = (path: string, value: unknown) => ({
    schemas: [scimUrns.patch],
    Operations: [{ op: 'replace', path, value }],
  });
  await ask(directory, user.search, { query: { filter: 'userName eq "answers.scim"' } });
  await ask(directory, user.search, { query: { filter: 'userName pr' } });
  await ask(directory, user.read, { params: one });
  await ask(directory, user.replace, { params: one, body: said });
  for (const path of ['title', 'nonsense']) await ask(directory, user.patch, { params: one, body: patch(path, 'x') });
  const members = [{ value: one.id }];
  const { body: joined } = await ask(directory, group.create, {
    body: { displayName: 'Answers of SCIM', members },
  });
  const all = { id: String(joined['id']) };
  await ask(directory, group.search, { query: {} });
  await ask(directory, group.read, { params: all });
  await ask(directory, group.replace, { params: all, body: { displayName: 'Answers over SCIM', members } });
  await ask(directory, group.patch, { params: all, body: patch('members', []) });
  for (const _ of [1, 2]) await ask(directory, group.remove, { params: all });
  for (const _ of [1, 2]) await ask(directory, user.remove, { params: one });
  await ask(appadmin, access.endScimAccess, { params });
}
