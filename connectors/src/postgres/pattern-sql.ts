import { boundsOf } from '@stoa/core/pattern/bounds';
import type { CodeRange, PatternNode } from '@stoa/core/pattern/pattern';
import { ignoreCase } from '@stoa/core/pattern/pattern';
import { quoteText } from './identifiers.ts';

/**
 * A pattern as an advanced regular expression of PostgreSQL that means the same: it is written anew from what was parsed, so
 * nothing of the author's text reaches the server. Classes are spelt out, since `\d`, `\w` and `.` mean other things there.
 */
export function patternText(node: PatternNode, options: { readonly caseSensitive: boolean }): string {
  return `^(?:${write(options.caseSensitive ? node : ignoreCase(node))})$`;
}

/** SQL that says whether the whole of `value`, a text, is as the pattern says. Never null for a value that is not. */
export const patternSql = (value: string, node: PatternNode, options: { readonly caseSensitive: boolean }): string =>
  `(${value} COLLATE pg_catalog."C" OPERATOR(pg_catalog.~) ${quoteText(patternText(node, options))})`;

/**
 * The same, asked after what is cheap: the length, the first character, and a character that must be there. `length`: an
 * expression of the value's length in characters.
 */
export function guardedPatternSql(
  { value, length }: { readonly value: string; readonly length: string },
  node: PatternNode,
  options: { readonly caseSensitive: boolean },
): string {
  const folded = options.caseSensitive ? node : ignoreCase(node);
  const { least, most, first, required } = boundsOf(folded);
  const inC = `${value} COLLATE pg_catalog."C"`;
  return [
    most === null ? `${length} >= ${least}` : `${length} BETWEEN ${least} AND ${most}`,
    ...(first === null || first[1] >= 0x7f || first[0] === 0
      ? []
      : [
          `${inC} >= ${quoteText(String.fromCodePoint(first[0]))} AND ${inC} < ${quoteText(String.fromCodePoint(first[1] + 1))}`,
        ]),
    ...(required.length === 0
      ? []
      : [
          `(${required.map((code) => `pg_catalog.strpos(${inC}, ${quoteText(String.fromCodePoint(code))}) > 0`).join(' OR ')})`,
        ]),
    patternSql(value, folded, { caseSensitive: true }),
  ].join(' AND ');
}

function write(node: PatternNode): string {
  switch (node.kind) {
    case 'set':
      return `[${node.isNegated ? '^' : ''}${node.ranges.map(range).join('')}]`;
    case 'start':
      return '^';
    case 'end':
      return '$';
    case 'sequence':
      return node.parts.length === 0 ? '(?:)' : node.parts.map(write).join('');
    case 'choice':
      return `(?:${node.branches.map(write).join('|')})`;
    case 'repeat':
      return `(?:${write(node.part)})${counts(node.min, node.max)}`;
  }
}

function counts(min: number, max: number | null): string {
  if (max === null) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  return `{${min},${max}}`;
}

const range = ([from, to]: CodeRange): string => (from === to ? code(from) : `${code(from)}-${code(to)}`);

/** Letters and digits as they are, all else by its number: nothing is left that could have a meaning inside brackets. */
function code(point: number): string {
  const character = String.fromCodePoint(point);
  if (/^[0-9A-Za-z]$/.test(character)) return character;
  return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`;
}
