import type { DurationUnit } from '@stoa/contract/enums';
import { type Duration, durationProblem } from '../duration/duration.ts';
import type { Instant, Person, PersonRef } from '../person.ts';
import { type Refused, refused } from '../refusal.ts';
import { barrierProblem, criteriaMet, fourEyesProblem } from './eligible.ts';
import type { ReviewerSource } from './flow.ts';
import type { ApprovalRecord, ReviewedRequest, ReviewSettings } from './record.ts';
import { reviewedEnd } from './request-status.ts';

/** What a steward sends. The status is any of the wire's; only two can be set. */
export type Decision = {
  readonly status: string;
  readonly reason?: string | null | undefined;
  readonly duration?: number | null | undefined;
  readonly durationUnit?: DurationUnit | null | undefined;
};
export type DetermineInput = {
  readonly actor: Person;
  readonly request: ReviewedRequest;
  /** All records of the request, locked. */
  readonly records: readonly ApprovalRecord[];
  /** The record named; null decides whatever is open for the actor. */
  readonly recordId: string | null;
  readonly decision: Decision;
  readonly settings: ReviewSettings;
  readonly now: Instant;
};
export type Determined = {
  readonly ok: true;
  /** The records that change, whole, as they stand afterwards. */
  readonly recordUpdates: readonly ApprovalRecord[];
  /** Ids of those decided by this act (not those canceled or unblocked by it). */
  readonly decidedIds: readonly string[];
  readonly requestStatus: 'PENDING' | 'APPROVED' | 'DENIED';
  /** Set with APPROVED: the end of access, null without end. */
  readonly expiration: Instant | null;
};
type Valid = { readonly status: 'APPROVED' | 'DENIED'; readonly reason: string; readonly period: Duration | null };

const metBy = ({ actor, request, settings }: DetermineInput, record: ApprovalRecord): readonly ReviewerSource[] =>
  criteriaMet(actor, request, { ...record, settings });

const forbidden = (input: DetermineInput): Refused | null => {
  const { actor, request, records, recordId, settings } = input;
  if (actor.status !== 'active') return refused('permission.denied', 'Your account is disabled.');
  const asked = recordId === null ? records : records.filter((r) => r.id === recordId);
  if (recordId !== null && asked.length === 0) return refused('resource.not_found', 'The request has no such record.');
  const own = fourEyesProblem(actor, request, settings);
  if (own !== null) return refused('approval_record.four_eyes', own);
  if (asked.some((r) => metBy(input, r).length > 0)) return null;
  const barrier = asked.map((r) => barrierProblem(actor, request, { ...r, settings })).find((p) => p !== null);
  return barrier === undefined
    ? refused('permission.denied', 'You are not among the stewards named for this request.')
    : refused('approval_record.four_eyes', barrier);
};

const checkDecision = ({ decision, now }: DetermineInput): Valid | Refused => {
  const { status, duration, durationUnit } = decision;
  if (status !== 'APPROVED' && status !== 'DENIED')
    return refused('approval_record.status_not_settable', 'Only APPROVED or DENIED can be set.');
  const reason = decision.reason?.trim() ?? '';
  if (reason === '') return refused('approval_record.reason_required', 'A determination needs a reason.');
  const amount = duration ?? null;
  const unit = durationUnit ?? null;
  if (amount === null && unit === null) return { status, reason, period: null };
  if (status === 'DENIED') return refused('approval_record.duration_invalid', 'A denial has no period.');
  if (amount === null || unit === null)
    return refused('approval_record.duration_invalid', 'A period needs both its number and its unit.');
  const problem = durationProblem({ amount, unit }, now);
  return problem === null
    ? { status, reason, period: { amount, unit } }
    : refused('approval_record.duration_invalid', problem);
};

const alreadyDecided = (record: ApprovalRecord): Refused =>
  refused('approval_record.already_decided', 'This was decided already.', { record });

const closedProblem = ({ request, records, recordId }: DetermineInput, status: Valid['status']): Refused | null => {
  const named = records.find((r) => r.id === recordId);
  if (named?.status === 'APPROVED' || named?.status === 'DENIED') return alreadyDecided(named);
  if (request.status !== 'PENDING') {
    const decider = records.find((r) => r.status === 'DENIED') ?? records.findLast((r) => r.status === 'APPROVED');
    return request.status === 'CANCELED' || decider === undefined
      ? refused('access_request.not_pending', `The request is ${request.status}.`, { status: request.status })
      : alreadyDecided(decider);
  }
  if (request.target.suspended) return refused('data_product.suspended', 'The data product is suspended.');
  if (!request.target.registered && status === 'APPROVED')
    return refused('asset.not_registered', 'The asset is not registered yet; it can only be denied.');
  return null;
};

/** Of the records the actor may decide, the ones this act decides; or why there is none. */
const pickRecords = (input: DetermineInput, status: Valid['status']): readonly ApprovalRecord[] | Refused => {
  const { actor, records, recordId, settings } = input;
  const mine = records.filter((r) => metBy(input, r).length > 0);
  const asked = recordId === null ? mine : mine.filter((r) => r.id === recordId);
  const open = asked.filter((r) => r.status === 'PENDING');
  const first = open[0];
  if (first === undefined) {
    if (asked.some((r) => r.status === 'BLOCKED'))
      return refused('approval_record.blocked', 'An earlier stage is not decided yet.');
    const decided = asked.find((r) => r.status === 'APPROVED' || r.status === 'DENIED');
    return decided === undefined
      ? refused('access_request.not_pending', 'The record was canceled.')
      : alreadyDecided(decided);
  }
  if (!settings.distinctReviewers) return status === 'DENIED' ? [first] : mine.filter((r) => r.status === 'PENDING');
  const earlier = records.some((r) => r.status === 'APPROVED' && r.actionBy?.personId === actor.personId);
  return earlier
    ? refused(
        'approval_record.distinct_reviewers',
        'You decided another part of this request; another person decides this.',
      )
    : [first];
};

const decide = (input: DetermineInput, record: ApprovalRecord, valid: Valid): ApprovalRecord => ({
  ...record,
  status: valid.status,
  actionBy: { globalUserId: input.actor.globalUserId, personId: input.actor.personId } satisfies PersonRef,
  reason: valid.reason,
  duration: valid.period?.amount ?? null,
  durationUnit: valid.period?.unit ?? null,
  approverCriteriaMet: metBy(input, record),
  decidedAt: input.now,
});

/** A denial cancels what is still open; an approval opens the records whose prerequisites are all approved now. */
const carryOn = (record: ApprovalRecord, all: readonly ApprovalRecord[], denied: boolean): ApprovalRecord => {
  if (record.status !== 'PENDING' && record.status !== 'BLOCKED') return record;
  if (denied) return { ...record, status: 'CANCELED' };
  const ready = record.prerequisites.every((id) => all.some((r) => r.id === id && r.status === 'APPROVED'));
  return record.status === 'BLOCKED' && ready ? { ...record, status: 'PENDING' } : record;
};

const conclude = (input: DetermineInput, chosen: readonly ApprovalRecord[], valid: Valid): Determined | Refused => {
  const decided = input.records.map((r) => (chosen.includes(r) ? decide(input, r, valid) : r));
  const denied = valid.status === 'DENIED';
  const after = decided.map((r) => carryOn(r, decided, denied));
  const live = after.filter((r) => r.status !== 'CANCELED');
  const approved = !denied && live.every((r) => r.status === 'APPROVED');
  const expiration = approved ? reviewedEnd(live, input.now) : null;
  if (expiration !== null && expiration <= input.now)
    return refused('approval_record.end_past', 'This approval would be over already.');
  return {
    ok: true,
    recordUpdates: after.filter((r, i) => r !== input.records[i]),
    decidedIds: chosen.map((r) => r.id),
    requestStatus: denied ? 'DENIED' : approved ? 'APPROVED' : 'PENDING',
    expiration,
  };
};

/**
 * The act of deciding: one function for every path (API, web, bulk, chat). It checks right, input and state, in this
 * order, and says what changes; nothing else may change. One approval closes every open record that the actor is
 * eligible for; one denial ends the request.
 */
export const determine = (input: DetermineInput): Determined | Refused => {
  const refusal = forbidden(input);
  if (refusal !== null) return refusal;
  const valid = checkDecision(input);
  if ('ok' in valid) return valid;
  const closed = closedProblem(input, valid.status);
  if (closed !== null) return closed;
  const chosen = pickRecords(input, valid.status);
  return 'ok' in chosen ? chosen : conclude(input, chosen, valid);
};
