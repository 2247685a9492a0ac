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

const space = /[\s\ufeff]/u;
const word = /[\p{L}\p{N}_]*/uy;

/** Cuts a text into words, function names, quoted strings and signs. */
export function scan(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const sign = text[at] ?? '';
    if (space.test(sign)) at += 1;
    else if (sign === '(' || sign === ')' || sign === ',') {
      tokens.push({ kind: sign, at });
      at += 1;
    } else if (sign === "'") at = quoted(text, at, tokens);
    else at = named(text, at, tokens);
  }
  tokens.push({ kind: 'end', at: text.length });
  return tokens;
}

function quoted(text: string, from: number, tokens: Token[]): number {
  let inside = '';
  let at = from + 1;
  for (;;) {
    const end = text.indexOf("'", at);
    if (end < 0) throw new ConditionError(from, 'This string has no closing quote.');
    inside += text.slice(at, end);
    at = end + 1;
    if (text[at] !== "'") break;
    inside += "'";
    at += 1;
  }
  tokens.push({ kind: 'text', at: from, text: inside });
  return at;
}

function named(text: string, from: number, tokens: Token[]): number {
  const isFunction = text[from] === '@';
  word.lastIndex = isFunction ? from + 1 : from;
  word.test(text);
  const at = word.lastIndex;
  const name = text.slice(isFunction ? from + 1 : from, at);
  if (isFunction && name === '') throw new ConditionError(from, 'A function name must follow @.');
  if (name === '') throw new ConditionError(from, strange(String.fromCodePoint(text.codePointAt(from) ?? 0)));
  tokens.push({ kind: isFunction ? 'function' : 'word', at: from, text: name });
  return at;
}

const strange = (sign: string): string =>
  sign === '"' || sign === '\u2019' || sign === '\u2018'
    ? `Strings stand in straight single quotes: '..', not in ${sign}.`
    : `${sign} has no meaning here.`;

/** The place of an offset, for people. */
export function problemAt(text: string, at: number, message: string): ConditionProblem {
  const before = text.slice(0, at).split('\n');
  return { at, line: before.length, column: (before.at(-1) ?? '').length + 1, message };
}
