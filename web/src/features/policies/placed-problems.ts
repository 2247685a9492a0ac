import type { ApiProblem } from '../../lib/api-problem.ts';
import { membersOf } from '../../lib/members.ts';

/** What the server found wrong with one member of a policy, in a text with its place. */
export type PlacedProblem = {
  readonly path: string;
  readonly message: string;
  readonly at?: number;
  readonly line?: number;
  readonly column?: number;
};

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function placed(value: unknown): PlacedProblem | undefined {
  const { path, message, place } = membersOf(value);
  if (typeof path !== 'string' || typeof message !== 'string') return undefined;
  const { at, line, column } = membersOf(place);
  const offset = numberOf(at);
  return {
    path,
    message,
    ...(offset === undefined ? {} : { at: offset, line: numberOf(line) ?? 1, column: numberOf(column) ?? 1 }),
  };
}

/** The problems that a refusal tells, each with its member. */
export function problemsOf(problem: ApiProblem | null): readonly PlacedProblem[] {
  if (problem === null) return [];
  const { problems } = membersOf(problem.body);
  if (Array.isArray(problems)) return problems.map(placed).filter((one) => one !== undefined);
  // The place of the policy in what was sent is none in the policy.
  return problem.fields.map(({ path, message }) => ({
    path: path.replace(/^body\.(changes\.\d+\.)?policy\./, ''),
    message,
  }));
}

/** Those of one member, or of what is in it. */
export const problemsAt = (problems: readonly PlacedProblem[], path: string): readonly PlacedProblem[] =>
  problems.filter((one) => one.path === path || one.path.startsWith(`${path}.`));

/** What is wrong with one member itself: said at its field. */
const problemOf = (problems: readonly PlacedProblem[], path: string): string | undefined =>
  problems.find((one) => one.path === path)?.message;

/** The field of a member, for a link to it. */
export const fieldIdOf = (path: string): string => `policy-${path}`;

export type FieldProps = { readonly id: string; readonly error?: string };

/** What ties the field of a member to what is wrong with it. */
export function fieldOf(problems: readonly PlacedProblem[], path: string): FieldProps {
  const error = problemOf(problems, path);
  return { id: fieldIdOf(path), ...(error === undefined ? {} : { error }) };
}
