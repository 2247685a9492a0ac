import { isSamePerson, type Person, withoutSelfGrants } from '../person.ts';
import type { ReviewerSource } from './flow.ts';
import { sourcesMet } from './matches-source.ts';
import type { ApprovalRecord, ReviewedRequest, ReviewSettings } from './record.ts';

/** The part of a request that eligibility looks at. */
export type RequestParties = Pick<ReviewedRequest, 'submittedAt' | 'requestingUser' | 'beneficiary'> & {
  readonly target: Pick<ReviewedRequest['target'], 'domainIds'>;
};
type FourEyes = Pick<ReviewSettings, 'fourEyes'>;

/** Why four eyes keeps this person from deciding the request, as a sentence; null when it does not. */
export const fourEyesProblem = (person: Person, request: RequestParties, { fourEyes }: FourEyes): string | null => {
  if (!fourEyes) return null;
  if (isSamePerson(person, request.requestingUser)) return 'You made this request; another person has to decide it.';
  if (isSamePerson(person, request.beneficiary)) return 'This request is for you; another person has to decide it.';
  return null;
};

/**
 * The sources of a record that the person fills, with every right they have to decide it; empty when they may not.
 * Under four eyes, what somebody gave themself after submission does not count.
 */
export const criteriaMet = (
  person: Person,
  request: RequestParties,
  { approvers, settings }: { readonly approvers: readonly ReviewerSource[]; readonly settings: FourEyes },
): readonly ReviewerSource[] => {
  if (fourEyesProblem(person, request, settings) !== null) return [];
  const honest = settings.fourEyes ? withoutSelfGrants(person, request.submittedAt) : person;
  return sourcesMet(honest, approvers, request.target.domainIds);
};

/** True when only what the person gave themself after submission makes them eligible. */
export const isEligibleBySelfGrantAlone = (
  person: Person,
  request: RequestParties,
  approvers: readonly ReviewerSource[],
): boolean =>
  sourcesMet(person, approvers, request.target.domainIds).length > 0 &&
  sourcesMet(withoutSelfGrants(person, request.submittedAt), approvers, request.target.domainIds).length === 0;

/** The records, whatever their status, that the person is among the people to decide. */
export const eligibleRecords = <R extends Pick<ApprovalRecord, 'approvers'>>(
  person: Person,
  request: RequestParties,
  { records, settings }: { readonly records: readonly R[]; readonly settings: FourEyes },
): readonly R[] => records.filter(({ approvers }) => criteriaMet(person, request, { approvers, settings }).length > 0);
