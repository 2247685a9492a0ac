import type { Condition } from './model.ts';
import { withoutBelow } from './template.ts';

/** The short form of a condition (governance.md 8): groups and attribute values, any or all of them. */
export type Entitlements = {
  readonly operator: 'any' | 'all';
  readonly groups: readonly string[];
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
};

/** The condition that entitlements stand for; null of none. Names are taken as they are: an @ in them is an @. */
export function conditionFromEntitlements({ operator, groups, attributes }: Entitlements): Condition | null {
  const text = (value: string) => [{ text: value.normalize('NFC') }];
  const calls: Condition[] = [
    ...groups.map((group): Condition => ({ kind: 'call', call: { name: 'isInGroups', groups: [text(group)], at: 0 } })),
    ...attributes.map(({ name, value }): Condition => {
      const call = { name: 'hasAttribute', attribute: text(name), ...withoutBelow(text(value)), at: 0 } as const;
      return { kind: 'call', call };
    }),
  ];
  const [first] = calls;
  if (first === undefined) return null;
  return calls.length === 1 ? first : { kind: operator === 'any' ? 'or' : 'and', operands: calls };
}
