import { hasInSomeDomain, hasPermission } from '../person.ts';
import { type Answer, needsGlobal, needsInDomains, no, yes } from './answer.ts';
import type { Rules } from './may.ts';
import type { Actor, PolicyObject } from './objects.ts';
import { isGovernor } from './standing.ts';

const authorsSomewhere = (actor: Actor): boolean =>
  actor.domainPermissions.some((d) => d.permission === 'Manage Policies');

/** Governance writes all of them; `Manage Policies` those of its domain, custom SQL excepted (governance.md 8 and 10). */
const author = (actor: Actor, policy: PolicyObject): Answer => {
  if (policy.protected) {
    return { ...no('It stands for approvals and cannot be changed.'), code: 'policy.protected' };
  }
  if (isGovernor(actor)) return yes('You hold Governance.');
  if (policy.scope === 'global') return needsGlobal('GOVERNANCE');
  const ids = policy.domains.map((d) => d.id);
  if (!hasInSomeDomain(actor, 'Manage Policies', ids)) {
    return ids.length === 0 ? needsGlobal('GOVERNANCE') : needsInDomains('Manage Policies', policy.domains);
  }
  if (policy.hasCustomSql) return { ...needsGlobal('GOVERNANCE'), reason: 'A mask of your own SQL needs Governance.' };
  return yes('You hold Manage Policies in its domain.');
};

/** Subscription and data policies. */
export const policyRules: Rules<'policy.read' | 'policy.author'> = {
  // Whoever writes policies sees those of other domains too: they act on sources that lie in several.
  'policy.read': (actor) => {
    if (isGovernor(actor)) return yes('You hold Governance.');
    if (hasPermission(actor, 'AUDIT')) return yes('You hold Audit.');
    if (authorsSomewhere(actor)) return yes('You hold Manage Policies in a domain.');
    return needsInDomains('Manage Policies', []);
  },
  'policy.author': (actor, policy) => {
    if (policy.kind === 'policy') return author(actor, policy);
    if (isGovernor(actor)) return yes('You hold Governance.');
    return authorsSomewhere(actor)
      ? yes('You hold Manage Policies in a domain.')
      : needsInDomains('Manage Policies', []);
  },
};
