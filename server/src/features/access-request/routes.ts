import {
  type PreviewAccessRequestBody,
  cancelAccessRequest as cancelOperation,
  determineAccessRequest,
  extendAccessRequest,
  getAccessRequestById,
  getAccessRequestRecords,
  getRecentDeterminations,
  previewAccessRequest as previewOperation,
  requestAccess,
  rerouteAccessRequest as rerouteOperation,
  revokeAccess as revokeOperation,
  searchAccessRequests,
  searchDataProductAccessRequests,
} from '@stoa/contract/access-request';
import {
  acceptAgreements as acceptOperation,
  listRequestAgreements as agreementsOperation,
} from '@stoa/contract/agreement-acceptance';
import {
  getRecentAssetDeterminations,
  previewAssetRequest,
  requestAsset,
  type RequestAssetBody,
  revokeAssetRequest,
} from '@stoa/contract/asset';
import { determineAccessRequests } from '@stoa/contract/bulk-determination';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { snoozeAccessRequest, wakeAccessRequest } from '@stoa/contract/snooze';
import { remindReviewers as remindOperation } from '@stoa/contract/reviewer-reminder';
import { requireMay } from '../../http/require.ts';
import { lockingRoute, provingRoute, type Route, route } from '../../http/route.ts';
import { readSwitches } from '../../settings-store.ts';
import { listRequestAgreements } from '../data-use-agreement/list-request-agreements.ts';
import { acceptAgreements } from './accept-agreements.ts';
import { cancelAccessRequest } from './cancel.ts';
import { determineInBulk } from './determine-in-bulk.ts';
import { determineRequest } from './determine-together.ts';
import { readEvidence } from './evidence.ts';
import { extendAccess } from './extend.ts';
import { loadProductTarget, loadTarget, type TargetRef } from './load-target.ts';
import { loadRequestFor } from './load-viewer.ts';
import type { RequestInput } from './prepare-request.ts';
import { presentRequest } from './present-request.ts';
import { previewAccessRequest } from './preview.ts';
import { readAccessRequest, readApprovalRecords } from './read-request.ts';
import { findRecentDeterminations } from './recent-determinations.ts';
import { snoozeRequest, wakeRequest } from './snooze.ts';
import { remindReviewers } from './remind-reviewers.ts';
import { rerouteAccessRequest } from './reroute.ts';
import { revokeAccess } from './revoke.ts';
import { searchRequests } from './search-requests.ts';
import { submitAccessRequest } from './submit.ts';

const onAsset: readonly Route[] = [
  route(requestAsset)(async ({ deps, actor, params, body, call }) => {
    const input = assetInput(actor.globalUserId, params.id, body);
    const made = await submitAccessRequest(deps, input, call);
    return { status: 201, body: presentRequest(made.request, made) };
  }),
  route(previewAssetRequest)(async ({ deps, actor, params, body }) => {
    const input = assetInput(actor.globalUserId, params.id, body);
    return { status: 200, body: await previewAccessRequest(deps.db, input) };
  }),
  route(revokeAssetRequest)(async ({ deps, actor, params, query, call }) => {
    const targetId = params.id.toLowerCase();
    const { requestId } = params;
    await revokeAccess(deps, { targetId, requestId, actorId: actor.globalUserId, reason: query.reason, call });
    return { status: 204 };
  }),
  route(getRecentAssetDeterminations)(async ({ deps, actor, params, query }) => {
    const switches = await readSwitches(deps.db);
    const ref: TargetRef = { type: 'ASSET', id: params.id.toLowerCase() };
    const { id, object } = await loadTarget(deps.db, { ref, type: query.type, actor, switches });
    requireMay(actor, 'access-request.assess', object);
    return {
      status: 200,
      body: { determinations: await findRecentDeterminations(deps.db, { targetId: id, type: query.type }) },
    };
  }),
];

const productInput = (actorId: string, id: string, body: PreviewAccessRequestBody): RequestInput => ({
  actorId,
  target: { type: 'DATA_PRODUCT', id },
  beneficiaryId: body.user,
  form: body.form,
  type: body.type ?? 'DATA_ACCESS',
  ...(body.columns === undefined ? {} : { columns: body.columns }),
  ...(body.replaces === undefined ? {} : { replaces: body.replaces }),
});

const assetInput = (actorId: string, id: string, body: RequestAssetBody): RequestInput => ({
  actorId,
  target: { type: 'ASSET', id: id.toLowerCase(), asset: body.asset },
  beneficiaryId: body.user,
  form: body.form,
  type: body.requestType,
  ...(body.requestType === 'MASKING_EXCEPTION' ? { columns: body.columns } : {}),
  ...(body.replaces === undefined ? {} : { replaces: body.replaces }),
});

const onProduct: readonly Route[] = [
  route(searchDataProductAccessRequests)(async ({ deps, actor, params, query }) => {
    const switches = await readSwitches(deps.db);
    await loadProductTarget(deps.db, { productId: params.id, type: 'DATA_ACCESS', actor, switches });
    const filters = { ...query, dataProductId: params.id };
    return { status: 200, body: await searchRequests(deps, { filters, roles: [], actor }) };
  }),
  route(requestAccess)(async ({ deps, actor, params, body, call }) => {
    const made = await submitAccessRequest(deps, productInput(actor.globalUserId, params.id, body), call);
    return { status: 201, body: presentRequest(made.request, made) };
  }),
  route(previewOperation)(async ({ deps, actor, params, body }) => ({
    status: 200,
    body: await previewAccessRequest(deps.db, productInput(actor.globalUserId, params.id, body)),
  })),
  route(revokeOperation)(async ({ deps, actor, params, query, call }) => {
    const { id: targetId, requestId } = params;
    await revokeAccess(deps, { targetId, requestId, actorId: actor.globalUserId, reason: query.reason, call });
    return { status: 204 };
  }),
  route(getRecentDeterminations)(async ({ deps, actor, params, query }) => {
    const switches = await readSwitches(deps.db);
    const { object } = await loadProductTarget(deps.db, { productId: params.id, type: query.type, actor, switches });
    requireMay(actor, 'access-request.assess', object);
    const determinations = await findRecentDeterminations(deps.db, { targetId: params.id, type: query.type });
    return { status: 200, body: { determinations } };
  }),
];

/** Asking, deciding, ending, and reading about it. */
export const accessRequestRoutes: readonly Route[] = [
  ...onProduct,
  ...onAsset,
  route(searchAccessRequests)(async ({ deps, actor, query }) => {
    const { role, ...filters } = query;
    return { status: 200, body: await searchRequests(deps, { filters, roles: role, actor }) };
  }),
  route(getAccessRequestById)(async ({ deps, actor, params }) => ({
    status: 200,
    body: await readAccessRequest(deps.db, actor, params.id),
  })),
  route(cancelOperation)(async ({ deps, actor, params, call }) => {
    await cancelAccessRequest(deps, { requestId: params.id, actorId: actor.globalUserId, call });
    return { status: 204 };
  }),
  route(agreementsOperation)(async ({ deps, actor, params }) => {
    const { request } = await loadRequestFor(deps.db, params.id, { actor, action: 'access-request.read' });
    const agreements = await listRequestAgreements(deps.db, request.id, request.form.agreements);
    return { status: 200, body: { agreements, awaitsAcceptance: request.awaits_acceptance } };
  }),
  route(acceptOperation)(async ({ deps, actor, params, body, call }) => {
    const input = { requestId: params.id, actorId: actor.globalUserId, read: body.agreements, call };
    const accepted = await acceptAgreements(deps, input);
    return { status: 200, body: presentRequest(accepted.request, accepted) };
  }),
  route(extendAccessRequest)(async ({ deps, actor, params, body, call }) => {
    const input = { requestId: params.id, actorId: actor.globalUserId, form: body.form, call };
    const made = await extendAccess(deps, input);
    return { status: 201, body: presentRequest(made.request, made) };
  }),
  route(getAccessRequestRecords)(async ({ deps, actor, params }) => ({
    status: 200,
    body: { approvalRecords: await readApprovalRecords(deps.db, actor, params.id) },
  })),
  provingRoute(determineAccessRequest)(async ({ deps, actor, params, body, call }) => {
    const subject = { requestId: params.id };
    const decided = await determineRequest(deps, { actorId: actor.globalUserId, subject, decision: body, call });
    return { status: 200, body: presentRequest(decided.request, decided) };
  }),
  provingRoute(determineAccessRequests)(async ({ deps, actor, body, call }) => ({
    status: 200,
    body: await determineInBulk(deps, { actorId: actor.globalUserId, body, call }),
  })),
  lockingRoute(rerouteOperation)(async ({ deps, actor, params, body, call }) => {
    const routed = await rerouteAccessRequest(deps, { requestId: params.id, actorId: actor.globalUserId, body, call });
    return { status: 200, body: presentRequest(routed.request, routed) };
  }),
  route(remindOperation)(async ({ deps, actor, params, call }) => ({
    status: 201,
    body: await remindReviewers(deps, { requestId: params.id, actorId: actor.globalUserId, call }),
  })),
  route(snoozeAccessRequest)(async ({ deps, actor, params, body }) => {
    const until = await snoozeRequest(deps.db, { actor, id: params.id, until: new Date(body.until) });
    return { status: 200, body: { until: until.toISOString() } };
  }),
  route(wakeAccessRequest)(async ({ deps, actor, params }) => {
    await wakeRequest(deps.db, { actor, id: params.id });
    return { status: 204 };
  }),
  route(getAccessRequestEvidence)(async ({ deps, actor, params }) => ({
    status: 200,
    body: await readEvidence(deps, actor, params.id),
  })),
];
