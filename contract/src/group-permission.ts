import { z } from 'zod';
import { namingPolicy } from './attribute.ts';
import { domainPermission } from './enums.ts';
import { operation } from './operation.ts';
import { instant, numericIdText, uuid } from './text.ts';

/** What being in a group brings. Global permissions are given to people alone. */
export const groupPermissions = z
  .object({
    domainPermissions: z.array(
      z.object({
        domainId: uuid,
        domainName: z.string(),
        permission: domainPermission,
        grantedAt: instant,
        grantedBy: z.string().nullable(),
      }),
    ),
    /** Whose requests its members decide. */
    reviews: z.array(z.object({ type: z.enum(['data-product', 'request-form']), id: uuid, name: z.string() })),
    /** Policies in force that ask whether somebody is in it. */
    policies: z.array(namingPolicy),
    /** What these policies hold open on the platforms now. */
    access: z.array(
      z.object({
        connectionKey: z.string(),
        /** Data sources behind a condition that asks about the group. */
        sourceCount: z.int(),
        /** Members who were seen there. */
        memberCount: z.int(),
      }),
    ),
  })
  .meta({ id: 'GroupPermissions' });
export type GroupPermissions = z.infer<typeof groupPermissions>;

export const readGroupPermissions = operation({
  id: 'readGroupPermissions',
  method: 'GET',
  path: '/api/group/{id}/permission',
  summary: 'What a group gives its members, and which policies ask about it.',
  access: { action: 'group.manage' },
  params: z.object({ id: numericIdText }),
  responses: { 200: groupPermissions },
});
