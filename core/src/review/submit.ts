import type { RequestStatus } from '@stoa/contract/enums';
import type { Duration } from '../duration/duration.ts';
import type { Instant } from '../person.ts';
import { type Refused, refused } from '../refusal.ts';
import type { DecidedEvent } from './flow.ts';
import { type PlannedRecord, planRecords } from './plan-records.ts';
import { automaticEnd } from './request-status.ts';

/** A request of the same beneficiary, target and type. */
export type EarlierRequest = {
  readonly id: string;
  readonly status: RequestStatus;
  readonly expiration: Instant | null;
};
export type NewRequestInput = {
  readonly earlier: readonly EarlierRequest[];
  readonly targetSuspended: boolean;
  readonly beneficiaryActive: boolean;
  readonly now: Instant;
};

/**
 * Whether a request may be made now. A pending one, or access without end, is a duplicate (`access_request.duplicate`,
 * with its id); temporary access may be extended: the caller makes a request of its own, and access runs to the later end.
 */
export const checkNewRequest = ({
  earlier,
  targetSuspended,
  beneficiaryActive,
  now,
}: NewRequestInput): { readonly ok: true; readonly extends: string | null } | Refused => {
  if (targetSuspended)
    return refused('data_product.suspended', 'The data product is suspended; nobody can ask for it.');
  if (!beneficiaryActive)
    return refused('access_request.beneficiary_disabled', 'The account that would get access is disabled.');
  const live = earlier.filter((r) => r.status === 'APPROVED' && (r.expiration === null || now < r.expiration));
  const duplicate = earlier.find((r) => r.status === 'PENDING') ?? live.find((r) => r.expiration === null);
  if (duplicate !== undefined)
    return refused('access_request.duplicate', 'There is a request for this already.', {
      requestId: duplicate.id,
      status: duplicate.status,
    });
  const latest = live.toSorted((a, b) => (b.expiration ?? 0) - (a.expiration ?? 0))[0];
  return { ok: true, extends: latest?.id ?? null };
};

export type Submitted = {
  readonly status: 'PENDING' | 'APPROVED' | 'DENIED';
  readonly expiration: Instant | null;
  /** The flow's comment where a rule decided. */
  readonly reason: string | null;
  readonly records: readonly PlannedRecord[];
};

/** What becomes of a request at submit: decided by a rule, or the records to make. */
export const submitUnder = (event: DecidedEvent, requestedDuration: Duration | null, now: Instant): Submitted => {
  switch (event.type) {
    case 'approve':
      return {
        status: 'APPROVED',
        expiration: automaticEnd(event, requestedDuration, now),
        reason: event.params.comment ?? null,
        records: [],
      };
    case 'deny':
      return { status: 'DENIED', expiration: null, reason: event.params.comment ?? null, records: [] };
    case 'review':
      return { status: 'PENDING', expiration: null, reason: null, records: planRecords(event) };
  }
};
