import type { Operand, Predicate } from './predicate.ts';

const textOf = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** The one way a predicate is written; reading it again gives the same predicate. */
export function printPredicate(predicate: Predicate): string {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.parts.map((part) => inner(part)).join(predicate.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return `NOT ${inner(predicate.part)}`;
    case 'compare':
      return `${operandText(predicate.left)} ${predicate.op} ${operandText(predicate.right)}`;
    case 'isNull':
      return `${operandText(predicate.operand)} IS ${predicate.negated ? 'NOT ' : ''}NULL`;
    case 'in':
      return `${operandText(predicate.operand)} ${predicate.negated ? 'NOT ' : ''}IN (${predicate.among.map(operandText).join(', ')})`;
    case 'like':
      return `${operandText(predicate.operand)} ${predicate.negated ? 'NOT ' : ''}LIKE ${textOf(predicate.pattern)}`;
    case 'attributeContains':
      return `@attributeValuesContains(${textOf(predicate.name)}, ${operandText(predicate.operand)}${placeholderText(predicate.placeholder)})`;
    case 'groupsContain':
      return `@groupsContains(${operandText(predicate.operand)}${placeholderText(predicate.placeholder)})`;
    case 'hasAttribute':
      return `@hasAttribute(${textOf(predicate.name)}, ${textOf(predicate.value)})`;
    case 'isInGroups':
      return `@isInGroups(${predicate.groups.map(textOf).join(', ')})`;
  }
}

const inner = (part: Predicate): string =>
  part.kind === 'and' || part.kind === 'or' ? `(${printPredicate(part)})` : printPredicate(part);

const placeholderText = (placeholder: string | null): string =>
  placeholder === null ? '' : `, ${textOf(placeholder)}`;

function operandText(operand: Operand): string {
  switch (operand.kind) {
    case 'column':
      return `@columnTagged(${textOf(operand.tag)})`;
    case 'text':
      return textOf(operand.value);
    case 'number':
      return operand.digits;
    case 'boolean':
      return operand.value ? 'TRUE' : 'FALSE';
    case 'user':
      return `@${operand.field}`;
    case 'call':
      return `${operand.name}(${operand.of.map(operandText).join(', ')})`;
  }
}
