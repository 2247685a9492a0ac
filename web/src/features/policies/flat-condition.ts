/** One thing that can be said of a person in a sentence. */
export type Term =
  | { readonly kind: 'group'; readonly name: string; readonly isNegated: boolean }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string; readonly isNegated: boolean };

/** The usual condition: things said of a person, all of them or any. */
export type FlatCondition = { readonly operator: 'any' | 'all'; readonly terms: readonly Term[] };

const quoted = (text: string): string => `'${text.replaceAll('@', '@@').replaceAll("'", "''")}'`;

function printTerm(term: Term): string {
  const call =
    term.kind === 'group'
      ? `@isInGroups(${quoted(term.name)})`
      : `@hasAttribute(${quoted(term.name)}, ${quoted(term.value)})`;
  return term.isNegated ? `NOT ${call}` : call;
}

/** The condition as the language writes it. */
export const printFlat = ({ operator, terms }: FlatCondition): string =>
  terms.map(printTerm).join(operator === 'any' ? ' OR ' : ' AND ');

const text = String.raw`'((?:[^']|'')*)'`;
const termForm = new RegExp(
  String.raw`\s*(NOT\s+)?@(?:isInGroups\(\s*${text}\s*\)|hasAttribute\(\s*${text}\s*,\s*${text}\s*\))\s*`,
  'iy',
);
const joinForm = /(AND|OR)\b/iy;

/** The text between quotes; undefined where it has a variable, which no sentence can show. */
function plain(inside: string | undefined): string | undefined {
  const raw = (inside ?? '').replaceAll("''", "'");
  return /(?:^|[^@])(?:@@)*@(?!@)[A-Za-z]/.test(raw) ? undefined : raw.replaceAll('@@', '@');
}

/**
 * The sentence that a text stands for; undefined for every condition that needs more than one. It recognises what `printFlat`
 * writes, and judges nothing: whether a text is a condition the server says.
 */
export function readFlat(source: string): FlatCondition | undefined {
  const terms: Term[] = [];
  const joins = new Set<string>();
  let at = 0;
  for (;;) {
    termForm.lastIndex = at;
    const found = termForm.exec(source);
    if (found === null) return undefined;
    // Functions are case-sensitive, words are not.
    if (!/@isInGroups|@hasAttribute/.test(found[0])) return undefined;
    const isNegated = found[1] !== undefined;
    const group = found[2] === undefined ? undefined : plain(found[2]);
    const [name, value] = [plain(found[3]), plain(found[4])];
    if (found[2] !== undefined) {
      if (group === undefined) return undefined;
      terms.push({ kind: 'group', name: group, isNegated });
    } else {
      if (name === undefined || value === undefined) return undefined;
      terms.push({ kind: 'attribute', name, value, isNegated });
    }
    at = termForm.lastIndex;
    if (at >= source.length) break;
    joinForm.lastIndex = at;
    const join = joinForm.exec(source);
    if (join === null) return undefined;
    joins.add((join[1] ?? '').toUpperCase());
    at = joinForm.lastIndex;
  }
  return joins.size > 1 ? undefined : { operator: joins.has('OR') ? 'any' : 'all', terms };
}
