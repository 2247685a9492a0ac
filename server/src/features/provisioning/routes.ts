import { getAccessRequestPlan } from '@stoa/contract/plan';
import { getAccessRequestProvisioning, retryAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { previewPlan } from '../../provisioning/plan-preview.ts';
import { readProvisioningStatus } from '../../provisioning/read-status.ts';
import { loadRequestObject } from '../access-request/load-request-object.ts';
import { retryProvisioning } from './retry-provisioning.ts';

export const provisioningRoutes: readonly Route[] = [
  route(getAccessRequestPlan)(async ({ deps, actor, params }) => {
    requireMay(actor, 'access-request.inspect', await loadRequestObject(deps.db, params.id));
    return { status: 200, body: await previewPlan(deps, params.id) };
  }),
  route(getAccessRequestProvisioning)(async ({ deps, actor, params }) => {
    requireMay(actor, 'access-request.read', await loadRequestObject(deps.db, params.id));
    return { status: 200, body: await readProvisioningStatus(deps.db, params.id) };
  }),
  route(retryAccessRequestProvisioning)(async ({ deps, actor, params, call }) => ({
    status: 202,
    body: { taskId: await retryProvisioning(deps, { actor, requestId: params.id, call }) },
  })),
];
