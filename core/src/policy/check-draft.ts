import type { PolicyDraft } from '@stoa/contract/policy-resource';
import type { DataBody, DataKind, SubscriptionBody, SubscriptionKind } from '@stoa/contract/policy';
import { checkData } from './check-data.ts';
import { checkSubscription } from './check-subscription.ts';
import { laterParts } from './later-parts.ts';
import type { PolicyProblem, UsedPolicyName } from './problem.ts';

/** What is stored of a draft. */
export type CheckedBody =
  | { readonly type: 'subscription'; readonly kind: SubscriptionKind; readonly body: SubscriptionBody }
  | { readonly type: 'data'; readonly kind: DataKind; readonly body: DataBody };

export type CheckedDraft =
  | { readonly ok: true; readonly policy: CheckedBody; readonly names: readonly UsedPolicyName[] }
  | {
      readonly ok: false;
      readonly code: 'policy.invalid' | 'policy.not_available';
      readonly problems: readonly PolicyProblem[];
      readonly names: readonly UsedPolicyName[];
    };

/**
 * Checks a policy as its author wrote it (governance.md 8 to 10), as far as that can be done without looking anything up:
 * the names it uses are answered, for the caller to look up.
 */
export function checkDraft(draft: PolicyDraft): CheckedDraft {
  const later = laterParts(draft);
  if (later.length > 0) return { ok: false, code: 'policy.not_available', problems: later, names: [] };
  const { problems, names, policy } = draft.type === 'data' ? checkData(draft) : checkSubscription(draft);
  if (problems.length > 0) return { ok: false, code: 'policy.invalid', problems, names };
  return { ok: true, policy, names };
}
