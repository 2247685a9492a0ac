import { parsePattern } from '../pattern/parse-pattern.ts';
import { faultOfTagName } from '../tags/tag-path.ts';
import type { CriteriaType } from './identifier.ts';

export type Criteria = {
  readonly criteriaType: CriteriaType;
  readonly pattern?: string | null | undefined;
  readonly values?: readonly string[] | undefined;
  readonly validator?: string | null | undefined;
};

/** `at`: where in the pattern. */
export type CriteriaProblem = { readonly path: string; readonly message: string; readonly at?: number };

/** What is wrong with criteria that are well formed each by itself; empty when they can be used. */
export function criteriaProblems({ criteriaType, pattern, values, validator }: Criteria): readonly CriteriaProblem[] {
  if (criteriaType === 'dictionary') {
    const problems: CriteriaProblem[] = [];
    if ((values ?? []).length === 0)
      problems.push({ path: 'values', message: 'A dictionary needs at least one value.' });
    if (pattern) problems.push({ path: 'pattern', message: 'A dictionary has values and no pattern.' });
    if (validator) problems.push({ path: 'validator', message: 'A validator goes with a pattern of values.' });
    return problems;
  }
  const parsed = parsePattern(pattern ?? '');
  const problems: CriteriaProblem[] = [];
  if (!parsed.ok) problems.push({ path: 'pattern', message: parsed.problem, at: parsed.at });
  if ((values ?? []).length > 0) problems.push({ path: 'values', message: 'Values are those of a dictionary.' });
  if (validator && criteriaType !== 'regex') {
    problems.push({ path: 'validator', message: 'A validator goes with a pattern of values.' });
  }
  return problems;
}

/** The first tag that cannot be put, or null. */
export const unusableTag = (tags: readonly string[]): string | null =>
  tags.find((tag) => faultOfTagName(tag) !== null) ?? null;
