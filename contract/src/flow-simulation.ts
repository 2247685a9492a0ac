import { z } from 'zod';
import { formInput, requestedColumns } from './access-request.ts';
import { assetType, requestType } from './enums.ts';
import { operation } from './operation.ts';
import { personName } from './person.ts';
import { formField } from './request-form.ts';
import { approveEvent, denyEvent, formFlow, reviewer, reviewEvent, targetFlow } from './review-flow.ts';
import { instant, uuid } from './text.ts';

/**
 * Whose flows, saved or only drafted, and who would ask for what. A draft takes the place of what is saved: `formFlow` and
 * `fields` of the form's, `targetFlow` of the target's own (null: without one).
 */
export const simulateReviewFlowBody = z
  .object({
    requestType: requestType.default('DATA_ACCESS'),
    /** Who asks; the caller when left out. */
    requestingUser: uuid.optional(),
    /** Who would get access; the one who asks when left out. */
    user: uuid.optional(),
    answers: formInput.shape.answers,
    /** Of a masking exception. */
    columns: requestedColumns.optional(),
    target: z.object({ type: assetType, id: uuid }).optional(),
    /** A target that is not there yet: the domains it would stand in. */
    domainIds: z.array(uuid).max(50).optional(),
    formId: uuid.optional(),
    fields: z.array(formField).max(100).optional(),
    formFlow: formFlow.optional(),
    targetFlow: targetFlow.nullable().optional(),
  })
  .meta({ id: 'SimulateReviewFlowBody' });
export type SimulateReviewFlowBody = z.infer<typeof simulateReviewFlowBody>;

/** How four eyes keeps somebody from a slot that they fill. */
export const barrier = z.enum(['requester', 'beneficiary', 'self-grant', 'assigned']);
export type Barrier = z.infer<typeof barrier>;

export const simulatedSlot = z.object({
  reviewers: z.array(reviewer),
  /** The first of those who could decide it now, by name. */
  people: z.array(personName),
  peopleCount: z.int(),
  barred: z.array(z.object({ person: personName, barrier })),
});
export type SimulatedSlot = z.infer<typeof simulatedSlot>;

/** What a request would lead to, were it sent now. */
export const flowSimulation = z
  .object({
    /** The flow that decides, and the place of the rule that fires, from 0; null for its default. */
    origin: z.object({ flow: z.enum(['form', 'target']), rule: z.int().nullable() }),
    /** False while the form decides by itself: the target's own flow is stored, but asked about nothing. */
    targetFlowIsActive: z.boolean(),
    event: z.discriminatedUnion('type', [approveEvent, denyEvent, reviewEvent]),
    stages: z.array(z.object({ mode: z.enum(['any', 'all']), slots: z.array(simulatedSlot) })),
    /** Nobody could decide some slot. */
    isStuck: z.boolean(),
    /** By the rule; where people decide, as asked for. Null without end, and where nothing is granted. */
    end: instant.nullable(),
    /** What the rules looked at. `duration` is in days, null without end. */
    facts: z.object({
      duration: z.number().nullable(),
      userGroups: z.array(z.string()),
      userAttributes: z.record(z.string(), z.array(z.string())),
      targetTags: z.array(z.string()),
      columnTags: z.array(z.string()),
      columnCount: z.int(),
      onBehalf: z.boolean(),
      risk: z.enum(['HIGH', 'MODERATE', 'LOW', 'INDETERMINATE', 'PENDING']),
    }),
    /** Answers that do not fit their question; the rules saw none in their place. */
    answerProblems: z.array(z.object({ fieldId: z.string(), message: z.string() })),
  })
  .meta({ id: 'FlowSimulation' });
export type FlowSimulation = z.infer<typeof flowSimulation>;

export const simulateReviewFlow = operation({
  id: 'simulateReviewFlow',
  method: 'POST',
  path: '/api/review-flow/simulate',
  summary: 'Which rule would fire for a person and their answers, and who would be asked; writes nothing.',
  access: { action: 'review-flow.simulate' },
  body: simulateReviewFlowBody,
  responses: { 200: flowSimulation },
});
