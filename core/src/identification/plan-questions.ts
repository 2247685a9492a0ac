import { compilePattern } from '../pattern/match-pattern.ts';
import { parsePattern } from '../pattern/parse-pattern.ts';
import type { PatternNode } from '../pattern/pattern.ts';
import type { ColumnFamily, Identifier } from './identifier.ts';
import { hasHint, isCompetitive } from './identifier.ts';
import type { ValidatorName } from './validators.ts';
import { validators } from './validators.ts';

/** What a value is held against. */
export type ValueTest =
  | {
      readonly kind: 'pattern';
      readonly node: PatternNode;
      readonly caseSensitive: boolean;
      readonly validator: ValidatorName | null;
    }
  | { readonly kind: 'dictionary'; readonly values: readonly string[]; readonly caseSensitive: boolean };

/** How many values of a column fit an identifier? */
export type Question = { readonly identifierId: number; readonly test: ValueTest };

export type ColumnFact = { readonly name: string; readonly typeFamily: ColumnFamily };

/** What a platform is asked about a column: one question per competing identifier that bears on its kind and its name. */
export const questionsOf = (column: ColumnFact, identifiers: readonly Identifier[]): readonly Question[] =>
  identifiers.flatMap((identifier) => {
    const test = isCompetitive(identifier) ? testFor(column, identifier) : null;
    return test === null ? [] : [{ identifierId: identifier.id, test }];
  });

/** The test that an identifier puts to the values of a column, or null where it says nothing about it. */
export function testFor(column: ColumnFact, identifier: Identifier): ValueTest | null {
  const { hint, caseSensitive } = identifier;
  if (!identifier.families.includes(column.typeFamily)) return null;
  const isHinted = hint !== null && hasHint(hint, column.name);
  if (hint?.isRequired === true && !isHinted) return null;
  if (identifier.criteriaType === 'dictionary') return { kind: 'dictionary', values: identifier.values, caseSensitive };
  const node = nodeOf((isHinted ? hint?.pattern : undefined) ?? identifier.pattern);
  return node === null ? null : { kind: 'pattern', node, caseSensitive, validator: identifier.validator };
}

/** Whether an identifier that reads names alone tags a column of this name. */
export function fitsName(columnName: string, identifier: Identifier): boolean {
  const node = isCompetitive(identifier) ? null : nodeOf(identifier.pattern);
  return node !== null && compilePattern(node, identifier)(columnName);
}

/** Whether one value passes, as a platform would say it. */
export function fitsValue(test: ValueTest, value: string): boolean {
  if (test.kind === 'dictionary') {
    return test.caseSensitive
      ? test.values.includes(value)
      : test.values.some((one) => one.toLowerCase() === value.toLowerCase());
  }
  return compilePattern(test.node, test)(value) && (test.validator === null || validators[test.validator](value));
}

function nodeOf(pattern: string | null | undefined): PatternNode | null {
  const parsed = parsePattern(pattern ?? '');
  return parsed.ok ? parsed.node : null;
}
