import { z } from 'zod';
import { identityState } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList } from './page.ts';
import { personName } from './person.ts';
import { connectionKeyPath, instant, line, searchText, uuid } from './text.ts';

/** Who a person is on a platform. */
export const platformIdentity = z.object({
  externalName: z.string(),
  /** The platform's own id (an OID on PostgreSQL), when the principal was found. */
  platformPrincipalId: z.string().optional(),
  state: identityState,
  /** Who named it: a user admin, or the connection's template. */
  source: z.enum(['admin', 'template']).optional(),
  verifiedAt: instant.optional(),
  connectionKey: connectionKeyPath.optional(),
});
export type PlatformIdentity = z.infer<typeof platformIdentity>;

export const platformIdentityOfUser = platformIdentity.extend({ user: personName });
export type PlatformIdentityOfUser = z.infer<typeof platformIdentityOfUser>;

/** `null` goes back to the name that the connection's template gives. */
export const setIdentityBody = z.object({ externalName: line(255).nullable() });
export type SetIdentityBody = z.infer<typeof setIdentityBody>;

export const listIdentities = operation({
  id: 'listIdentities',
  method: 'GET',
  path: '/api/connection/{connectionKey}/identity',
  summary: 'Who people are on this platform.',
  access: { action: 'identity.manage' },
  params: z.object({ connectionKey: connectionKeyPath }),
  query: z.object({ ...offsetQuery, searchText: searchText.optional(), state: queryList(identityState).optional() }),
  responses: { 200: offsetPage(platformIdentityOfUser) },
});

export const setIdentity = operation({
  id: 'setIdentity',
  method: 'PUT',
  path: '/api/connection/{connectionKey}/identity/{globalUserId}',
  summary: 'Names who a person is on this platform; verified against it at once.',
  access: { action: 'identity.manage' },
  params: z.object({ connectionKey: connectionKeyPath, globalUserId: uuid }),
  body: setIdentityBody,
  responses: { 200: platformIdentity },
});
