import type { Entitlement } from './entitlements.ts';
import type { GovernedSource, RowTest } from './model.ts';
import { type PredicateWords, printPredicate, quotedText } from './print-predicate.ts';
import { columnsTagged } from './tagged-columns.ts';

/** What a platform knows of one reader, as row rules ask for it. */
export type KnownOfReader = Pick<Entitlement, 'kind' | 'key' | 'value'>;

const truth = (holds: boolean): string => (holds ? 'TRUE' : 'FALSE');

function equalsOneOf(operand: string, values: readonly string[], placeholder: string | null): string {
  const among = values.length > 0 || placeholder === null ? values : [placeholder];
  const [first] = among;
  if (first === undefined) return 'FALSE';
  const sorted = among.toSorted().map(quotedText);
  return sorted.length === 1 ? `${operand} = ${quotedText(first)}` : `${operand} IN (${sorted.join(', ')})`;
}

function wordsFor(source: GovernedSource, known: readonly KnownOfReader[]): PredicateWords {
  const keysOf = (kind: Entitlement['kind']) => known.filter((one) => one.kind === kind);
  const valuesOf = (name: string) =>
    keysOf('attr')
      .filter(({ key }) => key === name)
      .map(({ value }) => value);
  const groups = keysOf('group').map(({ key }) => key);
  return {
    column: (tag) => columnsTagged(source, tag)[0]?.name ?? 'NULL',
    user: (field) => {
      const value = keysOf('user').find(({ key }) => key === field)?.value;
      return value === undefined ? 'NULL' : quotedText(value);
    },
    attributeContains: ({ name, placeholder }, operand) => equalsOneOf(operand, valuesOf(name), placeholder),
    groupsContain: ({ placeholder }, operand) => equalsOneOf(operand, groups, placeholder),
    hasAttribute: ({ name, value }) => truth(valuesOf(name).some((held) => isHeld(held, value))),
    isInGroups: (part) => truth(part.groups.every((group) => groups.includes(group))),
  };
}

function isHeld(held: string, value: string): boolean {
  if (!value.endsWith('.*')) return held === value;
  const above = value.slice(0, -2);
  return held === above || held.startsWith(`${above}.`);
}

/** The test of a row rule as it comes out for one reader: their values are in it, and the columns' names. */
export function printForReader(test: RowTest, source: GovernedSource, known: readonly KnownOfReader[]): string {
  switch (test.kind) {
    case 'never':
      return 'FALSE';
    case 'time': {
      const column = columnsTagged(source, test.tag)[0]?.name ?? 'NULL';
      return `${column} ${test.keep === 'newerThan' ? '>' : '<'} now() - interval '${test.amount} ${test.unit}'`;
    }
    case 'predicate':
      return printPredicate(test.predicate, wordsFor(source, known));
  }
}
