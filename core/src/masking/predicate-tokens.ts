/** A piece of a predicate's text. `at` counts characters from its beginning. */
export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'function'; readonly text: string; readonly at: number }
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'sign'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

/** Why a text is no predicate. */
export class PredicateError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.name = 'PredicateError';
    this.at = at;
  }
}

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['function', /@[A-Za-z]+/y],
  ['word', /[A-Za-z_]+/y],
  ['number', /-?\d{1,30}(?:\.\d{1,30})?/y],
  ['text', /'(?:[^'\0]|'')*'/y],
  ['sign', /<=|>=|<>|!=|[=<>(),]/y],
];

/** Cuts a predicate into pieces; whatever is none of the language's pieces ends it. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const space = /\s+/y;
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token.token);
    at = token.end;
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
}

function tokenAt(text: string, at: number): { token: Token; end: number } {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined || kind === 'end') continue;
    const inner = kind === 'text' ? found.slice(1, -1).replaceAll("''", "'") : found;
    return { token: { kind, text: kind === 'sign' && found === '!=' ? '<>' : inner, at }, end: at + found.length };
  }
  throw new PredicateError(`"${text.slice(at, at + 12)}" is no part of a predicate`, at);
}
