import type { Condition } from '../condition/model.ts';
import { conditionNames } from '../condition/names.ts';
import { parseCondition } from '../condition/parse.ts';
import { placeOf, type PolicyProblem, type UsedPolicyName } from './problem.ts';

export type CheckedText = {
  readonly problems: readonly PolicyProblem[];
  readonly names: readonly UsedPolicyName[];
  readonly condition: Condition | null;
};

/** Reads a condition of a policy at `path`: what is wrong with it, and which names it uses. */
export function checkCondition(text: string, path: string, functions: 'all' | 'user' = 'all'): CheckedText {
  const parsed = parseCondition(text, { functions });
  if (!parsed.ok) {
    const { message, ...place } = parsed.problem;
    return { problems: [{ path, message, place }], names: [], condition: null };
  }
  const { attributes, groups } = conditionNames(parsed.condition);
  const names: UsedPolicyName[] = [
    ...attributes.map(({ name, value, at }) => ({
      kind: 'attribute' as const,
      name,
      ...(value === null ? {} : { values: [value] }),
      path,
      place: placeOf(text, at),
    })),
    ...groups.map(({ name, at }) => ({ kind: 'group' as const, name, path, place: placeOf(text, at) })),
  ];
  return { problems: [], names, condition: parsed.condition };
}
