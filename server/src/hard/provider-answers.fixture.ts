import * as provider from '@stoa/contract/identity-provider';
import * as signIn from '@stoa/contract/provider-sign-in';
import type { TestPerson } from '../testing/people.ts';
import { browserOf } from '../features/slack/slack.fixture.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

const params = { id: 'answers' };
const settings = { name: 'Answers', issuer: 'https://provider.invalid', clientId: 'stoa', clientSecret: 'not-shown' };

/** A provider from its registration to its end, and a link by it; nobody answers at its address. */
export async function askProviders({ held: { ask }, people, server }: PublishedWorld): Promise<void> {
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
  for (const person of [consumer, appadmin, appadmin]) await ask(person, provider.deleteIdentityProvider, { params });
}
