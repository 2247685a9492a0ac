import type { RequestStatus } from '@stoa/contract/enums';
import { type Duration, endOf, shortest } from '../duration/duration.ts';
import type { Instant } from '../person.ts';
import type { ApproveEvent, DecidedEvent } from './flow.ts';
import { planRecords } from './plan-records.ts';
import type { ApprovalRecord } from './record.ts';
import { slotKey } from './slot-key.ts';

/** What happened to a request beside its records. */
export type RequestHistory = {
  readonly submittedAt: Instant;
  /** The requester's own answer; only automatic approval heeds it. */
  readonly requestedDuration: Duration | null;
  readonly canceledAt: Instant | null;
  readonly revokedAt: Instant | null;
};
export type StatusFacts = {
  /** The event pinned at submit (or at re-routing). */
  readonly event: DecidedEvent;
  /** Those of the route in force: what a re-route left behind has no say. */
  readonly records: readonly ApprovalRecord[];
  readonly history: RequestHistory;
};
export type RequestState = { readonly status: RequestStatus; readonly expiration: Instant | null };

/** The period of a record; null means without end. */
export const durationOf = (record: Pick<ApprovalRecord, 'duration' | 'durationUnit'>): Duration | null =>
  record.duration === null || record.durationUnit === null
    ? null
    : { amount: record.duration, unit: record.durationUnit };

/** A rule grants the shorter of the flow's period and the requester's answer, from `start` on. */
const automaticPeriod = (event: ApproveEvent, requested: Duration | null, start: Instant): Duration | null => {
  const { duration, durationUnit } = event.params;
  const ofFlow = duration === undefined || durationUnit === undefined ? null : { amount: duration, unit: durationUnit };
  return shortest(start, [ofFlow, requested]);
};

type DecidedRecord = Pick<ApprovalRecord, 'status' | 'duration' | 'durationUnit'>;

/** People grant the shortest period that any of them picked. */
const reviewedPeriod = (records: readonly DecidedRecord[], finalApproval: Instant): Duration | null =>
  shortest(finalApproval, records.filter((r) => r.status === 'APPROVED').map(durationOf));

/** When access approved by a rule ends, counted from `start`; null means no end. */
export const automaticEnd = (event: ApproveEvent, requested: Duration | null, start: Instant): Instant | null => {
  const period = automaticPeriod(event, requested, start);
  return period === null ? null : endOf(start, period);
};

/** When access approved by people ends, counted from the final approval; null means no end. */
export const reviewedEnd = (records: readonly DecidedRecord[], finalApproval: Instant): Instant | null => {
  const period = reviewedPeriod(records, finalApproval);
  return period === null ? null : endOf(finalApproval, period);
};

type Approved = {
  readonly event: DecidedEvent;
  readonly records: readonly DecidedRecord[];
  readonly requested: Duration | null;
  readonly approvedAt: Instant;
};

/** The period for which a request was approved, by a rule or by people; null means without end. */
export const grantedPeriod = ({ event, records, requested, approvedAt }: Approved): Duration | null =>
  event.type === 'approve' ? automaticPeriod(event, requested, approvedAt) : reviewedPeriod(records, approvedAt);

/** True when each slot that the event asks for has an approved record of its own; an event without slots never is. */
const isSatisfied = (event: DecidedEvent, records: readonly ApprovalRecord[]): boolean => {
  const approved = records.filter((r) => r.status === 'APPROVED').map((r) => slotKey(r.approvers));
  const slots = planRecords(event).map((slot) => slotKey(slot.approvers));
  return (
    slots.length > 0 &&
    slots.every((key) => slots.filter((k) => k === key).length <= approved.filter((k) => k === key).length)
  );
};

const afterApproval = (
  approvedAt: Instant,
  expiration: Instant | null,
  facts: RequestHistory,
  now: Instant,
): RequestState => {
  const { revokedAt } = facts;
  if (revokedAt !== null && (expiration === null || revokedAt < expiration)) return { status: 'REVOKED', expiration };
  if (expiration !== null && now >= expiration) return { status: 'EXPIRED', expiration };
  return { status: approvedAt <= now ? 'APPROVED' : 'PENDING', expiration };
};

/**
 * The status that a request must have, and its expiration: a pure function of its pinned event, its records, what else
 * happened to it, and the time (invariant I5). `expiration` is null while undecided, and for access without end.
 */
export const requestStatusOf = ({ event, records, history }: StatusFacts, now: Instant): RequestState => {
  if (event.type === 'deny' || records.some((r) => r.status === 'DENIED'))
    return { status: 'DENIED', expiration: null };
  if (history.canceledAt !== null) return { status: 'CANCELED', expiration: null };
  if (event.type === 'approve') {
    const end = automaticEnd(event, history.requestedDuration, history.submittedAt);
    return afterApproval(history.submittedAt, end, history, now);
  }
  if (!isSatisfied(event, records)) return { status: 'PENDING', expiration: null };
  const approvedAt = Math.max(...records.map((r) => r.decidedAt ?? history.submittedAt));
  return afterApproval(approvedAt, reviewedEnd(records, approvedAt), history, now);
};
