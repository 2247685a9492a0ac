/** Where a text stops being a condition, and why; `line` and `column` count from one. */
export type ConditionProblem = {
  readonly at: number;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

export type Token =
  | { readonly kind: 'word' | 'function' | 'text'; readonly at: number; readonly text: string }
  | { readonly kind: '(' | ')' | ','; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

/** Thrown inside the parser and caught at its door. */
export class ConditionError extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** White space, a sign, a string, or a name with or without its @; each begins where the last one ended. */
const piece = /[\s\ufeff]+|[(),]|'((?:[^']|'')*)'|(@)?([\p{L}\p{N}_]+)/uy;

/** Cuts a text into words, function names, quoted strings and signs. */
export function scan(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    piece.lastIndex = at;
    const match = piece.exec(text);
    if (match === null) throw new ConditionError(at, strange(text, at));
    const [whole, quoted, isFunction, name] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', at, text: quoted.replaceAll("''", "'") });
    else if (name !== undefined) tokens.push({ kind: isFunction === undefined ? 'word' : 'function', at, text: name });
    else if (whole === '(' || whole === ')' || whole === ',') tokens.push({ kind: whole, at });
    at += whole.length;
  }
  tokens.push({ kind: 'end', at: text.length });
  return tokens;
}

/** Why nothing begins here. */
function strange(text: string, at: number): string {
  const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (sign === "'") return 'This string has no closing quote.';
  if (sign === '@') return 'A function name must follow @.';
  return sign === '"' || sign === '\u2019' || sign === '\u2018'
    ? `Strings stand in straight single quotes: '..', not in ${sign}.`
    : `${sign} has no meaning here.`;
}

/** The place of an offset, for people. */
export function problemAt(text: string, at: number, message: string): ConditionProblem {
  const before = text.slice(0, at).split('\n');
  return { at, line: before.length, column: (before.at(-1) ?? '').length + 1, message };
}
