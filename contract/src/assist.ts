import { z } from 'zod';
import { approvalStatus, risk } from './enums.ts';
import { offsetPage, offsetQuery } from './page.ts';
import { operation } from './operation.ts';
import { productColumn } from './data-product.ts';
import { cuid } from './text.ts';

const negation = { negation: z.boolean().optional() };
/** What earlier requests and this one have in common. */
export const cohortLiteral = z.union([
  z.object({ name: z.string(), value: z.string(), ...negation }),
  z.object({ label: z.string(), similarRequests: z.record(z.string(), z.string()).optional(), ...negation }),
  z.object({ name: z.string(), ...negation }),
]);
export type CohortLiteral = z.infer<typeof cohortLiteral>;

export const computedAssessment = z.object({
  conflictDetected: z.boolean(),
  approvalRisk: risk,
  recommendation: z.enum([...approvalStatus.options, 'NONE']),
  nAllowed: z.int(),
  nDenied: z.int(),
  riskValue: z.number(),
  cohort: z.object({ literals: z.array(cohortLiteral) }),
  medianApprovalTimeWindowInDays: z.number().nullable().optional(),
  explanation: z.string(),
  approvalReasons: z.array(z.string()),
  denialReasons: z.array(z.string()),
});
/** What earlier decisions suggest; the level alone while it is computed, or when there are too few. */
export const riskAssessment = z
  .union([computedAssessment, z.object({ approvalRisk: risk })])
  .meta({ id: 'RiskAssessment' });
export type RiskAssessment = z.infer<typeof riskAssessment>;

export const getRiskAssessment = operation({
  id: 'getRiskAssessment',
  method: 'GET',
  path: '/api/access-request/{id}/risk-assessment',
  summary: 'What earlier decisions suggest for a request; advice, never a decision.',
  access: { action: 'access-request.assess' },
  published: 26,
  params: z.object({ id: cuid }),
  responses: { 200: riskAssessment },
});

export const searchAccessRequestMaskingExceptionColumns = operation({
  id: 'searchAccessRequestMaskingExceptionColumns',
  method: 'GET',
  path: '/api/access-request/{id}/masking-exception-columns',
  summary: 'The masked columns that a request asks for.',
  access: { action: 'access-request.read' },
  published: 27,
  params: z.object({ id: cuid }),
  query: z.object(offsetQuery),
  responses: { 200: offsetPage(productColumn) },
});
