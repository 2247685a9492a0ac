import type { StoredPolicy } from '@stoa/contract/policy';
import type { PolicyDraft } from '@stoa/contract/policy-resource';

/** A stored policy as its author would write it. */
export function draftOf(policy: StoredPolicy): PolicyDraft {
  const { name, scope } = policy;
  return policy.type === 'data'
    ? { type: 'data', name, scope, ...policy.body }
    : { type: 'subscription', kind: policy.kind, name, scope, ...policy.body };
}
