import { getAccessRequestPlan } from '@stoa/contract/plan';
import { downloadAccessRequestProof, getAccessRequestProof } from '@stoa/contract/proof-history';
import { getAccessRequestProvisioning, retryAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { previewPlan } from '../../provisioning/plan-preview.ts';
import { readProvisioningStatus } from '../../provisioning/read-status.ts';
import { loadRequestFor } from '../access-request/load-viewer.ts';
import { loadRequestObject } from '../access-request/load-request-object.ts';
import { readProofFile } from './proof-file.ts';
import { readProofHistory } from './proof-history.ts';
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
  route(getAccessRequestProof)(async ({ deps, actor, params }) => {
    requireMay(actor, 'access-request.inspect', await loadRequestObject(deps.db, params.id));
    return { status: 200, body: await readProofHistory(deps.db, params.id) };
  }),
  route(downloadAccessRequestProof)(async ({ deps, actor, params }) => {
    const { request } = await loadRequestFor(deps.db, params.id, { actor, action: 'access-request.inspect' });
    return {
      status: 200,
      body: await readProofFile(deps, request),
      headers: { 'content-disposition': `attachment; filename="proof-${params.id}.json"` },
    };
  }),
];
