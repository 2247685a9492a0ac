import { z } from 'zod';
import { providerIdPath } from './identity-provider.ts';
import { operation } from './operation.ts';
import { instant, line } from './text.ts';

/** By these somebody could be taken for another: the claim has to be an id that the provider never gives twice. */
const claimsOfNames = new Set(
  'email preferred_username name nickname given_name family_name upn unique_name username login'.split(' '),
);
const idClaim = line(255)
  .regex(/\S/u, 'is empty')
  .refine(
    (claim) => !claimsOfNames.has(claim.toLowerCase()),
    'is a name or an address, which may come to somebody else',
  );

export const scimSettings = z.strictObject({
  /** The claim of a sign-in that holds what the directory calls `externalId`. */
  idClaim: idClaim.default('sub'),
  /** Whether a group made by hand becomes the directory's when it pushes one of the same name. */
  takesOverGroups: z.boolean().default(false),
});
export type ScimSettings = z.infer<typeof scimSettings>;

/** Whether and how the directory of a provider keeps people and groups. */
export const scimAccess = z
  .object({
    isOn: z.boolean(),
    /** What the directory has to be told. */
    baseUrl: z.url(),
    idClaim: z.string(),
    takesOverGroups: z.boolean(),
    /** Null: it is off. */
    tokenCreatedAt: instant.nullable(),
    tokenLastUsedAt: instant.nullable(),
    /** What was refused last. */
    lastRefusal: z.object({ at: instant, detail: z.string() }).nullable(),
    /** Whom and what it keeps. */
    peopleCount: z.int(),
    groupCount: z.int(),
  })
  .meta({ id: 'ScimAccess' });
export type ScimAccess = z.infer<typeof scimAccess>;

/** With the token, which is told this once; null: it stays the one that was told. */
export const scimAccessWithToken = scimAccess
  .extend({ token: z.string().nullable() })
  .meta({ id: 'ScimAccessWithToken' });

const access = { action: 'settings.manage' } as const;
const params = z.object({ id: providerIdPath });

export const readScimAccess = operation({
  id: 'readScimAccess',
  method: 'GET',
  path: '/api/identity-provider/{id}/scim',
  summary: 'Whether the directory of a provider keeps people and groups over SCIM, and how many.',
  access,
  params,
  responses: { 200: scimAccess },
  unedited: ['baseUrl', 'tokenCreatedAt', 'tokenLastUsedAt', 'lastRefusal', 'peopleCount', 'groupCount'],
});

export const setScimAccess = operation({
  id: 'setScimAccess',
  method: 'PUT',
  path: '/api/identity-provider/{id}/scim',
  summary: 'Switches SCIM on for a provider, and answers its token this once; or changes how it works.',
  access,
  params,
  freshLogin: true,
  body: scimSettings,
  responses: { 200: scimAccessWithToken },
});

export const renewScimToken = operation({
  id: 'renewScimToken',
  method: 'POST',
  path: '/api/identity-provider/{id}/scim/token',
  summary: 'Makes a new token for SCIM and answers it this once; the former one ends.',
  access,
  params,
  freshLogin: true,
  responses: { 200: scimAccessWithToken },
});

export const endScimAccess = operation({
  id: 'endScimAccess',
  method: 'DELETE',
  path: '/api/identity-provider/{id}/scim',
  summary:
    'Switches SCIM off: its token ends, and what it kept stays until the sign-ins of the provider say otherwise.',
  access,
  params,
  freshLogin: true,
  responses: { 204: null },
});

/** All of them, for the list of operations. */
export const scimAccessOperations = { readScimAccess, setScimAccess, renewScimToken, endScimAccess } as const;
