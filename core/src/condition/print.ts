import type { Call, Condition } from './model.ts';
import { printTemplate } from './template.ts';

/** A line of this length is broken into operands. */
const width = 100;

/** A condition as text that is read back as the same condition; long ones stand one operand to a line. */
export const printCondition = (condition: Condition): string => printed(condition, '');

/** One call as it is written. */
export function printCall(call: Call): string {
  switch (call.name) {
    case 'hasAttribute': {
      const value = printTemplate(call.value);
      const written = call.below ? `${value.slice(0, -1)}.*'` : value;
      return `@hasAttribute(${printTemplate(call.attribute)}, ${written})`;
    }
    case 'isInGroups':
      return `@isInGroups(${call.groups.map(printTemplate).join(', ')})`;
    case 'hasTagAsAttribute':
      return `@hasTagAsAttribute(${printTemplate(call.attribute)}, '${call.of}')`;
    case 'hasTagAsGroup':
      return `@hasTagAsGroup('${call.of}')`;
  }
}

function onOneLine(condition: Condition): string {
  switch (condition.kind) {
    case 'call':
      return printCall(condition.call);
    case 'not':
      return `NOT ${bracketed(condition.operand, 'not')}`;
    default:
      return condition.operands
        .map((operand) => bracketed(operand, condition.kind))
        .join(condition.kind === 'and' ? ' AND ' : ' OR ');
  }
}

const needsBrackets = (operand: Condition, inside: 'and' | 'or' | 'not'): boolean =>
  operand.kind === 'or' ? true : operand.kind === 'and' && inside !== 'or';

const bracketed = (operand: Condition, inside: 'and' | 'or' | 'not'): string =>
  needsBrackets(operand, inside) ? `(${onOneLine(operand)})` : onOneLine(operand);

function printed(condition: Condition, indent: string): string {
  const line = onOneLine(condition);
  if (condition.kind === 'call' || line.length + indent.length <= width) return line;
  const inner = `${indent}  `;
  if (condition.kind === 'not') {
    return needsBrackets(condition.operand, 'not')
      ? `NOT (\n${inner}${printed(condition.operand, inner)}\n${indent})`
      : `NOT ${printed(condition.operand, indent)}`;
  }
  const word = condition.kind === 'and' ? 'AND' : 'OR';
  return condition.operands
    .map((operand) =>
      needsBrackets(operand, condition.kind) && onOneLine(operand).length + inner.length > width
        ? `(\n${inner}${printed(operand, inner)}\n${indent})`
        : bracketed(operand, condition.kind),
    )
    .join(`\n${indent}${word} `);
}
