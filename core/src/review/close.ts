import type { RequestStatus } from '@stoa/contract/enums';
import { type Refused, refused } from '../refusal.ts';
import type { ApprovalRecord } from './record.ts';

/** Cancels a pending request (by one of its two users, or because target or beneficiary went): its open records end too. */
export const cancelRequest = <R extends Pick<ApprovalRecord, 'status'>>(
  status: RequestStatus,
  records: readonly R[],
): { readonly ok: true; readonly canceled: readonly R[] } | Refused =>
  status === 'PENDING'
    ? { ok: true, canceled: records.filter((r) => r.status === 'PENDING' || r.status === 'BLOCKED') }
    : refused('access_request.not_pending', `The request is ${status}; only a pending one can be canceled.`, {
        status,
      });

/** Whether another request can take the place of this one. */
export const replaceRequest = (status: RequestStatus): { readonly ok: true } | Refused =>
  status === 'PENDING'
    ? { ok: true }
    : refused('access_request.not_pending', `The request is ${status}; only a pending one can be replaced.`, {
        requestStatus: status,
      });

/** Whether a request can be revoked, or given back. */
export const revokeRequest = (status: RequestStatus): { readonly ok: true } | Refused =>
  status === 'APPROVED'
    ? { ok: true }
    : refused('access_request.not_approved', `The request is ${status}; only an approved one can be revoked.`, {
        status,
      });
