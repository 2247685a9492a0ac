import type { Attributes } from '@stoa/contract/person';

/** One attribute as it is edited: its values stand in one field, separated by commas. */
export type AttributeRow = { readonly name: string; readonly values: string };

const rowOf = (name: string, values: readonly string[]): AttributeRow => ({ name, values: values.join(', ') });

export const rowsOfAttributes = (attributes: Attributes): readonly AttributeRow[] =>
  Object.entries(attributes).map(([name, values]) => rowOf(name, values));

/** Rows without a name or without a value are left out; a name that stands twice gathers its values. */
export function attributesOfRows(rows: readonly AttributeRow[]): Attributes {
  const attributes: Attributes = {};
  for (const row of rows) {
    const name = row.name.trim();
    const values = row.values
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    if (name === '' || values.length === 0) continue;
    attributes[name] = [...new Set([...(attributes[name] ?? []), ...values])];
  }
  return attributes;
}

/** What is written, the attributes that it goes on from, and the names that somebody else changed otherwise meanwhile. */
export type AttributeDraft = {
  readonly base: Attributes;
  readonly rows: readonly AttributeRow[];
  readonly conflicts: readonly string[];
};

const isSame = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  [...a].sort().join('\n') === [...b].sort().join('\n');

/** Whether two sets of attributes say the same. */
export const sameAttributes = (a: Attributes, b: Attributes): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => isSame(a[name], b[name]));

/** The rows with those of some names as `attributes` have them, in the place of the first one. */
function withNames(rows: readonly AttributeRow[], names: readonly string[], attributes: Attributes): AttributeRow[] {
  const left = new Set(names);
  const kept = rows.flatMap((row) => {
    const name = row.name.trim();
    if (!names.includes(name)) return [row];
    const values = attributes[name];
    return left.delete(name) && values !== undefined ? [rowOf(name, values)] : [];
  });
  return [
    ...kept,
    ...[...left].flatMap((name) => (attributes[name] === undefined ? [] : rowOf(name, attributes[name]))),
  ];
}

/** The draft on top of what stands now: what only one of the two changed holds, what both did is a conflict. */
export function draftOnto({ base, rows, conflicts }: AttributeDraft, theirs: Attributes): AttributeDraft {
  const mine = attributesOfRows(rows);
  const moved = [...new Set([...Object.keys(base), ...Object.keys(theirs)])].filter(
    (name) => !isSame(base[name], theirs[name]),
  );
  const isTouched = (name: string) => !isSame(base[name], mine[name]);
  const untouched = moved.filter((name) => !isTouched(name));
  return {
    base: theirs,
    rows: withNames(rows, untouched, theirs),
    conflicts: [...new Set([...conflicts, ...moved.filter(isTouched)])].filter(
      (name) => !isSame(mine[name], theirs[name]),
    ),
  };
}

/** The draft with what somebody else wrote, wherever both did. */
export const takeTheirs = ({ base, rows, conflicts }: AttributeDraft): AttributeDraft => ({
  base,
  rows: withNames(rows, conflicts, base),
  conflicts: [],
});
