import type { Person } from '../person.ts';
import { criteriaMet, type RequestParties } from './eligible.ts';
import type { ReviewerSource } from './flow.ts';
import { sourceWords } from './matches-source.ts';
import type { ApprovalRecord, ReviewSettings } from './record.ts';

type Slot = Pick<ApprovalRecord, 'id' | 'approvers' | 'prerequisites' | 'status' | 'actionBy' | 'routedBy'>;

export type OpenSlot = {
  readonly recordId: string;
  readonly status: 'PENDING' | 'BLOCKED';
  readonly approvers: readonly ReviewerSource[];
  readonly routedBy: Slot['routedBy'];
  /** Ids of the records it still waits for. */
  readonly waitsFor: readonly string[];
};

/** The records still to be decided, those that can be decided now first. */
export const openSlots = (records: readonly Slot[]): readonly OpenSlot[] => {
  const approved = new Set(records.filter((r) => r.status === 'APPROVED').map((r) => r.id));
  const open = records.flatMap(({ id, status, approvers, routedBy, prerequisites }): OpenSlot[] =>
    status === 'PENDING' || status === 'BLOCKED'
      ? [{ recordId: id, status, approvers, routedBy, waitsFor: prerequisites.filter((p) => !approved.has(p)) }]
      : [],
  );
  return [...open.filter((s) => s.status === 'PENDING'), ...open.filter((s) => s.status === 'BLOCKED')];
};

/** Per record that can be decided now, who may, as a sentence's end: "group HR or permission GOVERNANCE". */
export const waitingFor = (records: readonly Slot[], domainName: (id: string) => string): readonly string[] =>
  openSlots(records)
    .filter((s) => s.status === 'PENDING')
    .map((s) => s.approvers.map((a) => sourceWords(a, domainName)).join(' or '));

/** Gives every slot a person of its own, moving earlier choices where needed (bipartite matching). */
const canStaffDistinctly = (slots: readonly (readonly string[])[]): boolean => {
  const slotOf = new Map<string, number>();
  const place = (slot: number, tried: Set<string>): boolean =>
    (slots[slot] ?? []).some((person) => {
      if (tried.has(person)) return false;
      tried.add(person);
      const held = slotOf.get(person);
      if (held !== undefined && !place(held, tried)) return false;
      slotOf.set(person, slot);
      return true;
    });
  return slots.every((_, slot) => place(slot, new Set()));
};

export type ReviewableInput = {
  readonly request: RequestParties;
  readonly records: readonly Slot[];
  /** Everyone who could fill a source; those who could not do no harm. */
  readonly people: readonly Person[];
  readonly settings: ReviewSettings;
};

/**
 * False when some open record has nobody left to decide it: they left, lost the permission, or four eyes keeps them out.
 * Governors are told then; it is never approved by itself.
 */
export const isReviewable = ({ request, records, people, settings }: ReviewableInput): boolean => {
  const busy = settings.distinctReviewers
    ? new Set(records.filter((r) => r.status === 'APPROVED').map((r) => r.actionBy?.personId))
    : new Set();
  const slots = openSlots(records).map(({ approvers, routedBy }) =>
    people
      .filter((p) => !busy.has(p.personId) && criteriaMet(p, request, { approvers, routedBy, settings }).length > 0)
      .map((p) => p.personId),
  );
  return settings.distinctReviewers ? canStaffDistinctly(slots) : slots.every((people) => people.length > 0);
};
