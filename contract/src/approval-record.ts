import { z } from 'zod';
import { approvalStatus, durationUnit } from './enums.ts';
import { operation } from './operation.ts';
import { abilities, person, personName, stamps } from './person.ts';
import { reviewer } from './review-flow.ts';
import { cuid, instant, reason } from './text.ts';

/** One slot to be decided inside a request. */
export const approvalRecord = z
  .object({
    id: cuid,
    dataAccessRequestId: cuid,
    approvers: z.array(reviewer),
    /** Ids of records that have to be approved first. */
    prerequisites: z.array(z.string()),
    actionBy: person.optional(),
    status: approvalStatus,
    reason: z.string().optional(),
    ...stamps,
    approverCriteriaMet: z.array(reviewer).nullable(),
    duration: z.number().nullable(),
    durationUnit: durationUnit.nullable(),
    /** Ours: number of its stage, from 1. */
    stage: z.int().optional(),
    /** Ours: a re-route left it behind; it has no say any more. */
    leftBehind: z.boolean().optional(),
    /** Ours: who could decide it now; the first twenty. */
    eligible: z.array(personName).optional(),
    abilities: abilities.optional(),
  })
  .meta({ id: 'ApprovalRecord' });
export type ApprovalRecord = z.infer<typeof approvalRecord>;

/** Whether a status may be set, a reason is missing or a period is possible is for `core/review` to say, with a code. */
const determinationMembers = {
  status: approvalStatus,
  reason: reason.optional(),
  duration: z.number().optional(),
  durationUnit: durationUnit.optional(),
};
export const updateApprovalRecordBody = z.strictObject(determinationMembers);
export type UpdateApprovalRecordBody = z.infer<typeof updateApprovalRecordBody>;

export const determinationBody = z.object({
  ...determinationMembers,
  /** The plan that was shown; the determination is refused when it has moved. */
  planHash: z.string().max(128).optional(),
});
export type DeterminationBody = z.infer<typeof determinationBody>;

/** A decision on a request, as history shows it. */
export const determination = z
  .object({
    id: cuid,
    requestingUser: person,
    user: person,
    actionBy: person.nullable(),
    reason: z.string().optional(),
    status: approvalStatus,
    ...stamps,
    expiration: instant.optional(),
    /** Ours. */
    requestId: cuid.optional(),
    duration: z.number().nullable().optional(),
    durationUnit: durationUnit.nullable().optional(),
  })
  .meta({ id: 'Determination' });
export type Determination = z.infer<typeof determination>;

export const recentDeterminations = z.object({ determinations: z.array(determination) });
export type RecentDeterminations = z.infer<typeof recentDeterminations>;

export const updateApprovalRecord = operation({
  id: 'updateApprovalRecord',
  method: 'PUT',
  path: '/api/approval-record/{id}',
  summary: 'Decides one slot of a request.',
  access: { action: 'access-request.determine' },
  published: 69,
  params: z.object({ id: cuid }),
  body: updateApprovalRecordBody,
  responses: { 200: approvalRecord },
});
