import type { Condition, Flow, FlowEvent, Leaf } from './flow.ts';
import type { RequestFacts } from './request-facts.ts';

/** Looks up a leaf's fact; a path takes one member of it, named literally. Unknown members are `undefined`. */
const factOf = ({ fact, path }: Leaf, facts: RequestFacts): unknown => {
  if (path === undefined) return facts[fact];
  const member = path.startsWith('$.') ? path.slice(2) : path;
  if (fact === 'answers') return Object.hasOwn(facts.answers, member) ? facts.answers[member] : undefined;
  if (fact === 'userAttributes') return Object.hasOwn(facts.userAttributes, member) ? facts.userAttributes[member] : [];
  return undefined;
};

const compares = (fact: unknown, value: unknown, holds: (a: number, b: number) => boolean): boolean =>
  typeof fact === 'number' && typeof value === 'number' && holds(fact, value);

/** The negative operators are exact opposites of the positive ones, also for answers not given. */
const leafHolds = (leaf: Leaf, facts: RequestFacts): boolean => {
  const fact = factOf(leaf, facts);
  const { value } = leaf;
  switch (leaf.operator) {
    case 'equal':
      return fact === value;
    case 'notEqual':
      return fact !== value;
    case 'in':
      return Array.isArray(value) && value.includes(fact);
    case 'notIn':
      return !(Array.isArray(value) && value.includes(fact));
    case 'contains':
      return Array.isArray(fact) && fact.includes(value);
    case 'doesNotContain':
      return !(Array.isArray(fact) && fact.includes(value));
    case 'lessThan':
      return compares(fact, value, (a, b) => a < b);
    case 'lessThanInclusive':
      return compares(fact, value, (a, b) => a <= b);
    case 'greaterThan':
      return compares(fact, value, (a, b) => a > b);
    case 'greaterThanInclusive':
      return compares(fact, value, (a, b) => a >= b);
  }
};

/** True when the condition holds for the facts. */
export const conditionHolds = (condition: Condition, facts: RequestFacts): boolean => {
  if ('all' in condition) return condition.all.every((c) => conditionHolds(c, facts));
  if ('any' in condition) return condition.any.some((c) => conditionHolds(c, facts));
  if ('not' in condition) return !conditionHolds(condition.not, facts);
  return leafHolds(condition, facts);
};

/** The event of the first rule whose conditions hold, with its place, else the default event. Asked once, at submit. */
export const firingOf = (
  flow: Flow,
  facts: RequestFacts,
): { readonly event: FlowEvent; readonly rule: number | null } => {
  const rule = flow.rules.findIndex(({ conditions }) => conditionHolds(conditions, facts));
  const fired = flow.rules[rule];
  return fired === undefined ? { event: flow.defaultEvent, rule: null } : { event: fired.event, rule };
};
