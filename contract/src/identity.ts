import { z } from 'zod';
import { lossQuery } from './confirm-loss.ts';
import { identityState } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean, queryList } from './page.ts';
import { personName } from './person.ts';
import { taskAnswer } from './task.ts';
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

export const platformIdentityOfUser = platformIdentity.extend({
  user: personName,
  /** Why there is no account, or why it is not used. */
  reason: z.string().optional(),
  /** Approved accesses of the person that wait for an account here. */
  waiting: z.int().optional(),
});
export type PlatformIdentityOfUser = z.infer<typeof platformIdentityOfUser>;

/** `null` goes back to the name that the connection's template gives. */
export const setIdentityBody = z.object({ externalName: line(255).nullable() });
export type SetIdentityBody = z.infer<typeof setIdentityBody>;

/** Which people of a connection are meant. */
const identityFilter = { searchText: searchText.optional(), state: queryList(identityState).optional() };

export const listIdentities = operation({
  id: 'listIdentities',
  method: 'GET',
  path: '/api/connection/{connectionKey}/identity',
  summary: 'Who everybody is on this platform; those whose access waits for an account come first.',
  access: { action: 'identity.manage' },
  params: z.object({ connectionKey: connectionKeyPath }),
  query: z.object({ ...offsetQuery, ...identityFilter, waiting: queryBoolean.optional() }),
  responses: { 200: offsetPage(platformIdentityOfUser) },
});

export const setIdentity = operation({
  id: 'setIdentity',
  method: 'PUT',
  path: '/api/connection/{connectionKey}/identity/{globalUserId}',
  summary: 'Names who a person is on this platform; verified against it at once.',
  access: { action: 'identity.manage' },
  losing: 'one',
  params: z.object({ connectionKey: connectionKeyPath, globalUserId: uuid }),
  query: z.object(lossQuery),
  body: setIdentityBody,
  responses: { 200: platformIdentity },
});

export const verifyIdentitiesBody = z.object({
  /** Certain people; without them, everybody whom the filters find. */
  globalUserIds: z.array(uuid).min(1).max(1_000).optional(),
  searchText: searchText.optional(),
  state: z.array(identityState).max(4).optional(),
  waiting: z.boolean().optional(),
});
export type VerifyIdentitiesBody = z.infer<typeof verifyIdentitiesBody>;

export const verifyIdentities = operation({
  id: 'verifyIdentities',
  method: 'POST',
  path: '/api/connection/{connectionKey}/identity/verify',
  summary: 'Looks people up on the platform again; access that waited for an account goes on.',
  access: { action: 'identity.manage' },
  params: z.object({ connectionKey: connectionKeyPath }),
  body: verifyIdentitiesBody,
  responses: { 202: taskAnswer },
});
