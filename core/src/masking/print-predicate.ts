import type { Operand, Predicate } from './predicate.ts';

/** A text as it stands in a predicate. */
export const quotedText = (value: string): string => `'${value.replaceAll("'", "''")}'`;

type OfKind<K extends Predicate['kind']> = Extract<Predicate, { kind: K }>;

/** How the parts of a predicate are put that depend on the table or on who reads. */
export type PredicateWords = {
  readonly column: (tag: string) => string;
  readonly user: (field: 'username' | 'iam') => string;
  /** `operand`: in words already. */
  readonly attributeContains: (part: OfKind<'attributeContains'>, operand: string) => string;
  readonly groupsContain: (part: OfKind<'groupsContain'>, operand: string) => string;
  readonly hasAttribute: (part: OfKind<'hasAttribute'>) => string;
  readonly isInGroups: (part: OfKind<'isInGroups'>) => string;
};

const placeholderText = (placeholder: string | null): string =>
  placeholder === null ? '' : `, ${quotedText(placeholder)}`;

const asWritten: PredicateWords = {
  column: (tag) => `@columnTagged(${quotedText(tag)})`,
  user: (field) => `@${field}`,
  attributeContains: ({ name, placeholder }, operand) =>
    `@attributeValuesContains(${quotedText(name)}, ${operand}${placeholderText(placeholder)})`,
  groupsContain: ({ placeholder }, operand) => `@groupsContains(${operand}${placeholderText(placeholder)})`,
  hasAttribute: ({ name, value }) => `@hasAttribute(${quotedText(name)}, ${quotedText(value)})`,
  isInGroups: ({ groups }) => `@isInGroups(${groups.map(quotedText).join(', ')})`,
};

/** The one way a predicate is written; reading it again gives the same predicate, unless other `words` are asked for. */
export function printPredicate(predicate: Predicate, words: PredicateWords = asWritten): string {
  const operand = (one: Operand): string => operandText(one, words);
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.parts.map((part) => inner(part, words)).join(predicate.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return `NOT ${inner(predicate.part, words)}`;
    case 'compare':
      return `${operand(predicate.left)} ${predicate.op} ${operand(predicate.right)}`;
    case 'isNull':
      return `${operand(predicate.operand)} IS ${predicate.negated ? 'NOT ' : ''}NULL`;
    case 'in':
      return `${operand(predicate.operand)} ${predicate.negated ? 'NOT ' : ''}IN (${predicate.among.map(operand).join(', ')})`;
    case 'like':
      return `${operand(predicate.operand)} ${predicate.negated ? 'NOT ' : ''}LIKE ${quotedText(predicate.pattern)}`;
    case 'attributeContains':
      return words.attributeContains(predicate, operand(predicate.operand));
    case 'groupsContain':
      return words.groupsContain(predicate, operand(predicate.operand));
    case 'hasAttribute':
      return words.hasAttribute(predicate);
    case 'isInGroups':
      return words.isInGroups(predicate);
  }
}

const inner = (part: Predicate, words: PredicateWords): string =>
  part.kind === 'and' || part.kind === 'or' ? `(${printPredicate(part, words)})` : printPredicate(part, words);

function operandText(operand: Operand, words: PredicateWords): string {
  switch (operand.kind) {
    case 'column':
      return words.column(operand.tag);
    case 'text':
      return quotedText(operand.value);
    case 'number':
      return operand.digits;
    case 'boolean':
      return operand.value ? 'TRUE' : 'FALSE';
    case 'user':
      return words.user(operand.field);
    case 'call':
      return `${operand.name}(${operand.of.map((one) => operandText(one, words)).join(', ')})`;
  }
}
