import { z } from 'zod';
import { domainPermission, globalPermission } from './enums.ts';
import { operation } from './operation.ts';
import { uuid } from './text.ts';

/** What is asked about a person, one answer each. */
export const explainedAction = z.enum([
  'connection.manage',
  'data-object.manage',
  'user.manage',
  'settings.manage',
  'audit.read',
  'domain.manage',
  'domain.grant',
  'data-product.create',
  'policy.author',
  'tag.manage',
  'tag.apply',
  'identifier.manage',
  'identification.run',
]);
export type ExplainedAction = z.infer<typeof explainedAction>;

export const effectivePermission = z.object({
  action: explainedAction,
  allowed: z.boolean(),
  /** Why, or why not, as the server itself would say it. */
  reason: z.string(),
  /** What would make it a yes. */
  needs: z
    .object({ permission: z.union([globalPermission, domainPermission]), grantedBy: z.literal('USER_ADMIN') })
    .nullable(),
  /** The groups through which a permission that counts here is held. */
  throughGroups: z.array(z.string()),
});
export type EffectivePermission = z.infer<typeof effectivePermission>;

export const explainPermissions = operation({
  id: 'explainPermissions',
  method: 'GET',
  path: '/api/user/{globalUserId}/permission',
  summary: 'What a person may do, in one domain or anywhere, and why: the answers of the permission check itself.',
  access: { action: 'user.manage' },
  params: z.object({ globalUserId: uuid }),
  query: z.object({ domainId: uuid.optional() }),
  responses: { 200: z.object({ data: z.array(effectivePermission) }).meta({ id: 'EffectivePermissions' }) },
});
