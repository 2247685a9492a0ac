import type { Circumstance } from '@stoa/contract/policy';
import { parsePattern } from '../pattern/parse-pattern.ts';
import { placeOf, type PolicyProblem, type UsedPolicyName } from './problem.ts';

/** A pattern in RE2's portable subset, or what is wrong with it. */
export function checkPattern(text: string, path: string): readonly PolicyProblem[] {
  const parsed = parsePattern(text);
  return parsed.ok ? [] : [{ path, message: parsed.problem, place: placeOf(text, parsed.at) }];
}

/** What is wrong with the circumstances, and which tags they name. */
export function checkCircumstances(circumstances: readonly Circumstance[]): {
  readonly problems: readonly PolicyProblem[];
  readonly names: readonly UsedPolicyName[];
} {
  const problems: PolicyProblem[] = [];
  const names: UsedPolicyName[] = [];
  for (const [index, circumstance] of circumstances.entries()) {
    const path = `circumstances.${index}`;
    if (circumstance.type === 'columnRegex') problems.push(...checkPattern(circumstance.regex, `${path}.regex`));
    if (circumstance.type === 'tags' || circumstance.type === 'columnTags')
      names.push({ kind: 'tag', name: circumstance.tag, path: `${path}.tag` });
  }
  return { problems, names };
}
