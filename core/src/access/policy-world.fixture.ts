import type { StoredSubscriptionPolicy } from '@stoa/contract/policy';
import fc from 'fast-check';
import { emptyFacts, ownerId, schemaId } from '../cases/provisioning.fixture.ts';
import type { Circumstance } from '../condition/circumstance.ts';
import { anyCondition, anyPerson, anySource } from '../condition/condition.fixture.ts';
import type { PersonFacts } from '../condition/model.ts';
import { printCondition } from '../condition/print.ts';
import type { AccessFacts, Approval, Target } from './model.ts';
import { groupByAccess, groupByGuardrails, type KnownPart, numberParts, toParts } from './parts.ts';
import { mergeRules, type PolicySource, readPolicyRules } from './policy-rules.ts';

const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const people = ids('g', 4);
const products = ids('t', 2);
const sourceIds = [0, 1, 2, 3];

/** People, sources, policies and approvals of one connection. */
export type PolicyWorld = {
  readonly people: readonly PersonFacts[];
  readonly disabled: readonly string[];
  readonly sources: readonly PolicySource[];
  readonly policies: readonly StoredSubscriptionPolicy[];
  readonly products: readonly { readonly targetId: string; readonly sourceIds: readonly number[] }[];
  readonly approvals: readonly Approval[];
};

const circumstance: fc.Arbitrary<Circumstance> = fc.oneof(
  fc.constant({ type: 'all' as const }),
  fc.record({ type: fc.constantFrom('tags' as const, 'columnTags' as const), tag: fc.constantFrom('A', 'A.B', 'B') }),
  fc.constant({ type: 'noTags' as const }),
  fc.record({
    type: fc.constant('columnRegex' as const),
    regex: fc.constantFrom('e.*', 'ID'),
    caseInsensitive: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('object' as const),
    connectionKey: fc.constantFrom('wh', 'other'),
    objectPath: fc.constantFrom([], ['shop'], ['shop', 'sales']),
  }),
  fc.constant({ type: 'ownerSelected' as const }),
);

/** What owners decided of a policy; most policies are signed where they have to be, so that not all of them wait. */
const decisions = fc.record({
  owned: fc.subarray(sourceIds),
  selected: fc.subarray(sourceIds),
  certified: fc.oneof(fc.constant(sourceIds), fc.subarray(sourceIds)),
  off: fc.subarray(sourceIds, { maxLength: 2 }),
});

const policy = fc
  .record({
    kind: fc.constantFrom('grant' as const, 'grant' as const, 'guardrail' as const),
    state: fc.constantFrom(
      'active' as const,
      'active' as const,
      'active' as const,
      'staged' as const,
      'disabled' as const,
    ),
    scope: fc.oneof(
      { weight: 4, arbitrary: fc.constant({ kind: 'global' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'domain' as const, domainId: 'd1' }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'local' as const, dataSourceId: 1 }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'restricted' as const }) },
    ),
    level: fc.constantFrom(
      'entitlements' as const,
      'entitlements' as const,
      'entitlements' as const,
      'anyone' as const,
      'manual' as const,
    ),
    condition: anyCondition.map(printCondition),
    users: fc.subarray(people),
    circumstances: fc.array(circumstance, { minLength: 1, maxLength: 2 }),
    circumstanceOperator: fc.constantFrom('any' as const, 'all' as const),
    asksForSignature: fc.boolean(),
    decisions: fc.option(decisions, { nil: undefined }),
  })
  .map(({ kind, state, scope, level, condition, users, circumstances, circumstanceOperator, ...owners }) => {
    const place = {
      ...(owners.asksForSignature && { certification: { label: 'Right?', text: 'I say so.' } }),
      circumstances: circumstances.map((c) => ('objectPath' in c ? { ...c, objectPath: [...c.objectPath] } : c)),
      circumstanceOperator,
    };
    const who = level === 'anyone' ? {} : level === 'manual' ? { users } : { condition };
    const body = {
      accessType: 'read' as const,
      level: kind === 'guardrail' ? ('entitlements' as const) : level,
      ...place,
    };
    return {
      kind,
      state,
      scope,
      decisions: owners.decisions,
      body: { ...body, ...(kind === 'guardrail' ? { condition } : who) },
    };
  });

export const anyPolicyWorld: fc.Arbitrary<PolicyWorld> = fc
  .record({
    people: fc.array(anyPerson, { minLength: people.length, maxLength: people.length }),
    disabled: fc.subarray(people, { maxLength: 1 }),
    sources: fc.array(fc.tuple(anySource, fc.subarray(['d1', 'd2'])), { minLength: 4, maxLength: 4 }),
    policies: fc.array(policy, { maxLength: 4 }),
    listed: fc.array(fc.subarray(sourceIds), { minLength: 2, maxLength: 2 }),
    approvals: fc.array(
      fc.record({
        targetId: fc.constantFrom(...products),
        globalUserId: fc.constantFrom(...people),
        ended: fc.boolean(),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ people: rows, disabled, sources, policies, listed, approvals }) => ({
    people: rows.map((row, n) => ({ ...row, globalUserId: people[n] ?? '' })),
    disabled,
    sources: sources.map(([source, domains], n) => ({ ...source, dataSourceId: n, domainIds: new Set(domains) })),
    policies: policies.map((p, n) => ({
      ...p,
      id: `p${n}`,
      number: n,
      policyKey: `p${n}`,
      name: `Policy ${n}`,
      type: 'subscription' as const,
      version: 1,
    })),
    products: products.map((targetId, n) => ({ targetId, sourceIds: listed[n] ?? [] })),
    approvals: approvals.map((a, n) => ({ ...a, requestId: `r${n}`, notAfter: null, awaitingAcceptance: false })),
  }));

/** What was numbered before: the parts of each product, and the policy containers by their key. */
export type Numbers = {
  readonly parts: Map<string, readonly KnownPart[]>;
  readonly containers: Map<string, number>;
};
export const noNumbers = (): Numbers => ({ parts: new Map(), containers: new Map() });

/** The facts of a world, with containers numbered as a store of numbers does it. */
export function factsOfWorld(world: PolicyWorld, numbers: Numbers): AccessFacts {
  const merged = mergeRules(readPolicyRules(world.policies), world.sources);
  const base = { suspended: false, deleted: false, parent: null };
  const listed = (sources: readonly number[]) => sources.map((dataSourceId) => ({ dataSourceId, outOfDomain: false }));
  const targets = world.products.map(({ targetId, sourceIds: own }, n): Target => {
    const numbered = numberParts(groupByGuardrails(own, merged), numbers.parts.get(targetId) ?? []);
    numbers.parts.set(
      targetId,
      numbered.map(({ part, group }) => ({ part, key: group?.key ?? null })),
    );
    const parts = own.length > 0 && merged.groups.length > 0 ? { parts: toParts(numbered) } : {};
    return { ...base, targetId, kind: 'dp', containerNumber: n, label: targetId, sources: listed(own), ...parts };
  });
  for (const group of groupByAccess(merged)) {
    const number = numbers.containers.get(group.key) ?? 100 + numbers.containers.size;
    numbers.containers.set(group.key, number);
    const part = { part: 1, sourceIds: null, who: group.who, guardrails: group.guardrails, causes: group.causes };
    const about = { targetId: `po${number}`, kind: 'po' as const, containerNumber: number, label: 'policies' };
    targets.push({ ...base, ...about, sources: listed(group.sourceIds), parts: [part] });
  }
  return {
    ...emptyFacts,
    targets,
    sources: world.sources.map(({ dataSourceId }) => ({
      dataSourceId,
      platformId: `${100 + dataSourceId}`,
      schemaPlatformId: schemaId,
      objectPath: ['db', 'schema', `t${dataSourceId}`],
      objectType: 'table',
      ownerPlatformId: ownerId,
      enabled: true,
      hold: false,
      missing: false,
    })),
    approvals: world.approvals,
    users: world.people.map((person, n) => ({
      globalUserId: person.globalUserId,
      status: world.disabled.includes(person.globalUserId) ? ('disabled' as const) : ('active' as const),
      identity: { externalName: person.globalUserId, principalId: `${20 + n}`, state: 'mapped' as const },
      person,
    })),
  };
}
