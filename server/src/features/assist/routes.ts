import {
  getRiskAssessment,
  listAssistRates,
  listRiskAssessments,
  type RiskAssessment,
  type RiskOfRequest,
} from '@stoa/contract/assist';
import { may } from '@stoa/core/permissions/may';
import { type Route, route } from '../../http/route.ts';
import { readSwitches } from '../../settings-store.ts';
import { loadRequests } from '../access-request/load-requests.ts';
import { loadRequestFor } from '../access-request/load-viewer.ts';
import { toRequestObject } from '../access-request/request-object.ts';
import { assessRequests } from './assess-request.ts';
import { searchAssistRates } from './list-rates.ts';

function riskOf(id: string, assessment: RiskAssessment): RiskOfRequest {
  const { approvalRisk } = assessment;
  return 'recommendation' in assessment
    ? { id, approvalRisk, recommendation: assessment.recommendation, conflictDetected: assessment.conflictDetected }
    : { id, approvalRisk };
}

/** What earlier decisions suggest, and whether people followed it. */
export const assistRoutes: readonly Route[] = [
  route(getRiskAssessment)(async ({ deps, actor, params }) => {
    const { request } = await loadRequestFor(deps.db, params.id, { actor, action: 'access-request.assess' });
    const [assessment] = await assessRequests(deps.db, [request]);
    return { status: 200, body: assessment ?? { approvalRisk: 'INDETERMINATE' } };
  }),
  route(listRiskAssessments)(async ({ deps, actor, query }) => {
    const switches = await readSwitches(deps.db);
    const found = await loadRequests(deps.db, [...new Set(query.id)]);
    const mine = found.filter((r) => may(actor, 'access-request.assess', toRequestObject(r, switches)).allowed);
    const assessments = await assessRequests(deps.db, mine);
    const body = mine.map(({ id }, place) => riskOf(id, assessments[place] ?? { approvalRisk: 'INDETERMINATE' }));
    return { status: 200, body };
  }),
  route(listAssistRates)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await searchAssistRates(deps.db, actor, query),
  })),
];
