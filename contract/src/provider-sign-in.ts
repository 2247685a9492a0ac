import { z } from 'zod';
import { providerIdPath } from './identity-provider.ts';
import { operation } from './operation.ts';
import { peopleChange } from './people-change.ts';
import { line, text, uuid } from './text.ts';
import { userDetail } from './user.ts';

/** Where a browser goes on: a path of this installation, and nothing that a browser takes for another host. */
export const returnPath = text(2_000).regex(/^\/(?![/\\])[^\\\p{Cc}]*$/u, 'is no path of this installation');

const params = z.object({ id: providerIdPath });

export const listSignInProviders = operation({
  id: 'listSignInProviders',
  method: 'GET',
  path: '/api/auth/oidc',
  summary: 'The providers by which one may sign in.',
  access: { public: true },
  responses: { 200: z.object({ data: z.array(z.object({ id: z.string(), name: z.string() })) }) },
});

export const startProviderSignIn = operation({
  id: 'startProviderSignIn',
  method: 'POST',
  path: '/api/auth/oidc/{id}/sign-in',
  summary: 'Begins a sign-in by a provider: answers where to go, and sets a cookie for the way back.',
  access: { public: true },
  params,
  body: z.strictObject({ returnTo: returnPath.optional() }),
  responses: { 200: z.object({ url: z.url() }) },
});

export const startProviderConfirmation = operation({
  id: 'startProviderConfirmation',
  method: 'POST',
  path: '/api/auth/oidc/confirmation',
  summary: 'Confirms the login of this session at the provider that signed it in: answers where to go.',
  access: { action: 'account.self' },
  body: z.strictObject({ returnTo: returnPath.optional() }),
  responses: { 200: z.object({ url: z.url() }) },
});

export const completeProviderSignIn = operation({
  id: 'completeProviderSignIn',
  method: 'GET',
  path: '/api/auth/oidc/{id}/callback',
  summary: 'Where a provider sends the browser back to; leads on to where it came from, or to the sign-in page.',
  access: { public: true },
  params,
  query: z.looseObject({}),
  responses: { 302: null },
});

export const signOutAtProvider = operation({
  id: 'signOutAtProvider',
  method: 'POST',
  path: '/api/auth/oidc/sign-out',
  summary: 'Ends the session, and answers where the browser ends that of the provider as well.',
  access: { action: 'account.self' },
  responses: { 200: z.object({ url: z.url().nullable() }) },
});

export const receiveBackchannelLogout = operation({
  id: 'receiveBackchannelLogout',
  method: 'POST',
  path: '/api/auth/oidc/{id}/backchannel-logout',
  summary: 'A provider ends the sessions of somebody, by a logout token that it signed.',
  access: { public: true },
  params,
  body: z.object({ logout_token: z.string() }),
  bodyType: 'application/x-www-form-urlencoded',
  responses: { 200: null },
});

const linkParams = z.object({ globalUserId: uuid, providerId: providerIdPath });
/** The provider's own word for somebody, the claim `sub`: it is compared as it is. */
const subject = line(255).regex(/\S/u, 'is empty');

export const linkSignIn = operation({
  id: 'linkSignIn',
  method: 'PUT',
  path: '/api/user/{globalUserId}/sign-in/{providerId}',
  summary: 'Says whom a provider means by a subject; from then on it signs this person in.',
  access: { action: 'user.manage' },
  freshLogin: true,
  mayWait: true,
  params: linkParams,
  body: z.strictObject({ subject }),
  responses: { 200: userDetail, 202: peopleChange },
});

export const unlinkSignIn = operation({
  id: 'unlinkSignIn',
  method: 'DELETE',
  path: '/api/user/{globalUserId}/sign-in/{providerId}',
  summary: 'A provider signs this person in no longer; what it said of them goes, and sessions that it opened end.',
  access: { action: 'user.manage' },
  freshLogin: true,
  params: linkParams,
  responses: { 200: userDetail },
});

/** All of them, for the list of operations. */
export const providerSignInOperations = {
  listSignInProviders,
  startProviderSignIn,
  startProviderConfirmation,
  completeProviderSignIn,
  signOutAtProvider,
  receiveBackchannelLogout,
  linkSignIn,
  unlinkSignIn,
} as const;
