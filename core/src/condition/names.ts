import type { Call, Condition, TagsOf } from './model.ts';
import { isAtOrBelow } from './tag-path.ts';
import { literalText } from './template.ts';

/** A name in a condition, and where its call begins in the text. */
export type UsedName = { readonly name: string; readonly at: number };

/** A value of an attribute that is asked for; `below`: whatever is below it as well. */
export type AskedValue = { readonly text: string; readonly below: boolean };

/** Whether holding `value` is what `asked` asks for. */
export const isAskedFor = (value: string, { text, below }: AskedValue): boolean =>
  value === text || (below && isAtOrBelow(value, text));

export type ConditionNames = {
  /** Names of attributes, and their values where they are written out; of names with variables there is nothing to know. */
  readonly attributes: readonly (UsedName & { readonly value: AskedValue | null })[];
  readonly groups: readonly UsedName[];
  /** Whose tags are looked at. */
  readonly tagsOf: ReadonlySet<TagsOf>;
  /** Any group may matter, since their names are compared with tags. */
  readonly anyGroup: boolean;
  /** Some call stands under a NOT: it is true also of those who lack the attribute or the group. */
  readonly isNegated: boolean;
};

/** Every call of a condition, in the order of the text. */
export const callsOf = (condition: Condition): readonly Call[] =>
  condition.kind === 'call'
    ? [condition.call]
    : condition.kind === 'not'
      ? callsOf(condition.operand)
      : condition.operands.flatMap(callsOf);

const hasNot = (condition: Condition): boolean =>
  condition.kind === 'not' || (condition.kind !== 'call' && condition.operands.some(hasNot));

/** What a condition names: to be known when it is written, and to tell which change of a person or tag bears on it. */
export function conditionNames(condition: Condition): ConditionNames {
  const calls = callsOf(condition);
  const tagsOf = new Set<TagsOf>();
  const attributes: { name: string; value: AskedValue | null; at: number }[] = [];
  const groups: UsedName[] = [];
  for (const call of calls) {
    if (call.name === 'hasTagAsAttribute' || call.name === 'hasTagAsGroup') tagsOf.add(call.of);
    if (call.name === 'hasTagAsAttribute' || call.name === 'hasAttribute') {
      const name = literalText(call.attribute);
      const text = call.name === 'hasAttribute' ? literalText(call.value) : null;
      const value = call.name !== 'hasAttribute' || text === null ? null : { text, below: call.below };
      if (name !== null) attributes.push({ name, value, at: call.at });
    }
    if (call.name === 'isInGroups')
      for (const group of call.groups) {
        const name = literalText(group);
        if (name !== null) groups.push({ name, at: call.at });
      }
  }
  const anyGroup = calls.some((call) => call.name === 'hasTagAsGroup');
  return { attributes, groups, tagsOf, anyGroup, isNegated: hasNot(condition) };
}
