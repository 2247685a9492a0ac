import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { World } from '../cases/provisioning.fixture.ts';
import { applyPlan, observedOf, ownerId } from '../cases/provisioning.fixture.ts';
import type { Circumstance } from '../condition/circumstance.ts';
import { evaluateCondition } from '../condition/evaluate.ts';
import type { Condition, PersonFacts } from '../condition/model.ts';
import { parseCondition } from '../condition/parse.ts';
import { diff } from '../provisioning/diff.ts';
import { compileAccess } from './compile.ts';
import { explainAccess } from './explain.ts';
import { mergeRules, type PolicySource, readPolicyRules } from './policy-rules.ts';
import { anyPolicyWorld, factsOfWorld, noNumbers, type PolicyWorld } from './policy-world.fixture.ts';

// The oracle: written from governance.md 8 alone, person by person and source by source, and sharing nothing with the
// compiler but the plain judge of a condition, which has an oracle of its own.

const below = (tag: string, over: string): boolean => tag === over || tag.startsWith(`${over}.`);

function isMet(circumstance: Circumstance, source: PolicySource, selected: readonly number[]): boolean {
  switch (circumstance.type) {
    case 'all':
      return true;
    case 'tags':
      return [...source.tags].some((tag) => below(tag, circumstance.tag));
    case 'columnTags':
      return source.columns.some((column) => [...column.tags].some((tag) => below(tag, circumstance.tag)));
    case 'noTags':
      return source.tags.size === 0 && source.columns.every((column) => column.tags.size === 0);
    case 'columnRegex': {
      const { regex, caseInsensitive } = circumstance;
      const pattern = new RegExp(`^(?:${regex})$`, caseInsensitive ? 'iu' : 'u');
      return source.columns.some((column) => pattern.test(column.name));
    }
    case 'object':
      return (
        circumstance.connectionKey === source.connectionKey &&
        JSON.stringify(source.objectPath.slice(0, circumstance.objectPath.length)) ===
          JSON.stringify(circumstance.objectPath)
      );
    case 'ownerSelected':
      return selected.includes(source.dataSourceId);
  }
}

type Policy = PolicyWorld['policies'][number];

function isInForce({ state, kind, scope, body, decisions }: Policy, source: PolicySource): boolean {
  const said = (list: readonly number[] | undefined): boolean => list?.includes(source.dataSourceId) === true;
  if (state !== 'active' || said(decisions?.off)) return false;
  if (body.certification !== undefined && !said(decisions?.certified)) return false;
  // The author's own sources; in a domain, what owners gave ends and what they closed stays.
  if (scope.kind === 'restricted' && !said(decisions?.owned)) return false;
  if (scope.kind === 'restricted' && kind === 'grant' && source.domainIds.size > 0) return false;
  if (scope.kind === 'domain' && !source.domainIds.has(scope.domainId)) return false;
  if (scope.kind === 'local' && scope.dataSourceId !== source.dataSourceId) return false;
  const met = body.circumstances.map((circumstance) => isMet(circumstance, source, decisions?.selected ?? []));
  return body.circumstanceOperator === 'any' ? met.includes(true) : !met.includes(false);
}

const read = (text: string | undefined): Condition => {
  const parsed = parseCondition(text ?? '');
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.condition;
};

function mayRead(world: PolicyWorld, person: PersonFacts, source: PolicySource): boolean {
  if (world.disabled.includes(person.globalUserId)) return false;
  const policies = world.policies.filter((policy) => isInForce(policy, source));
  const fulfils = ({ body }: Policy) => evaluateCondition(read(body.condition), person, source).value;
  if (policies.some((policy) => policy.kind === 'guardrail' && !fulfils(policy))) return false;
  const isApproved = world.approvals.some(
    ({ ended, globalUserId, targetId }) =>
      !ended &&
      globalUserId === person.globalUserId &&
      world.products.some((p) => p.targetId === targetId && p.sourceIds.includes(source.dataSourceId)),
  );
  if (isApproved) return true;
  const grants = policies.filter((policy) => policy.kind === 'grant');
  const plain = grants.filter(({ body }) => body.level !== 'entitlements');
  if (grants.some((policy) => policy.body.level === 'entitlements' && fulfils(policy))) return true;
  const [only] = plain;
  if (plain.length !== 1 || only === undefined) return false;
  return only.body.level === 'anyone' || (only.body.users ?? []).includes(person.globalUserId);
}

const platform = (world: PolicyWorld): World => ({
  containers: new Map(),
  objects: new Map(world.sources.map((s) => [`${100 + s.dataSourceId}`, { owner: ownerId, grantable: true }])),
  creators: new Map(),
  principals: new Map(world.people.map((_, n) => [`${20 + n}`, { login: true }])),
  separateGrantors: true,
});

/** Who reads what on the small platform, as `person/source`. */
const readers = (world: PolicyWorld, w: World): string[] =>
  world.people.flatMap((person, n) =>
    world.sources
      .filter(({ dataSourceId }) =>
        [...w.containers.values()].some((c) => c.members.has(`${20 + n}`) && c.objects.has(`${100 + dataSourceId}`)),
      )
      .map(({ dataSourceId }) => `${person.globalUserId}/${dataSourceId}`),
  );

const expected = (world: PolicyWorld): string[] =>
  world.people.flatMap((person) =>
    world.sources
      .filter((source) => mayRead(world, person, source))
      .map(({ dataSourceId }) => `${person.globalUserId}/${dataSourceId}`),
  );

describe('policies and approvals, compiled into containers', () => {
  it('open to each person exactly what the rules say, and leave a second plan empty, from one world to the next', () => {
    fc.assert(
      fc.property(anyPolicyWorld, anyPolicyWorld, (first, second) => {
        const numbers = noNumbers();
        const w = platform(first);
        for (const world of [first, { ...second, people: first.people }]) {
          const desired = compileAccess(factsOfWorld(world, numbers));
          applyPlan(w, diff(desired, observedOf(w)));
          expect(readers(world, w)).toEqual(expected(world));
          expect(diff(desired, observedOf(w)).steps).toEqual([]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('stopped anywhere between two worlds, nobody reads what neither gives', () => {
    fc.assert(
      fc.property(anyPolicyWorld, anyPolicyWorld, fc.nat(), (first, second, stop) => {
        const numbers = noNumbers();
        const w = platform(first);
        const next = { ...second, people: first.people };
        applyPlan(w, diff(compileAccess(factsOfWorld(first, numbers)), observedOf(w)));
        const plan = diff(compileAccess(factsOfWorld(next, numbers)), observedOf(w));
        applyPlan(w, { ...plan, steps: plan.steps.slice(0, stop % (plan.steps.length + 1)) });
        const allowed = new Set([...expected(first), ...expected(next)]);
        expect(readers(next, w).filter((pair) => !allowed.has(pair))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('are explained to each person on each source by the answer that holds', () => {
    fc.assert(
      fc.property(anyPolicyWorld, fc.nat(3), fc.nat(3), (world, whose, where) => {
        const [person, source] = [world.people[whose], world.sources[where]];
        if (person === undefined || source === undefined) return;
        const { targets, ...facts } = factsOfWorld(world, noNumbers());
        const products = targets.filter((t) => t.kind === 'dp').map(({ parts: _, ...target }) => target);
        const rules = mergeRules(readPolicyRules(world.policies), [source]).get(source.dataSourceId);
        const object = facts.sources.find((s) => s.dataSourceId === source.dataSourceId);
        const question = { globalUserId: person.globalUserId, dataSourceId: source.dataSourceId };
        const policy = { rules, source, object, person, containerNumber: 1 };
        const answer = explainAccess({ ...facts, targets: products }, question, policy);
        expect(answer.effective).toBe(mayRead(world, person, source));
        for (const { kind, result } of answer.policies)
          if (kind === 'guardrail' && !result) expect(answer.effective).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('say of each approval which guardrails hold it back', () => {
    fc.assert(
      fc.property(anyPolicyWorld, (world) => {
        const facts = factsOfWorld(world, noNumbers());
        const { prevented, verdicts } = compileAccess(facts);
        for (const { requestId, globalUserId, targetId } of world.approvals) {
          if (verdicts.get(requestId)?.live !== true) continue;
          const person = world.people.find((p) => p.globalUserId === globalUserId);
          const listed = world.products.find((p) => p.targetId === targetId)?.sourceIds ?? [];
          const open = world.sources.filter(
            (source) => listed.includes(source.dataSourceId) && person !== undefined && mayRead(world, person, source),
          );
          const held = prevented.get(requestId);
          expect(held !== undefined).toBe(open.length < listed.length);
          if (held === undefined) continue;
          expect(held.isWhole).toBe(open.length === 0);
          expect(held.guardrails.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
