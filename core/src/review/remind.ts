import { type Instant, isSamePerson, type Person, type PersonRef } from '../person.ts';
import { type Refused, refused } from '../refusal.ts';
import { criteriaMet } from './eligible.ts';
import type { ApprovalRecord, ReviewedRequest, ReviewSettings } from './record.ts';

/** So long after being asked, and after being reminded, nobody is reminded (product.md 11). */
export const reminderGapMs = 86_400_000;

type Slot = Pick<ApprovalRecord, 'approvers' | 'routedBy' | 'status' | 'actionBy'> & {
  /** While it is open: since when. */
  readonly updatedAt: Instant;
};
type Review = {
  readonly request: ReviewedRequest;
  readonly records: readonly Slot[];
  readonly settings: ReviewSettings;
  readonly now: Instant;
};

/** Whether the person could decide one of these records of the request now. */
const mayDecideOne = (person: Person, among: readonly Slot[], { request, records, settings }: Review): boolean => {
  const isDone = settings.distinctReviewers && records.some((r) => r.status === 'APPROVED' && isBy(person, r));
  return !isDone && among.some((slot) => criteriaMet(person, request, { ...slot, settings }).length > 0);
};
const isBy = (person: Person, { actionBy }: Slot): boolean => actionBy !== null && isSamePerson(person, actionBy);

const openOf = ({ records }: Review): readonly Slot[] => records.filter((record) => record.status === 'PENDING');
const isDue = (now: Instant) => (slot: Slot) => slot.updatedAt + reminderGapMs <= now;

/** Who of these people could decide what has been open for a day. */
export const whoIsWaitedFor = (people: readonly Person[], review: Review): readonly Person[] => {
  const due = openOf(review).filter(isDue(review.now));
  return people.filter((person) => mayDecideOne(person, due, review));
};

export type ReminderInput = Review & {
  /** Everyone who could fill a source, and is active. */
  readonly people: readonly Person[];
  /** Who wants them reminded: they need no reminder themselves. */
  readonly actor: PersonRef;
  readonly lastRemindedAt: Instant | null;
};

/**
 * Whom a reminder of a request that `actor` asks for goes to; or why there can be none, or none yet: then `from` says from when.
 */
export const checkReminder = (
  input: ReminderInput,
): { readonly ok: true; readonly people: readonly Person[] } | Refused => {
  const { request, actor, lastRemindedAt, now } = input;
  if (request.status !== 'PENDING')
    return refused('access_request.not_pending', `The request is ${request.status}; nobody has to decide it.`, {
      requestStatus: request.status,
    });
  if (request.target.suspended)
    return refused(
      'access_request.nobody_to_remind',
      'The data product is suspended; nobody can decide until it is resumed.',
    );
  const isActor = (person: Person): boolean => isSamePerson(person, actor);
  const people = input.people.filter((person) => !isActor(person));
  const staffed = openOf(input).filter((slot) => people.some((person) => mayDecideOne(person, [slot], input)));
  if (staffed.length === 0) {
    const isOwn = input.people.some((person) => isActor(person) && mayDecideOne(person, openOf(input), input));
    return refused(
      'access_request.nobody_to_remind',
      `Nobody ${isOwn ? 'but you' : 'is left who'} could decide what is open of it.`,
    );
  }
  const asked = Math.min(...staffed.map((slot) => slot.updatedAt));
  const from = Math.max(asked, lastRemindedAt ?? asked) + reminderGapMs;
  if (now >= from) return { ok: true, people: whoIsWaitedFor(people, input) };
  const at = new Date(from).toISOString();
  return refused(
    'access_request.reminder_too_early',
    `Its reviewers were ${lastRemindedAt !== null && lastRemindedAt >= asked ? 'reminded' : 'asked'} less than 24 hours ago; they can be reminded from ${at}.`,
    { from: at },
  );
};
