import { expect, it } from 'vitest';
import { type FlatCondition, printFlat, readFlat } from './flat-condition.ts';

it.each<FlatCondition>([
  { operator: 'all', terms: [{ kind: 'group', name: "O'Neil's team", isNegated: false }] },
  {
    operator: 'any',
    terms: [
      { kind: 'attribute', name: 'mail', value: 'a@b.example', isNegated: true },
      { kind: 'group', name: 'A AND B', isNegated: false },
    ],
  },
])('a sentence survives being written as text: %j', (condition) => {
  expect(readFlat(printFlat(condition))).toEqual(condition);
});

it.each([
  "@isInGroups('A', 'B')",
  "@isInGroups('A') AND @isInGroups('B') OR @isInGroups('C')",
  "(@isInGroups('A'))",
  "@hasTagAsGroup('column')",
  "@isingroups('A')",
  "@hasAttribute('team', '@schema')",
  "@isInGroups('A') extra",
  '',
])('what no sentence can say stays text: %s', (text) => {
  expect(readFlat(text)).toBeUndefined();
});

it('words are read in any case', () => {
  expect(readFlat("not @isInGroups('A') or @isInGroups('B')")?.operator).toBe('any');
});
