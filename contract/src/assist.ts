import { z } from 'zod';
import { productColumn } from './data-product.ts';
import { approvalStatus, assetType, requestType, risk } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList, sortOrder } from './page.ts';
import { cuid, instant, searchText, uuid } from './text.ts';

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

/** What is computed for one row of a list; the whole assessment belongs to the request's own page. */
export const riskOfRequest = z.object({
  id: cuid,
  approvalRisk: risk,
  recommendation: computedAssessment.shape.recommendation.optional(),
  /** Alike requests were decided both ways. */
  conflictDetected: z.boolean().optional(),
});
export type RiskOfRequest = z.infer<typeof riskOfRequest>;

export const listRiskAssessments = operation({
  id: 'listRiskAssessments',
  method: 'GET',
  path: '/api/access-request/risk-assessment',
  summary: 'The risk of several requests at once; those that the caller may not review are left out.',
  access: { action: 'access-request.assess' },
  query: z.object({ id: queryList(cuid).pipe(z.array(cuid).min(1).max(100)) }),
  responses: { 200: z.array(riskOfRequest) },
});

/** How often people decided as review assist recommended at that moment. */
export const assistRate = z.object({
  accepted: z.int(),
  overridden: z.int(),
  /** Decided where nothing was recommended. */
  unadvised: z.int(),
});
export type AssistRate = z.infer<typeof assistRate>;
export const assistRateOfTarget = assistRate
  .extend({
    target: z.object({ id: uuid, type: assetType, name: z.string(), slug: z.string().optional() }),
    requestType,
    updatedAt: instant,
  })
  .meta({ id: 'AssistRateOfTarget' });
export type AssistRateOfTarget = z.infer<typeof assistRateOfTarget>;

export const listAssistRates = operation({
  id: 'listAssistRates',
  method: 'GET',
  path: '/api/assist-rate',
  summary: 'Per target that the caller reviews: how often people followed review assist.',
  access: { action: 'access-request.read' },
  query: z.object({
    ...offsetQuery,
    searchText: searchText.optional(),
    type: queryList(requestType).optional(),
    sortBy: z.enum(['name', 'accepted', 'overridden', 'unadvised', 'updatedAt']).default('updatedAt'),
    sortOrder: sortOrder.default('desc'),
  }),
  responses: { 200: offsetPage(assistRateOfTarget) },
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
