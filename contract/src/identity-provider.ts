import { z } from 'zod';
import { operation } from './operation.ts';
import { instant, line, name, uuid } from './text.ts';
import { attributeName } from './user.ts';

/** The words by which the sources of people are known that are no provider. */
const ownSources = new Set(['local', 'bim']);
/** A provider in a path: its form alone, since an unknown one answers 404. */
export const providerIdPath = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'may hold a to z, digits and - alone, at most 40');
const providerId = providerIdPath.refine((id) => !ownSources.has(id), 'is the word for accounts of Stoa itself');

/** The name of a claim, or a path to one: `realm_access.roles`. */
const claim = line(255).regex(/\S/u, 'is empty');

/** Which claim says what. What no claim is named for stays with user admins. */
export const claimMap = z.strictObject({
  username: claim.default('preferred_username'),
  name: claim.default('name'),
  email: claim.nullable().default('email'),
  groups: claim.nullable().default(null),
  /** Attribute to claim. */
  attributes: z
    .record(attributeName, claim)
    .refine((map) => Object.keys(map).length <= 100, 'names more than 100 attributes')
    .default({}),
});
export type ClaimMap = z.infer<typeof claimMap>;

/** What becomes of somebody whom the provider signs in and nobody here knows. */
export const unknownPeople = z.enum(['create', 'refuse']);

const issuer = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .refine((url) => !/[?#@]/.test(url), 'is an address without a login, a question mark or a #');
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'is no scope');

const settings = {
  name,
  issuer,
  clientId: line(255).regex(/\S/u, 'is empty'),
  /** Left out, or sent back as it is read, it stays; null is a client without one. */
  clientSecret: line(1_000).nullable().optional(),
  scopes: z
    .array(scope)
    .max(30)
    .refine((scopes) => scopes.includes('openid'), 'names no openid, without which nobody is signed in')
    .default(['openid', 'profile', 'email']),
  claims: claimMap.prefault({}),
  unknownPeople: unknownPeople.default('refuse'),
  enabled: z.boolean().default(false),
};
export const createIdentityProviderBody = z.strictObject({ id: providerId, ...settings });
export type CreateIdentityProviderBody = z.infer<typeof createIdentityProviderBody>;
export const updateIdentityProviderBody = z.strictObject(settings);
export type UpdateIdentityProviderBody = z.infer<typeof updateIdentityProviderBody>;

/** An OpenID Connect provider by which people sign in. */
export const identityProvider = z
  .object({
    id: z.string(),
    name: z.string(),
    issuer: z.string(),
    clientId: z.string(),
    /** `[REDACTED]` where there is one. */
    clientSecret: z.string().nullable(),
    scopes: z.array(z.string()),
    claims: z.object({
      username: z.string(),
      name: z.string(),
      email: z.string().nullable(),
      groups: z.string().nullable(),
      attributes: z.record(z.string(), z.string()),
    }),
    unknownPeople,
    enabled: z.boolean(),
    /** What the provider has to know of this installation. */
    redirectUri: z.url(),
    postLogoutRedirectUri: z.url(),
    backchannelLogoutUri: z.url(),
    /** Logins that it signs in. */
    linkedCount: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'IdentityProvider' });
export type IdentityProvider = z.infer<typeof identityProvider>;

/** One thing that was looked at: it fits, it does not, or it is for somebody to judge. */
export const providerCheck = z.object({
  check: z.enum(['discovery', 'issuer', 'endpoints', 'pkce', 'keys', 'signOut']),
  state: z.enum(['ok', 'warning', 'failed']),
  detail: z.string(),
});
export type ProviderCheck = z.infer<typeof providerCheck>;

export const providerTest = z
  .object({
    isUsable: z.boolean(),
    checks: z.array(providerCheck),
    /** What the provider itself said, as far as anything came back. */
    answer: z.object({ url: z.string(), status: z.int(), body: z.string(), isCut: z.boolean() }).nullable(),
  })
  .meta({ id: 'IdentityProviderTest' });
export type ProviderTest = z.infer<typeof providerTest>;

/** A sign-in by the provider, or one that was refused. */
export const providerEvent = z.object({
  id: uuid,
  at: instant,
  isRefused: z.boolean(),
  /** Of a refusal: its code. */
  reason: z.string().nullable(),
  /** Null where nobody here is meant. */
  globalUserId: uuid.nullable(),
  name: z.string(),
  /** Whom the provider named, once it had proved that; by it a user admin links a login. */
  subject: z.string().nullable(),
  ip: z.string().nullable(),
});
export type ProviderEvent = z.infer<typeof providerEvent>;

const params = z.object({ id: providerIdPath });
const access = { action: 'settings.manage' } as const;

export const listIdentityProviders = operation({
  id: 'listIdentityProviders',
  method: 'GET',
  path: '/api/identity-provider',
  summary: 'The OpenID Connect providers by which people sign in.',
  access,
  responses: { 200: z.object({ data: z.array(identityProvider) }) },
});

export const createIdentityProvider = operation({
  id: 'createIdentityProvider',
  method: 'POST',
  path: '/api/identity-provider',
  summary: 'Registers a provider.',
  access,
  freshLogin: true,
  body: createIdentityProviderBody,
  responses: { 201: identityProvider },
});

export const readIdentityProvider = operation({
  id: 'readIdentityProvider',
  method: 'GET',
  path: '/api/identity-provider/{id}',
  summary: 'One provider, with what it has to know of this installation.',
  access,
  params,
  responses: { 200: identityProvider },
  unedited: ['linkedCount', 'redirectUri', 'postLogoutRedirectUri', 'backchannelLogoutUri'],
});

export const updateIdentityProvider = operation({
  id: 'updateIdentityProvider',
  method: 'PUT',
  path: '/api/identity-provider/{id}',
  summary: 'Changes a provider; one that is switched off ends the sessions that it opened.',
  access,
  freshLogin: true,
  params,
  body: updateIdentityProviderBody,
  responses: { 200: identityProvider },
});

export const deleteIdentityProvider = operation({
  id: 'deleteIdentityProvider',
  method: 'DELETE',
  path: '/api/identity-provider/{id}',
  summary: 'Removes a provider with its links; what it said of people stays, as if it had been entered by hand.',
  access,
  freshLogin: true,
  params,
  responses: { 204: null },
});

export const testIdentityProvider = operation({
  id: 'testIdentityProvider',
  method: 'POST',
  path: '/api/identity-provider/{id}/test',
  summary: 'Asks the provider for its metadata and keys, and says what fits; nobody is signed in.',
  access,
  params,
  responses: { 200: providerTest },
});

export const listIdentityProviderEvents = operation({
  id: 'listIdentityProviderEvents',
  method: 'GET',
  path: '/api/identity-provider/{id}/event',
  summary: 'The last 20 sign-ins by a provider, also those that were refused.',
  access,
  params,
  responses: { 200: z.object({ data: z.array(providerEvent) }) },
});

/** All of them, for the list of operations. */
export const identityProviderOperations = {
  listIdentityProviders,
  createIdentityProvider,
  readIdentityProvider,
  updateIdentityProvider,
  deleteIdentityProvider,
  testIdentityProvider,
  listIdentityProviderEvents,
} as const;
