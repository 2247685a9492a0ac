import type { CodeRange, PatternNode } from './pattern.ts';
import { patternLimits, stepsOf } from './pattern.ts';

export type ParsedPattern =
  | { readonly ok: true; readonly node: PatternNode }
  /** `at`: where in the text, counted in UTF-16 units as editors do. */
  | { readonly ok: false; readonly problem: string; readonly at: number };

class PatternProblem extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/**
 * Parses the part of RE2's syntax that every platform can take: literals, `.`, classes, `\d \w \s` and their negations, `* + ?`
 * and bounded repeats, groups, alternation, `^` and `$`. Everything else is refused with its place: what one engine takes for
 * something else must never be guessed at (https://github.com/google/re2/wiki/Syntax).
 */
export function parsePattern(text: string): ParsedPattern {
  try {
    if (text === '') throw new PatternProblem('The pattern is empty.', 0);
    if (text.length > patternLimits.mostCharacters) {
      throw new PatternProblem(`A pattern has at most ${patternLimits.mostCharacters} characters.`, 0);
    }
    const reader: Reader = { text, at: 0, groups: 0 };
    const node = parseChoice(reader, 0);
    if (reader.at < text.length) throw new PatternProblem('A ")" without its "(".', reader.at);
    if (stepsOf(node) > patternLimits.mostSteps) {
      throw new PatternProblem('The repeats of this pattern multiply to more than can be evaluated.', 0);
    }
    return { ok: true, node };
  } catch (error) {
    if (error instanceof PatternProblem) return { ok: false, problem: error.message, at: error.at };
    throw error;
  }
}

type Reader = { readonly text: string; at: number; groups: number };

function parseChoice(reader: Reader, depth: number): PatternNode {
  if (depth > patternLimits.mostDepth) throw new PatternProblem('The groups are nested too deeply.', reader.at);
  const branches = [parseSequence(reader, depth)];
  while (reader.text[reader.at] === '|') {
    reader.at += 1;
    branches.push(parseSequence(reader, depth));
  }
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : { kind: 'choice', branches };
}

function parseSequence(reader: Reader, depth: number): PatternNode {
  const parts: PatternNode[] = [];
  for (;;) {
    const next = reader.text[reader.at];
    if (next === undefined || next === '|' || next === ')') return { kind: 'sequence', parts };
    parts.push(parseRepeat(reader, parseAtom(reader, depth)));
  }
}

function parseRepeat(reader: Reader, part: PatternNode): PatternNode {
  const start = reader.at;
  const bounds = parseBounds(reader);
  if (bounds === undefined) return part;
  if (part.kind === 'start' || part.kind === 'end') throw new PatternProblem('"^" and "$" cannot be repeated.', start);
  const next = reader.text[reader.at];
  if (next === '?') throw new PatternProblem('Lazy repeats are not supported; whole values are matched.', reader.at);
  if (next !== undefined && '*+{'.includes(next)) throw new PatternProblem('A repeat of a repeat.', reader.at);
  return { kind: 'repeat', part, ...bounds };
}

function parseBounds(reader: Reader): { min: number; max: number | null } | undefined {
  switch (reader.text[reader.at]) {
    case '*':
      reader.at += 1;
      return { min: 0, max: null };
    case '+':
      reader.at += 1;
      return { min: 1, max: null };
    case '?':
      reader.at += 1;
      return { min: 0, max: 1 };
    case '{':
      return parseCounts(reader);
    default:
      return undefined;
  }
}

function parseCounts(reader: Reader): { min: number; max: number | null } {
  const start = reader.at;
  const match = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(reader.text.slice(start, start + 12));
  if (match === null) throw new PatternProblem('A repeat reads {3}, {3,} or {3,5}; a brace itself is \\{.', start);
  reader.at += match[0].length;
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : match[3] === undefined ? null : Number(match[3]);
  if (Math.max(min, max ?? 0) > patternLimits.mostRepeats) {
    throw new PatternProblem(`A part is repeated at most ${patternLimits.mostRepeats} times.`, start);
  }
  if (max !== null && max < min) throw new PatternProblem('The second count is smaller than the first.', start);
  return { min, max };
}

function parseAtom(reader: Reader, depth: number): PatternNode {
  const start = reader.at;
  const code = take(reader);
  switch (String.fromCodePoint(code)) {
    case '(':
      return parseGroup(reader, depth);
    case '[':
      return parseClass(reader);
    case '\\':
      return parseEscape(reader);
    case '.':
      return { kind: 'set', isNegated: true, ranges: [single(0x0a)] };
    case '^':
      return { kind: 'start' };
    case '$':
      return { kind: 'end' };
    case '*':
    case '+':
    case '?':
    case '{':
      throw new PatternProblem('There is nothing before it that could be repeated.', start);
    default:
      return { kind: 'set', isNegated: false, ranges: [single(code)] };
  }
}

function parseGroup(reader: Reader, depth: number): PatternNode {
  const start = reader.at - 1;
  const isPlain = reader.text[reader.at] !== '?';
  if (reader.text.startsWith('?:', reader.at)) reader.at += 2;
  else if (!isPlain) {
    throw new PatternProblem('Only plain groups and (?:…): no flags, names or look-around.', start);
  }
  const group = isPlain ? (reader.groups += 1) : undefined;
  const node = parseChoice(reader, depth + 1);
  if (reader.text[reader.at] !== ')') throw new PatternProblem('A "(" without its ")".', start);
  reader.at += 1;
  // A group stays one thing, so that a repeat after it means the whole of it.
  return { kind: 'sequence', parts: [node], ...(group === undefined ? {} : { group }) };
}

const single = (code: number): CodeRange => [code, code];
const digit: readonly CodeRange[] = [[0x30, 0x39]];
const word: readonly CodeRange[] = [[0x30, 0x39], [0x41, 0x5a], single(0x5f), [0x61, 0x7a]];
const space: readonly CodeRange[] = [[0x09, 0x0a], [0x0c, 0x0d], single(0x20)];
const classes: Readonly<Record<string, readonly CodeRange[]>> = { d: digit, w: word, s: space };
const controls: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, r: 0x0d, f: 0x0c };

function parseEscape(reader: Reader): PatternNode {
  const letter = reader.text[reader.at] ?? '';
  const ranges = classes[letter.toLowerCase()];
  if (ranges === undefined) {
    return { kind: 'set', isNegated: false, ranges: [single(escapedCode(reader))] };
  }
  reader.at += 1;
  return { kind: 'set', isNegated: letter !== letter.toLowerCase(), ranges };
}

/** After the backslash: a control character, or punctuation that means itself. */
function escapedCode(reader: Reader): number {
  const at = reader.at - 1;
  if (reader.at >= reader.text.length) throw new PatternProblem('Nothing follows the backslash.', at);
  const code = take(reader);
  const letter = String.fromCodePoint(code);
  const control = controls[letter];
  if (control !== undefined) return control;
  if (/^[1-9]$/.test(letter)) throw new PatternProblem('References back to a group are not supported.', at);
  if (/^[!-/:-@[-`{-~]$/.test(letter)) return code;
  throw new PatternProblem(`"\\${letter}" is not supported.`, at);
}

function parseClass(reader: Reader): PatternNode {
  const start = reader.at - 1;
  const isNegated = reader.text[reader.at] === '^';
  if (isNegated) reader.at += 1;
  const ranges: CodeRange[] = [];
  for (;;) {
    const next = reader.text[reader.at];
    if (next === undefined) throw new PatternProblem('A "[" without its "]".', start);
    if (next === ']') break;
    ranges.push(...parseMember(reader));
  }
  if (ranges.length === 0) throw new PatternProblem('An empty class; a bracket itself is \\].', start);
  reader.at += 1;
  return { kind: 'set', isNegated, ranges };
}

function parseMember(reader: Reader): readonly CodeRange[] {
  const start = reader.at;
  const shorthand = classShorthand(reader);
  if (shorthand !== undefined) return shorthand;
  const from = memberCode(reader);
  const [dash, after] = [reader.text[reader.at], reader.text[reader.at + 1]];
  if (dash !== '-' || after === undefined || after === ']') return [single(from)];
  reader.at += 1;
  if (classShorthand(reader) !== undefined) throw new PatternProblem('A range needs two characters.', start);
  const to = memberCode(reader);
  if (to < from) throw new PatternProblem('The range ends before it begins.', start);
  return [[from, to]];
}

function classShorthand(reader: Reader): readonly CodeRange[] | undefined {
  if (reader.text[reader.at] !== '\\') return undefined;
  const letter = reader.text[reader.at + 1] ?? '';
  if (/^[DWS]$/.test(letter)) throw new PatternProblem(`"\\${letter}" cannot stand inside a class.`, reader.at);
  const ranges = classes[letter];
  if (ranges !== undefined) reader.at += 2;
  return ranges;
}

function memberCode(reader: Reader): number {
  const at = reader.at;
  const code = take(reader);
  if (code === 0x5c) return escapedCode(reader);
  if (code === 0x5b && /^[:.=]/.test(reader.text.slice(reader.at))) {
    throw new PatternProblem('Named classes such as [:alpha:] are not supported.', at);
  }
  return code;
}

function take(reader: Reader): number {
  const code = reader.text.codePointAt(reader.at) ?? 0;
  if (code === 0) throw new PatternProblem('A character that no value can hold.', reader.at);
  if (code >= 0xd800 && code <= 0xdfff) throw new PatternProblem('Half of a character.', reader.at);
  reader.at += code > 0xffff ? 2 : 1;
  return code;
}
