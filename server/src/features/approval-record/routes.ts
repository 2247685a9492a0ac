import { updateApprovalRecord } from '@stoa/contract/approval-record';
import { notFound } from '../../http/refusal.ts';
import { provingRoute, type Route } from '../../http/route.ts';
import { determineRequest } from '../access-request/determine-together.ts';
import { presentRecord } from './present-record.ts';

export const approvalRecordRoutes: readonly Route[] = [
  provingRoute(updateApprovalRecord)(async ({ deps, actor, params, body, call }) => {
    const subject = { recordId: params.id };
    const decided = await determineRequest(deps, { actorId: actor.globalUserId, subject, decision: body, call });
    const record = decided.request.records.find((r) => r.id === params.id);
    if (record === undefined) throw notFound('approval record');
    return { status: 200, body: presentRecord(record, { request: decided.request, viewer: decided }) };
  }),
];
