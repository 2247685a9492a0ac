import type { AccessState } from '@stoa/contract/data-product';
import type { AccessStatus } from '@stoa/contract/enums';
import type { FactName } from './flow.ts';
import { planRecords } from './plan-records.ts';
import type { RequestFacts } from './request-facts.ts';
import { eventFor, factsAskedBy, type FlowsOfTarget } from './resolve-flow.ts';

/** What asking would come to for one person, as far as it can be told before the form is filled in. */
export type Outlook =
  | { readonly kind: 'AUTO' }
  | { readonly kind: 'DENIED' }
  | { readonly kind: 'ASK'; readonly approvals: number };

/** Nobody knows them before the form is filled in, or for many targets at once. */
const notKnownYet: readonly FactName[] = ['answers', 'duration', 'targetTags', 'columnTags', 'columnCount', 'risk'];

/**
 * The outlook of a request. Where a rule waits for what is not known yet, people are to be expected: a promise of
 * automatic approval that the form then breaks is worse than none.
 */
export const outlookOf = (flows: FlowsOfTarget, facts: RequestFacts): Outlook => {
  const event = eventFor(flows, facts);
  const asked = factsAskedBy(flows);
  if (notKnownYet.some((fact) => asked.has(fact)))
    return { kind: 'ASK', approvals: Math.max(1, planRecords(event).length) };
  switch (event.type) {
    case 'approve':
      return { kind: 'AUTO' };
    case 'deny':
      return { kind: 'DENIED' };
    case 'review':
      return { kind: 'ASK', approvals: planRecords(event).length };
  }
};

export type AccessFacts = {
  /** The caller's status on the target; `EXPIRED` also when the clock is past an end that no sweep has seen yet. */
  readonly status: AccessStatus;
  readonly suspended: boolean;
  /** Approved, though only once the agreements of the request are accepted. */
  readonly awaitsAcceptance: boolean;
  /** At least one source could be granted now. */
  readonly hasUsableSource: boolean;
  readonly outlook: Outlook;
};

/** The caller's access in the words of cards and rows, with the sentence that goes with it. */
export const accessStateOf = (facts: AccessFacts): { readonly state: AccessState; readonly reason: string } => {
  if (facts.suspended) return { state: 'BLOCKED', reason: 'It is suspended; nobody has access and nobody can ask.' };
  if (facts.status === 'APPROVED' && facts.awaitsAcceptance)
    return { state: 'PENDING', reason: 'Approved; it waits until you accept the data use agreement.' };
  if (facts.status === 'APPROVED') return { state: 'HAVE', reason: 'Your request was approved.' };
  if (facts.status === 'PENDING') return { state: 'PENDING', reason: 'Your request waits for a decision.' };
  if (!facts.hasUsableSource)
    return { state: 'BLOCKED', reason: 'None of its data sources can be read now. A request will not help.' };
  if (facts.outlook.kind === 'DENIED')
    return { state: 'BLOCKED', reason: 'Its review flow denies your requests. A request will not help.' };
  if (facts.status === 'EXPIRED') return { state: 'EXPIRED', reason: 'Your access has ended.' };
  if (facts.outlook.kind === 'AUTO') return { state: 'AUTO', reason: 'A request is approved automatically for you.' };
  const { approvals } = facts.outlook;
  return { state: 'ASK', reason: approvals === 1 ? 'Needs 1 approval.' : `Needs ${approvals} approvals.` };
};
