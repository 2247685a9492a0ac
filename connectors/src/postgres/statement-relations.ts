/** A table or view as a statement names it; without a schema, the reader's search path decides. */
export type NamedRelation = { readonly schema: string | null; readonly name: string };

/** A longer statement is not looked into. */
export const longestStatement = 100_000;

type Parse = (text: string) => Promise<unknown>;
let parser: Promise<Parse> | undefined;

/** PostgreSQL's own parser, compiled to run inside the process. It is loaded when the first statement comes. */
const loadParser = (): Promise<Parse> =>
  (parser ??= import('libpg-query').then(
    ({ parse }) => parse,
    (error: unknown) => {
      parser = undefined;
      throw error;
    },
  ));

/**
 * The tables and views that a statement reads, none for one that reads no data, null for one that cannot be understood. Targets
 * of writes are not read; a name that a WITH gives is no table.
 */
export async function relationsOf(statement: string): Promise<readonly NamedRelation[] | null> {
  if (statement.length > longestStatement) return null;
  const parse = await loadParser();
  try {
    const found = new Map<string, NamedRelation>();
    for (const one of statementsIn(await parse(statement))) {
      if (isReading(one)) visit(one, new Set(), found);
    }
    return [...found.values()];
  } catch {
    // Not SQL, or nested deeper than anybody writes by hand.
    return null;
  }
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const statementsIn = (tree: unknown): readonly Node[] =>
  listOf(isNode(tree) ? tree['stmts'] : undefined).flatMap((raw) =>
    isNode(raw) && isNode(raw['stmt']) ? [raw['stmt']] : [],
  );

const readingStatements = [
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CreateTableAsStmt',
  'DeclareCursorStmt',
  'PrepareStmt',
  'CopyStmt',
];

function isReading(statement: Node): boolean {
  const [kind = ''] = Object.keys(statement);
  const body = statement[kind];
  if (kind !== 'ExplainStmt') return readingStatements.includes(kind);
  // Only ANALYZE runs what it explains.
  return isNode(body) && listOf(body['options']).some((option) => JSON.stringify(option).includes('"analyze"'));
}

/** Tables read stand as `RangeVar` nodes; a write's own table, and what a SELECT makes, are bare members and so passed by. */
function visit(value: unknown, given: ReadonlySet<string>, found: Map<string, NamedRelation>): void {
  if (Array.isArray(value)) {
    for (const one of value) visit(one, given, found);
    return;
  }
  if (!isNode(value)) return;
  const withClause = value['withClause'];
  const known = isNode(withClause) ? visitWith(withClause, given, found) : given;
  for (const [key, member] of Object.entries(value)) {
    // What FOR UPDATE OF names are aliases.
    if (key === 'withClause' || key === 'LockingClause') continue;
    if (key === 'RangeVar') note(member, known, found);
    else if (key === 'CopyStmt') visitCopy(member, known, found);
    else visit(member, known, found);
  }
}

function visitCopy(copy: unknown, given: ReadonlySet<string>, found: Map<string, NamedRelation>): void {
  if (!isNode(copy) || copy['is_from'] === true) return;
  note(copy['relation'], given, found);
  visit(copy['query'], given, found);
}

/** Each of them sees those before it, and with RECURSIVE all of them; the statement sees them all. */
function visitWith(clause: Node, given: ReadonlySet<string>, found: Map<string, NamedRelation>): ReadonlySet<string> {
  const tables = listOf(clause['ctes']).flatMap((one) =>
    isNode(one) && isNode(one['CommonTableExpr']) ? [one['CommonTableExpr']] : [],
  );
  const nameOf = (table: Node): string => String(table['ctename']);
  const known = new Set(given);
  if (clause['recursive'] === true) for (const table of tables) known.add(nameOf(table));
  for (const table of tables) {
    visit(table['ctequery'], new Set(known), found);
    known.add(nameOf(table));
  }
  return known;
}

function note(relation: unknown, given: ReadonlySet<string>, found: Map<string, NamedRelation>): void {
  if (!isNode(relation) || typeof relation['relname'] !== 'string') return;
  const name = relation['relname'];
  const schema = typeof relation['schemaname'] === 'string' ? relation['schemaname'] : null;
  if (schema === null && given.has(name)) return;
  found.set(JSON.stringify([schema, name]), { schema, name });
}
