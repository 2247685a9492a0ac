import { listReviewFlows as listOperation } from '@stoa/contract/flow-in-force';
import { simulateReviewFlow as simulateOperation } from '@stoa/contract/flow-simulation';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { listReviewFlows } from './list-flows.ts';
import { simulateReviewFlow } from './simulate.ts';

/** Who decides: the flows in force, and what they would come to. */
export const reviewFlowRoutes: readonly Route[] = [
  route(listOperation)(async ({ deps, actor, query }) => {
    requireMay(actor, 'review-flow.simulate', { kind: 'flow-simulation', domains: null });
    return { status: 200, body: await listReviewFlows(deps, actor, query) };
  }),
  route(simulateOperation)(async ({ deps, actor, body }) => ({
    status: 200,
    body: await simulateReviewFlow(deps.db, actor, body),
  })),
];
