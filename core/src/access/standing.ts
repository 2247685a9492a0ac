import type { SourceAccess } from '@stoa/contract/enums';
import type { PersonFacts } from '../condition/model.ts';
import { isFulfilledBy } from '../condition/remainder.ts';
import type { AppliedRule, SourceRules } from './policy-rules.ts';

/** What policies make of one person on one source: current access, access if approved, access prevented (governance.md 8). */
export type Standing = {
  readonly status: SourceAccess;
  /** The grants that the person fulfils. */
  readonly by: readonly AppliedRule[];
  /** The guardrails that the person fails. */
  readonly unmet: readonly AppliedRule[];
  /** Grants that keep each other from acting. */
  readonly conflict: readonly AppliedRule[];
};

/** Judges one person on one source; `isApproved`: a live approval gives the source. Without rules, approvals alone count. */
export function standingOf(rules: SourceRules | undefined, person: PersonFacts, isApproved: boolean): Standing {
  const by = (rules?.grants ?? []).filter(({ who }) => isFulfilledBy(who, person));
  const unmet = (rules?.guardrails ?? []).filter(({ who }) => !isFulfilledBy(who, person));
  const hasCause = isApproved || by.length > 0;
  return {
    status: unmet.length > 0 ? 'RESTRICTED' : hasCause ? 'SUBSCRIBED' : 'NONE',
    by,
    unmet,
    conflict: rules?.conflict ?? [],
  };
}
