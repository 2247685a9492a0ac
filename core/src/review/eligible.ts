import { isSamePerson, type Person, type PersonRef, withoutSelfGrants } from '../person.ts';
import type { ReviewerSource } from './flow.ts';
import { sourcesMet } from './matches-source.ts';
import type { ReviewedRequest, ReviewSettings, SlotOfPeople } from './record.ts';

/** The part of a request that eligibility looks at. */
export type RequestParties = Pick<ReviewedRequest, 'submittedAt' | 'requestingUser' | 'beneficiary'> & {
  readonly target: Pick<ReviewedRequest['target'], 'domainIds'>;
};
type FourEyes = Pick<ReviewSettings, 'fourEyes'>;
type Slot = SlotOfPeople & { readonly settings: FourEyes };

/** Said to whoever wonders, since it is not the login that they see there. */
const byOther = (person: Person, party: PersonRef): string =>
  person.globalUserId === party.globalUserId ? '' : ' with another of your logins';

/** Why four eyes keeps this person from deciding the request, as a sentence; null when it does not. */
export const fourEyesProblem = (person: Person, request: RequestParties, { fourEyes }: FourEyes): string | null => {
  if (!fourEyes) return null;
  const { requestingUser, beneficiary } = request;
  if (isSamePerson(person, requestingUser))
    return `You made this request${byOther(person, requestingUser)}; another person has to decide it.`;
  if (isSamePerson(person, beneficiary))
    return `This request is for you${byOther(person, beneficiary)}; another person has to decide it.`;
  return null;
};

/** Whether the person re-routed the request to this slot: who assigns is not who decides. */
const assignedIt = (person: Person, { routedBy, settings }: Slot): boolean =>
  settings.fourEyes && routedBy !== null && routedBy !== undefined && isSamePerson(person, routedBy);

/**
 * The sources of a record that the person fills, with every right they have to decide it; empty when they may not.
 * Under four eyes, what somebody gave themself after submission does not count, nor what they re-routed to themself.
 */
export const criteriaMet = (person: Person, request: RequestParties, slot: Slot): readonly ReviewerSource[] => {
  const { approvers, settings } = slot;
  if (fourEyesProblem(person, request, settings) !== null || assignedIt(person, slot)) return [];
  const honest = settings.fourEyes ? withoutSelfGrants(person, request.submittedAt) : person;
  return sourcesMet(honest, approvers, request.target.domainIds);
};

/** How four eyes alone keeps somebody from a slot that they would otherwise fill. */
export type Barrier = 'requester' | 'beneficiary' | 'self-grant' | 'assigned';

/** What keeps a person who fills a source of the slot from deciding it; null when nothing does, or they fill none. */
export const barrierOf = (person: Person, request: RequestParties, slot: Slot): Barrier | null => {
  const { approvers, settings } = slot;
  const { domainIds } = request.target;
  if (!settings.fourEyes || sourcesMet(person, approvers, domainIds).length === 0) return null;
  if (isSamePerson(person, request.requestingUser)) return 'requester';
  if (isSamePerson(person, request.beneficiary)) return 'beneficiary';
  if (sourcesMet(withoutSelfGrants(person, request.submittedAt), approvers, domainIds).length === 0)
    return 'self-grant';
  return assignedIt(person, slot) ? 'assigned' : null;
};

/** Why a person who fills a slot may not decide it, as a sentence for them; null when nothing but right is in question. */
export const barrierProblem = (person: Person, request: RequestParties, slot: Slot): string | null => {
  switch (barrierOf(person, request, slot)) {
    case 'self-grant':
      return 'You gave yourself what makes you a steward after this was submitted.';
    case 'assigned':
      return 'You chose who decides this; another person has to decide it.';
    case 'requester':
    case 'beneficiary':
      return fourEyesProblem(person, request, slot.settings);
    case null:
      return null;
  }
};

/** The records, whatever their status, that the person is among the people to decide. */
export const eligibleRecords = <R extends SlotOfPeople>(
  person: Person,
  request: RequestParties,
  { records, settings }: { readonly records: readonly R[]; readonly settings: FourEyes },
): readonly R[] => records.filter((r) => criteriaMet(person, request, { ...slotOf(r), settings }).length > 0);

const slotOf = ({ approvers, routedBy }: SlotOfPeople): SlotOfPeople => ({ approvers, routedBy });
