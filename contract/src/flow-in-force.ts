import { z } from 'zod';
import { assetType, requestType } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList, sortOrder } from './page.ts';
import { formFlow } from './review-flow.ts';
import { cuidOrUuid, instant, searchText, uuid } from './text.ts';

/** One flow in force: a form's, or a target's own. */
export const flowInForce = z
  .object({
    owner: z.enum(['form', 'target']),
    /** The form or target that carries it. */
    id: cuidOrUuid,
    name: z.string(),
    /** Of a target. */
    type: assetType.optional(),
    slug: z.string().optional(),
    /** Of a target: the kind of request it is for. */
    requestType: requestType.optional(),
    flow: formFlow,
    /** False for a target's own flow while its form decides by itself. */
    isActive: z.boolean(),
    /** How many targets ask by it; 1 for a target's own. */
    usedBy: z.int(),
    /** The form that the target asks by, for a target's own flow. */
    formId: uuid.optional(),
    formName: z.string().optional(),
    updatedAt: instant,
  })
  .meta({ id: 'FlowInForce' });
export type FlowInForce = z.infer<typeof flowInForce>;

export const listReviewFlows = operation({
  id: 'listReviewFlows',
  method: 'GET',
  path: '/api/review-flow',
  summary: 'The review flows in force: those of forms, and the own ones of products and assets.',
  access: { action: 'review-flow.simulate' },
  query: z.object({
    ...offsetQuery,
    searchText: searchText.optional(),
    owner: queryList(z.enum(['form', 'target'])).optional(),
    requestType: queryList(requestType).optional(),
    sortBy: z.enum(['name', 'updatedAt', 'usedBy']).default('name'),
    sortOrder: sortOrder.default('asc'),
  }),
  responses: { 200: offsetPage(flowInForce) },
});
