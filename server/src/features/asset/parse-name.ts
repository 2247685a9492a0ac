import type { Technology } from '@stoa/contract/enums';

const partsAtMost = 10;

export type NamePart = { readonly text: string; readonly isQuoted: boolean };

/**
 * Takes `db.schema."Table.x"` apart: parts are parted by dots, a quoted part may hold dots and doubled quotes. Null when it
 * is no such name.
 */
export function parseName(fullyQualifiedName: string): NamePart[] | null {
  const parts: NamePart[] = [];
  const part = /\s*(?:"((?:[^"]|"")+)"|([^".]+?))\s*(\.|$)/y;
  let ended = false;
  while (!ended) {
    const match = part.exec(fullyQualifiedName);
    if (!match) return null;
    const [, quoted, plain, end] = match;
    parts.push(
      quoted === undefined
        ? { text: plain ?? '', isQuoted: false }
        : { text: quoted.replaceAll('""', '"'), isQuoted: true },
    );
    ended = end === '';
  }
  return parts.length > partsAtMost || parts.some((p) => p.text === '') ? null : parts;
}

const upper: readonly string[] = ['Snowflake', 'Oracle'] satisfies Technology[];
const lower: readonly string[] = ['PostgreSQL', 'Redshift', 'Trino', 'Databricks', 'Glue'] satisfies Technology[];

/** The path as the technology stores it: it folds what is not quoted. Without a technology the fold is to lower case. */
export const foldName = (parts: readonly NamePart[], technology: string | undefined): string[] =>
  parts.map(({ text, isQuoted }) => {
    if (isQuoted) return text;
    if (technology === undefined || lower.includes(technology)) return text.toLowerCase();
    return upper.includes(technology) ? text.toUpperCase() : text;
  });

/**
 * The name that `parseName` and `foldName` take back to this path: a part is quoted where it would be folded or taken apart.
 * Null for a path that no name can say: too long, or with a part that is empty.
 */
export function writeName(path: readonly string[], technology: string): string | null {
  if (path.length === 0 || path.length > partsAtMost || path.includes('')) return null;
  return path.map((text) => (isPlain(text, technology) ? text : `"${text.replaceAll('"', '""')}"`)).join('.');
}

const isPlain = (text: string, technology: string): boolean =>
  /^[^\s".]+$/.test(text) && foldName([{ text, isQuoted: false }], technology)[0] === text;
