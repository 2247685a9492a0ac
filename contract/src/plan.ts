import { z } from 'zod';
import { technology } from './enums.ts';
import { operation } from './operation.ts';
import { cuid, instant } from './text.ts';

/** What an approval would run on one platform. */
export const planConnection = z.object({
  connectionKey: z.string(),
  technology,
  /**
   * The native statements, in order, exactly as they would run for an approval without an end. Only those of a masking exception tell
   * the platform of an end: where one is given, it stands in them in the place of NULL.
   */
  statements: z.array(z.string()),
  /** How many objects the beneficiary would read there; of a masking exception, on how many its columns lie. */
  objects: z.int(),
  /** How many principals of the platform the statements touch. */
  principals: z.int(),
  objectPaths: z.array(z.array(z.string())).optional(),
  principalNames: z.array(z.string()).optional(),
  /** Why a part cannot be done now: no account there, an object on hold, no mask to lift. */
  blocked: z.array(z.object({ object: z.string(), reason: z.string() })).optional(),
  observedAt: instant.optional(),
});
export type PlanConnection = z.infer<typeof planConnection>;

/** The plan that a determination is bound to by its hash. */
export const planPreview = z
  .object({
    planHash: z.string(),
    empty: z.boolean(),
    connections: z.array(planConnection),
  })
  .meta({ id: 'PlanPreview' });
export type PlanPreview = z.infer<typeof planPreview>;

export const getAccessRequestPlan = operation({
  id: 'getAccessRequestPlan',
  method: 'GET',
  path: '/api/access-request/{id}/plan',
  summary: 'The exact statements that approving this request would run.',
  access: { action: 'access-request.inspect' },
  params: z.object({ id: cuid }),
  responses: { 200: planPreview },
});
