import type { PersonFacts, SourceFacts, Variable } from './model.ts';

/** A person as rows of the database give them. */
export type PersonRow = {
  readonly globalUserId: string;
  readonly username: string;
  readonly iam: string | null;
  readonly groups: readonly string[];
  readonly attributes: Readonly<Record<string, readonly string[]>>;
};

/** A data source as rows of the database give it. */
export type SourceRow = {
  readonly dataSourceId: number;
  readonly connectionKey: string;
  readonly hostname: string | null;
  readonly objectPath: readonly string[];
  readonly tags: readonly string[];
  readonly columns: readonly { readonly name: string; readonly tags: readonly string[] }[];
};

const nfc = (text: string): string => text.normalize('NFC');
const setOf = (texts: readonly string[]): ReadonlySet<string> => new Set(texts.map(nfc));

/** Facts about a person, every text in NFC: comparing is then comparing characters. */
export function personFacts(row: PersonRow): PersonFacts {
  const attributes = new Map<string, Set<string>>();
  for (const [name, values] of Object.entries(row.attributes)) {
    const key = nfc(name);
    const known = attributes.get(key) ?? new Set<string>();
    for (const value of values) known.add(nfc(value));
    attributes.set(key, known);
  }
  return {
    globalUserId: row.globalUserId,
    username: nfc(row.username),
    iam: row.iam === null ? null : nfc(row.iam),
    groups: setOf(row.groups),
    attributes,
  };
}

/** Facts about a data source, every text in NFC. */
export const sourceFacts = (row: SourceRow): SourceFacts => ({
  ...row,
  hostname: row.hostname === null ? null : nfc(row.hostname),
  objectPath: row.objectPath.map(nfc),
  tags: setOf(row.tags),
  columns: row.columns.map((column) => ({ name: nfc(column.name), tags: setOf(column.tags) })),
});

/** What a variable says of an object; null where the object has none. `schema` needs three levels, `database` two. */
export function objectVariable(
  variable: Exclude<Variable, 'iam' | 'username'>,
  { hostname, objectPath }: Pick<SourceFacts, 'hostname' | 'objectPath'>,
): string | null {
  switch (variable) {
    case 'hostname':
      return hostname;
    case 'database':
      return objectPath.length > 1 ? (objectPath[0] ?? null) : null;
    case 'schema':
      return objectPath.length > 2 ? (objectPath.at(-2) ?? null) : null;
    case 'table':
      return objectPath.at(-1) ?? null;
  }
}
