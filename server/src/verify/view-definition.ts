/** What a view before a masked table shows, read from its text as PostgreSQL tells it (`pg_get_viewdef`). */
export type ShownBranch = {
  /** Names of columns of the table that are shown as they are, converted to another type at most. */
  readonly bare: ReadonlySet<string>;
  /** Its rows depend on something. */
  readonly isFiltered: boolean;
  /** Its rows depend on what the reader is exempt from. */
  readonly isGated: boolean;
};

type Token = { readonly text: string; readonly kind: 'word' | 'quoted' | 'string' | 'other'; readonly depth: number };

/** A literal, a quoted name, a word, or one other character; what white space there is says nothing. */
const pattern =
  /(?<string>E?'(?:[^'\\]|''|\\.)*')|(?<quoted>"(?:[^"]|"")*")|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<other>\S)/gsu;

const kinds = ['string', 'quoted', 'word'] as const;

function tokensOf(text: string): Token[] {
  let depth = 0;
  return [...text.matchAll(pattern)].map(({ 0: found, groups }) => {
    const kind = kinds.find((one) => groups?.[one] !== undefined) ?? 'other';
    if (kind === 'other' && (found === ')' || found === ']')) depth -= 1;
    const token: Token = { text: found, kind, depth };
    if (kind === 'other' && (found === '(' || found === '[')) depth += 1;
    return token;
  });
}

const isWord = (token: Token | undefined, word: string): boolean =>
  token?.kind === 'word' && token.text.toUpperCase() === word;
const isSign = (token: Token | undefined, sign: string): boolean => token?.kind === 'other' && token.text === sign;

/** Cut at a sign or a word that stands in no bracket of the part. */
function splitAt(tokens: readonly Token[], isCut: (token: Token) => boolean): Token[][] {
  const floor = Math.min(...tokens.map(({ depth }) => depth));
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.depth === floor && isCut(token)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/**
 * The branches of a view of one table; null where it is anything else, so that nothing can be said of what it shows. A view of
 * ours selects from its table, under the name `b`, once or in branches joined by UNION ALL.
 */
export function branchesOf(definition: string): ShownBranch[] | null {
  const tokens = tokensOf(definition.replace(/;\s*$/, ''));
  if (tokens.length === 0) return null;
  const branches = splitAt(tokens, (token) => isWord(token, 'UNION')).map((part, index) =>
    branchOf(index === 0 ? part : part.slice(isWord(part[0], 'ALL') ? 1 : part.length)),
  );
  return branches.every((branch) => branch !== null) ? branches : null;
}

function branchOf([select, ...rest]: readonly Token[]): ShownBranch | null {
  if (!isWord(select, 'SELECT')) return null;
  const [list = [], source, ...more] = splitAt(rest, (token) => isWord(token, 'FROM'));
  if (source === undefined || more.length > 0 || list.length === 0) return null;
  const [from = [], filter, ...others] = splitAt(source, (token) => isWord(token, 'WHERE'));
  if (others.length > 0 || !isTableNamedB(from)) return null;
  const bare = splitAt(list, (token) => isSign(token, ',')).flatMap((item) => bareName(item) ?? []);
  return {
    bare: new Set(bare),
    isFiltered: filter !== undefined && !holdsAlways(filter),
    isGated: filter !== undefined && asksForKeys(filter),
  };
}

/** `schema.name b`, or `name b`, and nothing else. */
function isTableNamedB(from: readonly Token[]): boolean {
  const names = from.filter(({ kind }) => kind === 'word' || kind === 'quoted');
  const dots = from.filter((token) => isSign(token, '.'));
  return names.at(-1)?.text === 'b' && names.length === dots.length + 2 && names.length + dots.length === from.length;
}

/** Whether it asks, of every row, that the reader is exempt: a row of `stoa.ent` or a role says so. */
function asksForKeys(filter: readonly Token[]): boolean {
  const all = splitAt(withoutBrackets(filter), (token) => isWord(token, 'AND')).map(withoutBrackets);
  return all.some(([first, ...more]) => isWord(first, 'EXISTS') && more.some(({ text }) => text === 'ent'));
}

/**
 * Whether it is `true` for every row, or has that beside what else would do. Stoa writes no such thing; a comparison of constants may
 * be a policy's own.
 */
function holdsAlways(condition: readonly Token[]): boolean {
  const whole = withoutBrackets(condition);
  const either = splitAt(whole, (token) => isWord(token, 'OR'));
  if (either.length > 1) return either.some(holdsAlways);
  const all = splitAt(whole, (token) => isWord(token, 'AND'));
  if (all.length > 1) return all.every(holdsAlways);
  const [first, ...more] = whole;
  return isWord(first, 'NOT') ? isFalse(withoutBrackets(more)) : more.length === 0 && isWord(first, 'TRUE');
}

const isFalse = ([only, ...more]: readonly Token[]): boolean => more.length === 0 && isWord(only, 'FALSE');

/** Without the brackets around the whole of it. */
function withoutBrackets(tokens: readonly Token[]): readonly Token[] {
  const [first] = tokens;
  const isWrapped =
    isSign(first, '(') &&
    tokens.findIndex((token) => isSign(token, ')') && token.depth === first?.depth) === tokens.length - 1;
  return isWrapped ? withoutBrackets(tokens.slice(1, -1)) : tokens;
}

/** No column has such a name without quotes around it. */
const constants = new Set(['NULL', 'TRUE', 'FALSE']);

/** The column that an item of the list shows as it is. */
function bareName(item: readonly Token[]): string | null {
  const [shown = []] = splitAt(item, (token) => isWord(token, 'AS'));
  let expression = withoutBrackets(shown);
  for (let inner = withoutCast(expression); inner !== null; inner = withoutCast(expression))
    expression = withoutBrackets(inner);
  // PostgreSQL names the table only where there is more than one to choose from.
  const [table, dot] = expression;
  const [column, ...more] = table?.text === 'b' && isSign(dot, '.') ? expression.slice(2) : expression;
  if (more.length > 0) return null;
  if (column?.kind === 'quoted') return column.text.slice(1, -1).replaceAll('""', '"');
  return column?.kind === 'word' && !constants.has(column.text.toUpperCase()) ? column.text : null;
}

/** Without a conversion at its end; null where there is none. */
function withoutCast(expression: readonly Token[]): Token[] | null {
  const floor = Math.min(...expression.map(({ depth }) => depth));
  const at = expression.findLastIndex(
    (token, index) => token.depth === floor && isSign(token, ':') && isSign(expression[index - 1], ':'),
  );
  if (at < 2) return null;
  const type = expression.slice(at + 1);
  const isType = type.every(
    ({ kind, depth, text }) => depth > floor || kind === 'word' || kind === 'quoted' || /[.()[\]]/.test(text),
  );
  return isType ? expression.slice(0, at - 1) : null;
}
