import type { AccessRequest } from '@stoa/contract/access-request';
import { askedBy, type Unlikeness, unlikenessOf } from '@stoa/contract/alike-requests';
import type { RiskOfRequest } from '@stoa/contract/assist';
import { mostInBulk } from '@stoa/contract/bulk-determination';
import { abilityOn } from '../../lib/ability-on.ts';

/** A request of the queue with what its row says of it. */
export type Candidate = { readonly request: AccessRequest; readonly risk: RiskOfRequest | undefined };

/** Why a request cannot be decided together with those that are selected. */
export type WhyNot =
  | { readonly kind: 'ability'; readonly reason: string | undefined }
  | { readonly kind: 'risk'; readonly risk: RiskOfRequest['approvalRisk'] | undefined }
  | { readonly kind: 'unlike'; readonly what: Unlikeness }
  | { readonly kind: 'many' };

/** Whether it could be one of several at all: the reader may decide it, and its risk is low. */
function whyNever({ request, risk }: Candidate): WhyNot | undefined {
  const determine = abilityOn(request.abilities, 'determine');
  if (!determine.allowed) return { kind: 'ability', reason: determine.reason };
  return risk?.approvalRisk === 'LOW' ? undefined : { kind: 'risk', risk: risk?.approvalRisk };
}

export const mayBeOne = (candidate: Candidate): boolean => whyNever(candidate) === undefined;

/** Why `one` cannot join `chosen`; undefined where it can. What is decided together asks for the same. */
export function whyNotTogether(one: Candidate, chosen: readonly Candidate[]): WhyNot | undefined {
  const never = whyNever(one);
  if (never !== undefined) return never;
  const first = chosen[0];
  const [what] = first === undefined ? [] : unlikenessOf(askedBy(first.request), askedBy(one.request));
  if (what !== undefined) return { kind: 'unlike', what };
  return chosen.length >= mostInBulk ? { kind: 'many' } : undefined;
}

/** `chosen`, and of `others` whatever may join it, up to as many as one pass takes. */
export function withAllLike(chosen: readonly Candidate[], others: readonly Candidate[]): readonly Candidate[] {
  return others.reduce((together, one) => {
    const isIn = together.some(({ request }) => request.id === one.request.id);
    return isIn || whyNotTogether(one, together) !== undefined ? together : [...together, one];
  }, chosen);
}
