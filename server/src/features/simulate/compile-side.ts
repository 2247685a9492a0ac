import type { StoredPolicy, StoredSubscriptionPolicy } from '@stoa/contract/policy';
import { compileAccess, identityProblem } from '@stoa/core/access/compile';
import type { AccessFacts, DesiredAccess, Source, Target, UserFact } from '@stoa/core/access/model';
import { groupByAccess, type PartGroup, toParts } from '@stoa/core/access/parts';
import type { MergedRules } from '@stoa/core/access/merged-rules';
import { mergeRules, readPolicyRules } from '@stoa/core/access/policy-rules';
import type { SimulatedWorld } from '@stoa/core/simulate/world';
import { partsOfTarget, policyTarget } from '../../provisioning/load-policy-targets.ts';
import type { LoadedWorld } from './load-world.ts';
import type { Shields } from './mask-sides.ts';

/** One side of a comparison: what follows from a world on one connection. */
export type CompiledSide = {
  readonly facts: AccessFacts;
  readonly rules: MergedRules;
  /**
   * As if everybody had an account on the platform: who should have access, whether or not it can be pushed now. Only of those
   * whose accounts the change is about the accounts count as they are.
   */
  readonly access: DesiredAccess;
};

const isSubscription = (policy: StoredPolicy): policy is StoredSubscriptionPolicy => policy.type === 'subscription';

/** Compiles a world by the functions that compile what is enforced; only what is read differs. */
export function compileSide(
  loaded: LoadedWorld,
  world: SimulatedWorld,
  { shields, moved }: { shields: Shields | null; moved: ReadonlySet<string> },
): CompiledSide {
  const policies = world.policies.filter(isSubscription);
  const rules = mergeRules(readPolicyRules(policies), world.sources);
  const targets = [
    ...loaded.products.map((target) => withParts(loaded, world, { target, rules })),
    ...policyTargets(loaded, policies, rules),
  ];
  const known = new Set(loaded.facts.sources.map((source) => source.dataSourceId));
  const facts: AccessFacts = {
    ...loaded.facts,
    targets,
    sources: [...loaded.facts.sources, ...loaded.policySources.filter((one) => !known.has(one.dataSourceId))].map(
      (source) => (shields === null ? source : behind(shields, source)),
    ),
    users: usersOf(loaded, world),
  };
  return {
    facts,
    rules,
    access: compileAccess({
      ...facts,
      users: facts.users.map((user) => (moved.has(user.globalUserId) ? user : withAccount(user))),
    }),
  };
}

/**
 * A source as it will be read once its masks have been looked at. One that was not judged yet is read by nobody for that moment, which
 * no preview is about; what a platform cannot mask as policies say is granted to nobody.
 */
function behind({ shielded, closed }: Shields, source: Source): Source {
  const { protection, ...open } = source;
  if (closed.has(source.dataSourceId)) return { ...open, protection: { view: null } };
  if (!shielded.has(source.dataSourceId) || protection?.view === null || protection === undefined) return open;
  return { ...open, protection };
}

function withParts(
  { stored }: LoadedWorld,
  world: SimulatedWorld,
  { target, rules }: { target: Target; rules: MergedRules },
): Target {
  const { parts: _, ...plain } = target;
  const own = stored.filter((part) => part.targetId === target.targetId);
  const numbered = partsOfTarget(target, own, rules);
  return {
    ...plain,
    suspended: world.suspended.get(target.targetId) ?? target.suspended,
    ...(numbered === null ? {} : { parts: toParts(numbered) }),
  };
}

/** The containers of policies: those that are there keep their numbers, new ones get the numbers that come next. */
function policyTargets(
  { stored, nextNumber }: LoadedWorld,
  policies: readonly StoredSubscriptionPolicy[],
  rules: MergedRules,
): Target[] {
  const names = new Map(policies.map((policy) => [policy.id, policy.name]));
  const labelOf = (group: PartGroup) => group.causes.map((id) => names.get(id) ?? id).join(', ');
  const there = new Map(stored.flatMap((part) => (part.kind === 'po' && part.key !== null ? [[part.key, part]] : [])));
  const groups = groupByAccess(rules);
  let next = nextNumber;
  const wanted = groups.map((group) => {
    const place = there.get(group.key) ?? { targetId: `new ${group.key}`, containerNumber: next++ };
    return policyTarget(place, group, labelOf(group));
  });
  const keys = new Set(groups.map((group) => group.key));
  const gone = [...there].filter(([key]) => !keys.has(key)).map(([, part]) => policyTarget(part, null, ''));
  return [...wanted, ...gone];
}

/** Everybody whom a world knows, with what conditions ask about them there. */
export function usersOf({ facts, everybody }: LoadedWorld, world: SimulatedWorld): readonly UserFact[] {
  const users = new Map(facts.users.map((user) => [user.globalUserId, user]));
  for (const user of everybody) users.set(user.globalUserId, user);
  return [...users.values()].map((user) => {
    const person = world.people.get(user.globalUserId);
    return person === undefined ? user : { ...user, person };
  });
}

/** Whoever has no account yet would get access with it: they are counted, and told. */
const withAccount = (user: UserFact): UserFact =>
  identityProblem(user.identity) === null
    ? user
    : { ...user, identity: { externalName: '', principalId: `no account ${user.globalUserId}`, state: 'mapped' } };
