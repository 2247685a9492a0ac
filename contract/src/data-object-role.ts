import { z } from 'zod';
import { nodeRole } from './enums.ts';
import { lossQuery } from './confirm-loss.ts';
import { operation } from './operation.ts';
import { abilities, author } from './person.ts';
import { instant, line, numericId, uuid } from './text.ts';

/** One role on a node. `principalId` is a `globalUserId`, or a group's number as text. */
export const dataObjectRoleGrant = z.object({
  role: nodeRole,
  principalType: z.enum(['user', 'group']),
  principalId: z.union([line(64), numericId.transform(String).pipe(z.string())]),
});
export type DataObjectRoleGrant = z.infer<typeof dataObjectRoleGrant>;

/** A role as it holds on a node: given there, or on a node above it. */
export const dataObjectRole = z.object({
  role: nodeRole,
  principalType: z.enum(['user', 'group']),
  principalId: z.string(),
  principalName: z.string(),
  /** The node on which it was given; roles hold for everything below. */
  from: z.object({ id: uuid, objectPath: z.array(z.string()) }),
  isInherited: z.boolean(),
  grantedBy: author.nullable(),
  grantedAt: instant,
});
export type DataObjectRole = z.infer<typeof dataObjectRole>;

export const dataObjectRoles = z
  .object({ data: z.array(dataObjectRole), abilities: abilities.optional() })
  .meta({ id: 'DataObjectRoles' });
export type DataObjectRoles = z.infer<typeof dataObjectRoles>;

export const setDataObjectRolesBody = z.object({ roles: z.array(dataObjectRoleGrant).max(1_000) });
export type SetDataObjectRolesBody = z.infer<typeof setDataObjectRolesBody>;

export const listDataObjectRoles = operation({
  id: 'listDataObjectRoles',
  method: 'GET',
  path: '/api/data-object/{id}/role',
  summary: 'Who looks after a node and who answers for its data, with where each role comes from.',
  access: { action: 'data-object-role.read' },
  params: z.object({ id: uuid }),
  responses: { 200: dataObjectRoles },
});

export const setDataObjectRoles = operation({
  id: 'setDataObjectRoles',
  method: 'PUT',
  path: '/api/data-object/{id}/role',
  summary: 'Replaces the roles that are given on this very node; those from above stay.',
  access: { action: 'data-object-role.assign' },
  freshLogin: true,
  losing: 'many',
  params: z.object({ id: uuid }),
  query: z.object(lossQuery),
  body: setDataObjectRolesBody,
  responses: { 200: dataObjectRoles },
});
