import { z } from 'zod';
import { domainPermission, globalPermission } from './enums.ts';
import { operation } from './operation.ts';
import { abilities, attributes } from './person.ts';
import { secondFactorCode } from './second-factor.ts';
import { email, instant, line, longestPassword, name, shortestPassword, text, username, uuid } from './text.ts';

/** A password to be set; how it was met before does not matter to sign in. */
export const newPassword = text(longestPassword, shortestPassword);

export const sessionBody = z.object({
  username: line(255),
  password: text(1_024),
  /** Of an account with a second factor. */
  code: secondFactorCode.optional(),
});
export type SessionBody = z.infer<typeof sessionBody>;

/** The first administrator of an installation. */
export const setupBody = z.object({ username, name, email, password: newPassword });
export type SetupBody = z.infer<typeof setupBody>;

const collectionPermission = z.object({
  id: uuid,
  createdAt: instant,
  collectionId: z.string(),
  permission: domainPermission,
  profileId: z.int().nullable().optional(),
  groupId: z.int().nullable().optional(),
});

/** Who the caller is, with everything the permissions look at. */
export const currentUser = z
  .object({
    displayName: z.string(),
    username: z.string(),
    /** When the session or token ends, in seconds since 1970. */
    expiration: z.int(),
    globalUserId: uuid,
    trackingId: z.string(),
    tenantInfo: z.object({
      id: uuid,
      fqdn: z.string().optional(),
      organizationId: z.string().optional(),
      organizationName: z.string().optional(),
      globalSegment: z.string().optional(),
    }),
    email: z.email().nullable().optional(),
    globalPermissions: z.array(globalPermission),
    /** Domain id to the permissions held there. */
    collectionPermissions: z.record(z.string(), z.array(collectionPermission)),
    authorizations: attributes,
    groups: z.array(z.string()),
    /** Ours: the numeric id that lists show. */
    id: z.int().optional(),
    /** Ours: whether a password of this installation opens the account; else somebody else signs it in, or nobody. */
    hasPassword: z.boolean().optional(),
    /** Ours, of sessions by password: whether the account has a second factor, or is in need of one before anything else. */
    secondFactor: z.enum(['on', 'off', 'needed']).optional(),
    /** Ours: the provider that signed this session in, and whether its own session can be ended from here. */
    signedInBy: z.object({ id: z.string(), name: z.string(), hasSignOut: z.boolean() }).optional(),
    /** Ours: what the caller may do at all; the web shows its menus by it. */
    abilities: abilities.optional(),
  })
  .meta({ id: 'CurrentUser' });
export type CurrentUser = z.infer<typeof currentUser>;

/** A token as it is shown after it was made; the secret itself never is. */
export const personalAccessToken = z
  .object({
    tokenId: uuid,
    userId: uuid,
    tenantId: uuid,
    description: z.string(),
    active: z.boolean(),
    creationDate: instant.optional(),
    expirationDate: instant.optional(),
    /** Ours: the first characters, to know it again. */
    prefix: z.string().optional(),
    /** Ours. */
    lastUsedAt: instant.optional(),
    /** Ours: the address of the last caller. */
    lastUsedFrom: z.string().optional(),
  })
  .meta({ id: 'PersonalAccessToken' });
export type PersonalAccessToken = z.infer<typeof personalAccessToken>;

export const createTokenBody = z.object({ description: line(255), expirationDate: instant.optional() });
export type CreateTokenBody = z.infer<typeof createTokenBody>;
export const createdToken = z.object({ tokenId: uuid, token: z.string() });
export type CreatedToken = z.infer<typeof createdToken>;

const tokenParams = z.object({ id: uuid });

export const signIn = operation({
  id: 'signIn',
  method: 'POST',
  path: '/api/auth/session',
  summary: 'Signs in with a local account; the answer sets the session cookie.',
  access: { public: true },
  body: sessionBody,
  responses: { 204: null },
});

export const signOut = operation({
  id: 'signOut',
  method: 'DELETE',
  path: '/api/auth/session',
  summary: 'Ends the session.',
  access: { action: 'account.self' },
  withoutSecondFactor: true,
  responses: { 204: null },
});

export const getSetup = operation({
  id: 'getSetup',
  method: 'GET',
  path: '/api/auth/setup',
  summary: 'Whether the first administrator has still to be made.',
  access: { public: true },
  responses: { 200: z.object({ needed: z.boolean() }) },
});

export const setUp = operation({
  id: 'setUp',
  method: 'POST',
  path: '/api/auth/setup',
  summary: 'Makes the first administrator and signs in; refused once anybody exists.',
  access: { public: true },
  body: setupBody,
  responses: { 204: null },
});

export const getCurrentUser = operation({
  id: 'user',
  method: 'GET',
  path: '/api/auth/user',
  summary: 'Who the caller is.',
  access: { action: 'account.self' },
  withoutSecondFactor: true,
  published: 70,
  responses: { 200: currentUser },
});

export const getToken = operation({
  id: 'getToken',
  method: 'GET',
  path: '/api/auth/tokens/{id}',
  summary: "One of the caller's tokens.",
  access: { action: 'account.self' },
  published: 71,
  params: tokenParams,
  responses: { 200: personalAccessToken },
});

export const deleteToken = operation({
  id: 'deleteToken',
  method: 'DELETE',
  path: '/api/auth/tokens/{id}',
  summary: "Ends one of the caller's tokens.",
  access: { action: 'account.self' },
  published: 72,
  params: tokenParams,
  responses: { 200: null },
});

export const listTokens = operation({
  id: 'listTokens',
  method: 'GET',
  path: '/api/auth/tokens',
  summary: "The caller's tokens.",
  access: { action: 'account.self' },
  published: 73,
  responses: { 200: z.array(personalAccessToken) },
});

export const createToken = operation({
  id: 'createToken',
  method: 'POST',
  path: '/api/auth/tokens',
  summary: 'Makes a token; its secret is shown in this answer alone.',
  access: { action: 'account.self' },
  freshLogin: true,
  published: 74,
  body: createTokenBody,
  responses: { 200: createdToken },
});
