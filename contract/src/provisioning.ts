import { z } from 'zod';
import { objectProvisioningState, provisioningState, technology } from './enums.ts';
import { operation } from './operation.ts';
import { taskAnswer } from './task.ts';
import { connectionKeyPath, cuid, instant } from './text.ts';

/** What the platform answered when it was read back as the principal, and how it was asked. */
export const proof = z.object({
  principal: z.string(),
  /** How it was asked: `set-role-read` ran a 0-row read as the principal, `effective-privilege` read the catalog. */
  probe: z.string(),
  observedAt: instant,
});
export type Proof = z.infer<typeof proof>;

/** The ladder beside a request's status: the worst object, and how many stand where. */
export const provisioningSummary = z
  .object({
    state: provisioningState,
    counts: z.object({ total: z.int(), active: z.int(), prevented: z.int(), failed: z.int() }).optional(),
    approvedAt: instant.optional(),
    activeAt: instant.optional(),
    lastVerifiedAt: instant.optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'ProvisioningSummary' });
export type ProvisioningSummary = z.infer<typeof provisioningSummary>;

export const objectProvisioning = z.object({
  dataSourceId: z.int(),
  connectionKey: connectionKeyPath.optional(),
  technology: technology.optional(),
  objectPath: z.array(z.string()),
  state: objectProvisioningState,
  reason: z.string().optional(),
  /** What mends it, when a person has to. */
  remedy: z.string().optional(),
  nextAttemptAt: instant.optional(),
  lastVerifiedAt: instant.optional(),
  proof: proof.optional(),
});
export type ObjectProvisioning = z.infer<typeof objectProvisioning>;

/** `GET /api/access-request/{id}/provisioning`: where the access stands on the platforms. */
export const provisioningStatus = provisioningSummary
  .extend({ objects: z.array(objectProvisioning) })
  .meta({ id: 'ProvisioningStatus' });
export type ProvisioningStatus = z.infer<typeof provisioningStatus>;

const params = z.object({ id: cuid });

export const getAccessRequestProvisioning = operation({
  id: 'getAccessRequestProvisioning',
  method: 'GET',
  path: '/api/access-request/{id}/provisioning',
  summary: 'Where the access of a request stands on the platforms, object by object, with its proof.',
  access: { action: 'access-request.read' },
  params,
  responses: { 200: provisioningStatus },
});

export const retryAccessRequestProvisioning = operation({
  id: 'retryAccessRequestProvisioning',
  method: 'POST',
  path: '/api/access-request/{id}/provisioning/retry',
  summary: 'Tries again at once what failed on the platforms.',
  access: { action: 'access-request.retry' },
  params,
  responses: { 202: taskAnswer },
});
