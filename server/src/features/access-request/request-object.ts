import type { ApprovalRecord, ReviewedRequest } from '@stoa/core/review/record';
import type { AccessRequestObject } from '@stoa/core/permissions/objects';
import type { FlowDraft, ReviewerSource } from '@stoa/core/review/flow';
import { type FlowsOfTarget, stewardsOf } from '@stoa/core/review/resolve-flow';
import { standardRequestForm } from '@stoa/core/review/standard';
import type { ApplicationSwitches } from '../../settings-store.ts';
import { readStoredFlow } from '../request-form/stored-flow.ts';
import type { LoadedRecord, LoadedRequest } from './load-requests.ts';

type StoredFlows = {
  data_product_id: string | null;
  current_form: { policy: FlowDraft } | null;
  target_flow: FlowDraft | null;
};

/** The flows in force on a target, as core asks for them. */
export const flowsOf = (row: StoredFlows): FlowsOfTarget => ({
  formFlow: readStoredFlow(row.current_form?.policy ?? standardRequestForm.policy, 'form'),
  targetFlow: row.target_flow === null ? null : readStoredFlow(row.target_flow, 'target'),
  targetType: row.data_product_id === null ? 'DATA_OBJECT' : 'DATA_PRODUCT',
});

export const targetReviewersOf = (row: StoredFlows): readonly ReviewerSource[] => stewardsOf(flowsOf(row));

export const toReviewRecord = (record: LoadedRecord): ApprovalRecord => ({
  id: record.id,
  approvers: record.approvers,
  prerequisites: record.prerequisites,
  status: record.status,
  actionBy: record.actionBy,
  reason: record.reason,
  duration: record.duration,
  durationUnit: record.durationUnit,
  approverCriteriaMet: record.criteriaMet ?? [],
  routedBy: record.routedBy,
  decidedAt: record.status === 'APPROVED' || record.status === 'DENIED' ? record.updatedAt : null,
});

/** The request as the review rules see it. */
export const toReviewedRequest = (request: LoadedRequest): ReviewedRequest => ({
  id: request.id,
  status: request.status,
  submittedAt: request.created_at.getTime(),
  requestingUser: request.requesting_user,
  beneficiary: request.beneficiary,
  target: {
    type: request.data_product_id === null ? 'DATA_OBJECT' : 'DATA_PRODUCT',
    domainIds: request.domains.map((d) => d.id),
    suspended: request.suspended,
    registered: request.asset?.registered !== false,
  },
});

/** The request as the permission rules see it. */
export const toRequestObject = (request: LoadedRequest, switches: ApplicationSwitches): AccessRequestObject => ({
  kind: 'access-request',
  id: request.id,
  status: request.status,
  submittedAt: request.created_at.getTime(),
  requestingUser: request.requesting_user,
  beneficiary: request.beneficiary,
  target: {
    type: request.data_product_id === null ? 'DATA_OBJECT' : 'DATA_PRODUCT',
    name: request.target_name,
    domains: request.domains,
    suspended: request.suspended,
    registered: request.asset?.registered !== false,
  },
  records: request.records,
  targetReviewers: targetReviewersOf(request),
  fourEyes: switches.fourEyes,
  distinctReviewers: switches.distinctReviewers,
  awaitsAcceptance: request.awaits_acceptance,
  expiration: request.expiration?.getTime() ?? null,
  now: request.now.getTime(),
});
