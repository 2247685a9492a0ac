import { type Condition, type FactName, factNames, type Operator, operators } from './flow.ts';

type Problem = { readonly path: string; readonly message: string };

/** Deeper than any person writes, and shallow enough for the stack. */
const maxDepth = 20;
const numeric: readonly Operator[] = ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'];
const withPath: readonly FactName[] = ['answers', 'userAttributes'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const factNamed = (value: unknown): FactName | undefined => factNames.find((name) => name === value);
const operatorNamed = (value: unknown): Operator | undefined => operators.find((name) => name === value);

const pathProblem = (fact: FactName, path: unknown): string | null => {
  if (!withPath.includes(fact)) return path === undefined ? null : `The fact ${fact} has no members; leave out path.`;
  return typeof path === 'string' && /^\$\../u.test(path) ? null : `The fact ${fact} needs a path such as $.name.`;
};

const valueProblem = (operator: Operator, value: unknown): string | null => {
  if (numeric.includes(operator)) return typeof value === 'number' ? null : `${operator} compares with a number.`;
  if (operator === 'in' || operator === 'notIn')
    // With an empty list it would hold never, or always.
    return Array.isArray(value) && value.length > 0 ? null : `${operator} compares with a list of one or more.`;
  return typeof value === 'object' && value !== null ? `${operator} compares with a single value.` : null;
};

const leafProblems = (leaf: Readonly<Record<string, unknown>>, path: string): readonly Problem[] => {
  const fact = factNamed(leaf['fact']);
  const operator = operatorNamed(leaf['operator']);
  const problems: Problem[] = [];
  if (fact === undefined)
    problems.push({ path: `${path}.fact`, message: `Unknown fact. Known: ${factNames.join(', ')}.` });
  if (operator === undefined)
    problems.push({ path: `${path}.operator`, message: `Unknown operator. Known: ${operators.join(', ')}.` });
  if (!('value' in leaf)) problems.push({ path: `${path}.value`, message: 'A condition needs a value.' });
  const badPath = fact === undefined ? null : pathProblem(fact, leaf['path']);
  if (badPath !== null) problems.push({ path: `${path}.path`, message: badPath });
  const badValue = operator === undefined || !('value' in leaf) ? null : valueProblem(operator, leaf['value']);
  if (badValue !== null) problems.push({ path: `${path}.value`, message: badValue });
  return problems;
};

const groupProblems = (group: Readonly<Record<string, unknown>>, path: string, depth: number): readonly Problem[] => {
  if (Object.keys(group).length !== 1) return [{ path, message: 'One of all, any and not stands alone.' }];
  if ('not' in group) return nodeProblems(group['not'], `${path}.not`, depth + 1);
  const kind = 'all' in group ? 'all' : 'any';
  const members = group[kind];
  if (!Array.isArray(members)) return [{ path: `${path}.${kind}`, message: `${kind} takes a list.` }];
  // An empty list is a trap: it reads as "always" to one engine and as "never" to the next.
  if (members.length === 0) return [{ path: `${path}.${kind}`, message: `${kind} needs at least one condition.` }];
  return members.flatMap((m: unknown, i) => nodeProblems(m, `${path}.${kind}[${i}]`, depth + 1));
};

const nodeProblems = (node: unknown, path: string, depth: number): readonly Problem[] => {
  if (depth > maxDepth) return [{ path, message: `Conditions nest at most ${maxDepth} deep.` }];
  if (!isRecord(node)) return [{ path, message: 'A condition is an object.' }];
  return 'all' in node || 'any' in node || 'not' in node ? groupProblems(node, path, depth) : leafProblems(node, path);
};

/** What is wrong with conditions as the wire brings them; the outermost must be `all`, `any` or `not`. */
export const conditionProblems = (conditions: unknown, path: string): readonly Problem[] =>
  isRecord(conditions) && ('all' in conditions || 'any' in conditions || 'not' in conditions)
    ? groupProblems(conditions, path, 1)
    : [{ path, message: 'Conditions start with all, any or not.' }];

const parseAll = (members: readonly unknown[]): readonly Condition[] | null => {
  const parsed = members.map(parseCondition).filter((c) => c !== null);
  return parsed.length === members.length ? parsed : null;
};

/** Gives conditions their type; null when they are none (`conditionProblems` says why). */
export const parseCondition = (node: unknown): Condition | null => {
  if (!isRecord(node)) return null;
  if (Array.isArray(node['all'])) {
    const all = parseAll(node['all']);
    return all && { all };
  }
  if (Array.isArray(node['any'])) {
    const any = parseAll(node['any']);
    return any && { any };
  }
  if ('not' in node) {
    const not = parseCondition(node['not']);
    return not && { not };
  }
  const fact = factNamed(node['fact']);
  const operator = operatorNamed(node['operator']);
  if (fact === undefined || operator === undefined) return null;
  const path = typeof node['path'] === 'string' ? node['path'] : undefined;
  return { fact, operator, value: node['value'], path };
};
