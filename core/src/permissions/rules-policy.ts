import { hasInSomeDomain, hasPermission } from '../person.ts';
import { type Answer, hidden, needsGlobal, needsInDomains, no, yes } from './answer.ts';
import type { Rules } from './may.ts';
import type { Actor, Nothing, PolicyObject, SomewhereObject, SourcePolicyObject } from './objects.ts';
import { isAuditorOf, isDataOwner, isGovernor } from './standing.ts';

const authorsSomewhere = (actor: Actor): boolean =>
  actor.domainPermissions.some((d) => d.permission === 'Manage Policies');

const noSqlOfYourOwn: Answer = { ...needsGlobal('GOVERNANCE'), reason: 'A mask of your own SQL needs Governance.' };

/** Data owners write what is for their own sources, as long as these lie in no domain (governance.md 6 and 8). */
const authorAsOwner = (policy: PolicyObject): Answer => {
  if (!policy.callerOwns) return needsGlobal('GOVERNANCE');
  if (policy.hasCustomSql) return noSqlOfYourOwn;
  return yes(policy.scope === 'local' ? 'You are Data Owner of it.' : 'It is for your own data sources.');
};

/**
 * Governance writes all of them; `Manage Policies` those of its domain; data owners those of their own sources. SQL of one's
 * own is for Governance alone (governance.md 8 and 10).
 */
const author = (actor: Actor, policy: PolicyObject): Answer => {
  if (policy.protected) {
    return { ...no('It stands for approvals and cannot be changed.'), code: 'policy.protected' };
  }
  if (isGovernor(actor)) return yes('You hold Governance.');
  if (policy.scope === 'global') return needsGlobal('GOVERNANCE');
  if (policy.domains.length === 0) return authorAsOwner(policy);
  const ids = policy.domains.map((d) => d.id);
  if (!hasInSomeDomain(actor, 'Manage Policies', ids)) return needsInDomains('Manage Policies', policy.domains, 'any');
  if (policy.hasCustomSql) return noSqlOfYourOwn;
  return yes('You hold Manage Policies in its domain.');
};

/** Before there is a policy to ask about: whether the actor writes any. */
const authorsAny = (actor: Actor, asked: SomewhereObject | Nothing): Answer => {
  if (isGovernor(actor)) return yes('You hold Governance.');
  if (authorsSomewhere(actor)) return yes('You hold Manage Policies in a domain.');
  const owns = asked.kind === 'somewhere' && isDataOwner(asked.callerRoles);
  return owns ? yes('You own data sources.') : needsInDomains('Manage Policies', []);
};

const settle = (actor: Actor, source: SourcePolicyObject): Answer => {
  if (isGovernor(actor)) return yes('You hold Governance.');
  if (isDataOwner(source.callerRoles)) return yes('You are Data Owner of it.');
  return readOnSource(actor, source).allowed ? no('Its Data Owner, or Governance, decides this.') : hidden();
};

function readOnSource(actor: Actor, { domains, callerRoles }: SourcePolicyObject): Answer {
  if (isGovernor(actor)) return yes('You hold Governance.');
  const ids = domains.map((d) => d.id);
  if (isAuditorOf(actor, ids)) return yes('You audit it.');
  if (hasInSomeDomain(actor, 'Manage Policies', ids)) return yes('You hold Manage Policies in its domain.');
  const [role] = callerRoles;
  return role === undefined ? hidden() : yes(`You are ${role} of it.`);
}

const eachByItself = yes('Each data source is asked about by itself.');

/** Subscription and data policies, and what owners decide of them on their sources. */
export const policyRules: Rules<
  'policy.read' | 'policy.author' | 'source-policy.read' | 'source-policy.settle' | 'source-policy.certify'
> = {
  // Whoever writes policies sees those of other domains too: they act on sources that lie in several.
  'policy.read': (actor, asked) => {
    if (hasPermission(actor, 'AUDIT')) return yes('You hold Audit.');
    return authorsAny(actor, asked.kind === 'policy' ? { kind: 'none' } : asked);
  },
  'policy.author': (actor, asked) => (asked.kind === 'policy' ? author(actor, asked) : authorsAny(actor, asked)),
  'source-policy.read': (actor, source) => (source.kind === 'none' ? eachByItself : readOnSource(actor, source)),
  'source-policy.settle': (actor, source) => (source.kind === 'none' ? eachByItself : settle(actor, source)),
  // A signature says that somebody answers for the data: nobody else can give it.
  'source-policy.certify': (actor, source) => {
    if (source.kind === 'none') return eachByItself;
    if (isDataOwner(source.callerRoles)) return yes('You are Data Owner of it.');
    return readOnSource(actor, source).allowed ? no('Only its Data Owner signs for it.') : hidden();
  },
};
