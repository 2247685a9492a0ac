import { z } from 'zod';
import { accessRequest, determineAccessRequest } from './access-request.ts';
import { determinationBody } from './approval-record.ts';
import { problem } from './error.ts';
import { operation } from './operation.ts';
import { snoozeOperations } from './snooze.ts';
import { cuid, uuid } from './text.ts';

/** How many requests one call decides at most. */
export const mostInBulk = 25;

const decidedRequest = z.object({
  id: cuid,
  /** The plan that was shown of this one; it alone is refused when it has moved. */
  planHash: determinationBody.shape.planHash,
});
export const bulkDeterminationBody = determinationBody.omit({ planHash: true }).extend({
  accessRequests: z
    .array(decidedRequest)
    .min(1)
    .max(mostInBulk)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'names a request twice'),
});
export type BulkDeterminationBody = z.infer<typeof bulkDeterminationBody>;

/** What became of one of several requests: it is decided and shown as it stands, or it is as it was and says why. */
export const bulkResult = z
  .discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('DECIDED'), id: cuid, accessRequest }),
    z.object({
      outcome: z.literal('REFUSED'),
      id: cuid,
      problem: z.looseObject({ ...problem.shape, next: z.string() }),
    }),
  ])
  .meta({ id: 'BulkResult' });
export type BulkResult = z.infer<typeof bulkResult>;

/** The results in the order in which the requests were given. `bulkId` stands in the audit entry of each decision. */
export const bulkDetermination = z.object({ bulkId: uuid, results: z.array(bulkResult) });
export type BulkDetermination = z.infer<typeof bulkDetermination>;

export const determineAccessRequests = operation({
  id: 'determineAccessRequests',
  method: 'POST',
  path: '/api/access-request/determination',
  summary: 'Decides several like requests at low risk, each as if it were decided alone.',
  access: { action: 'access-request.determine' },
  body: bulkDeterminationBody,
  responses: { 200: bulkDetermination },
});

/** Deciding on whole requests, one by one and several at once, or later. */
export const determinationOperations = {
  determineAccessRequest,
  determineAccessRequests,
  ...snoozeOperations,
} as const;
