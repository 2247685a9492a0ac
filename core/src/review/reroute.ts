import type { Person, PersonRef } from '../person.ts';
import { type Refused, refused } from '../refusal.ts';
import { criteriaMet } from './eligible.ts';
import type { ReviewEvent, ReviewerSource, Stage } from './flow.ts';
import { isReviewable } from './open-slots.ts';
import { planRecords, type PlannedRecord } from './plan-records.ts';
import type { ApprovalRecord, ReviewedRequest, ReviewSettings } from './record.ts';
import { slotKey, sourceKey } from './slot-key.ts';
import { validateFlow } from './validate-flow.ts';

export type RerouteInput = {
  /**
   * Whoever gives the request to others; `may(access-request.reroute)` said that they may. Null where nobody chose: a flow
   * that has come into force names the people.
   */
  readonly actor: Person | null;
  readonly request: ReviewedRequest;
  /** The records of the route in force, locked. */
  readonly records: readonly ApprovalRecord[];
  readonly stages: readonly Stage[];
  /** Everyone who could fill a source of the new stages. */
  readonly people: readonly Person[];
  readonly settings: ReviewSettings;
};

/** A slot of the new route; `prerequisites` are places in the same list. */
export type RoutedSlot = Omit<PlannedRecord, 'status'> & {
  readonly status: 'APPROVED' | 'PENDING' | 'BLOCKED';
  /** The record whose approval counts for this slot; null for a slot to be decided anew. */
  readonly keeps: string | null;
  /** Set where this re-route first names these sources. */
  readonly routedBy: PersonRef | null;
};
export type Rerouted = {
  readonly ok: true;
  /** Pinned from now on in place of the event before. */
  readonly event: ReviewEvent;
  readonly slots: readonly RoutedSlot[];
  /** Open records, which are canceled. */
  readonly canceled: readonly string[];
  /** Every record of the old route that has no say in the new one: the canceled, and approvals of dropped sources. */
  readonly leftBehind: readonly string[];
};

/** Approvals that count in the new route: by the very same slot first, else by a source that was met and is kept. */
const keptApprovals = (
  planned: readonly PlannedRecord[],
  approved: readonly ApprovalRecord[],
): readonly (string | null)[] => {
  const used = new Set<string>();
  const take = (fits: (record: ApprovalRecord) => boolean): string | null => {
    const id = approved.find((record) => !used.has(record.id) && fits(record))?.id ?? null;
    if (id !== null) used.add(id);
    return id;
  };
  const same = planned.map((slot) => take((record) => slotKey(record.approvers) === slotKey(slot.approvers)));
  return planned.map(({ approvers }, i) => {
    const exact = same[i];
    if (typeof exact === 'string') return exact;
    const keys = new Set(approvers.map(sourceKey));
    return take((record) => record.approverCriteriaMet.some((source) => keys.has(sourceKey(source))));
  });
};

const slotsOf = (input: RerouteInput, event: ReviewEvent): readonly RoutedSlot[] => {
  const { records } = input;
  const planned = planRecords(event);
  const keeps = keptApprovals(
    planned,
    records.filter((r) => r.status === 'APPROVED'),
  );
  return planned.map((slot, i): RoutedSlot => {
    // Of every earlier stage: one whose approvals are all kept must not let the next begin before an open one.
    const prerequisites = planned.flatMap((other, place) => (other.stage < slot.stage ? [place] : []));
    const isWaiting = prerequisites.some((place) => keeps[place] === null);
    const kept = keeps[i] ?? null;
    const status = kept === null ? (isWaiting ? 'BLOCKED' : 'PENDING') : 'APPROVED';
    return {
      ...slot,
      prerequisites,
      status,
      keeps: kept,
      routedBy: kept === null ? assignerOf(slot.approvers, input) : null,
    };
  });
};

/** Who is to be kept from a slot: the actor, unless they could decide one of these very sources before; then as it was. */
const assignerOf = (
  approvers: readonly ReviewerSource[],
  { actor, request, records, settings }: RerouteInput,
): PersonRef | null => {
  if (actor === null) return null;
  const before = records.filter((record) => slotKey(record.approvers) === slotKey(approvers));
  const own = before.find((record) => criteriaMet(actor, request, { ...record, settings }).length > 0);
  if (own !== undefined) return own.routedBy ?? null;
  return { globalUserId: actor.globalUserId, personId: actor.personId };
};

const asRecords = (slots: readonly RoutedSlot[], records: readonly ApprovalRecord[]) =>
  slots.map(({ approvers, status, prerequisites, keeps, routedBy }, i) => ({
    id: `slot ${i}`,
    approvers,
    status,
    routedBy,
    prerequisites: prerequisites.map((place) => `slot ${place}`),
    actionBy: records.find((r) => r.id === keeps)?.actionBy ?? null,
  }));

/**
 * Gives a pending request to other reviewers: open records are canceled, new ones made, and approvals of sources that are
 * kept count on. It never decides: a route that leaves nothing open, or a slot that nobody could fill, is refused.
 * Under four eyes whoever assigns a slot does not decide it.
 */
export const reroute = (input: RerouteInput): Rerouted | Refused => {
  const { request, records, stages, settings } = input;
  if (request.status !== 'PENDING')
    return refused('access_request.not_pending', `The request is ${request.status}.`, { status: request.status });
  if (request.target.suspended) return refused('data_product.suspended', 'The data product is suspended.');
  const event: ReviewEvent = { type: 'review', params: { stages } };
  const problems = validateFlow({ rules: [], defaultEvent: event }, 'target');
  const [first] = problems;
  if (first !== undefined)
    return {
      ...refused(first.code, first.message),
      errors: problems.map(({ path, message }) => ({ path: path.replace('defaultEvent.params.', ''), message })),
    };
  const slots = slotsOf(input, event);
  if (slots.every((slot) => slot.status === 'APPROVED'))
    return refused('access_request.nothing_to_decide', 'Everything on this route is approved already.');
  if (!isReviewable({ request, records: asRecords(slots, records), people: input.people, settings }))
    return refused('access_request.nobody_to_decide', 'Nobody could decide a part of this route now.');
  const open = records.filter((r) => r.status === 'PENDING' || r.status === 'BLOCKED').map((r) => r.id);
  const kept = new Set(slots.map((slot) => slot.keeps));
  return {
    ok: true,
    event,
    slots,
    canceled: open,
    leftBehind: records.filter((r) => !kept.has(r.id)).map((r) => r.id),
  };
};
