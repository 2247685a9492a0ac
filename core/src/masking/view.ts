import type { Masking } from '@stoa/contract/masking';
import { type Formula, formulaOf } from './formula.ts';
import type { ColumnFamily, ColumnVerdict, GovernedSource, RowTest, RowVerdict, SourceVerdict } from './model.ts';
import { type Predicate, type ReaderFacts, readOf } from './predicate.ts';
import { columnsTagged } from './tagged-columns.ts';

/** What stands between readers and a source, for a connector to write down in its own words. Says nothing about people. */
export type ProtectedView = {
  readonly dataSourceId: number;
  /** In the table's order. What is not among them is not shown. */
  readonly columns: readonly ViewColumn[];
  /** A row is shown when all of them let it pass. */
  readonly rows: readonly ViewRow[];
  /** The number of the column that each tag of a predicate means. */
  readonly tagged: Readonly<Record<string, number>>;
};

export type ViewColumn = {
  readonly ordinal: number;
  readonly name: string;
  readonly nativeType: string;
  readonly family: ColumnFamily;
  /** Null: everybody sees the value. */
  readonly mask: ViewMask | null;
};

export type ViewMask = {
  /** The first of which the reader holds a key decides; who holds none gets `masking`. */
  readonly branches: readonly { readonly keys: readonly string[]; readonly value: 'clear' | Masking }[];
  readonly masking: Masking;
  /** Null masks every row; otherwise rows in which it is true or NULL. */
  readonly where: Predicate | null;
};

export type ViewRow = {
  /** Who holds one of these sees the row whatever the test says. */
  readonly passKeys: readonly string[];
  /** Who holds none of these fails, whatever the test says. Null asks for none. */
  readonly needKeys: readonly string[] | null;
  readonly test: RowTest;
};

/** Exemption keys by what they stand for. Each is given once and never means anything else. */
export type KeyBook = {
  /** Of `columnKeyOf`. */
  readonly columns: ReadonlyMap<string, number>;
  /** Of `Formula.text`. */
  readonly formulas: ReadonlyMap<string, number>;
};

/** What an exemption of one column hangs on: another family of type is another column to whoever approved it. */
export const columnKeyOf = (
  dataSourceId: number,
  column: { readonly ordinal: number; readonly family: ColumnFamily },
): string => `${dataSourceId}/${column.ordinal}/${column.family}`;

/** The key of approved exceptions of one column. */
export const columnExemption = (id: number): string => `um_${id.toString(36)}`;
/** The key of those whom a policy means. */
export const formulaExemption = (id: number): string => `uf_${id.toString(36)}`;

/** The formulas and the columns for which keys have to be known before the view can be described. */
export function keysNeeded(source: GovernedSource, verdict: SourceVerdict): { formulas: Formula[]; columns: string[] } {
  const formulas = [
    ...verdict.columns.flatMap((column) => columnFormulas(column, source)),
    ...verdict.rows.flatMap((row) => rowFormulas(row, source)),
  ].filter((formula) => formula !== null);
  const liftable = new Set(verdict.columns.filter((column) => column.isLiftable).map((column) => column.ordinal));
  const columns = source.columns
    .filter((column) => liftable.has(column.ordinal))
    .map((column) => columnKeyOf(source.facts.dataSourceId, column));
  return { formulas: [...new Map(formulas.map((one) => [one.text, one])).values()], columns };
}

function columnFormulas({ who, reveals }: ColumnVerdict, { facts }: GovernedSource): (Formula | null)[] {
  const shown = reveals.map((condition) => formulaOf(condition, facts));
  switch (who.kind) {
    case 'everyone':
      return shown;
    case 'everyoneExcept':
      return [formulaOf(who.condition, facts), ...shown];
    case 'everyoneWho':
      return who.otherwise === 'deny'
        ? [formulaOf(who.condition, facts)]
        : [formulaOf(who.condition, facts), formulaOf(who.condition, facts, { negated: true })];
  }
}

function rowFormulas({ who }: RowVerdict, { facts }: GovernedSource): (Formula | null)[] {
  if (who.condition === null) return [];
  const negated = who.kind === 'everyoneWho' && who.otherwise === 'none';
  return [formulaOf(who.condition, facts, { negated })];
}

/** Describes the view of a source that is protected. A key that is not in the book opens nothing. */
export function describeView(source: GovernedSource, verdict: SourceVerdict, book: KeyBook): ProtectedView {
  const masks = new Map(verdict.columns.map((column) => [column.ordinal, column]));
  const withheld = new Set(verdict.withheld);
  const { dataSourceId } = source.facts;
  const columns = source.columns
    .filter((column) => !withheld.has(column.name))
    .toSorted((a, b) => a.ordinal - b.ordinal)
    .map(({ ordinal, name, nativeType, family }) => {
      const column = masks.get(ordinal);
      const own = book.columns.get(columnKeyOf(dataSourceId, { ordinal, family }));
      const mask = column === undefined ? null : maskOf(column, { source, book, own });
      return { ordinal, name, nativeType, family, mask };
    });
  const rows = verdict.rows.map((row) => viewRow(row, source, book));
  return { dataSourceId, columns, rows, tagged: taggedOf(source, verdict) };
}

type Keyed = { readonly source: GovernedSource; readonly book: KeyBook; readonly own: number | undefined };

function keysOf(formulas: readonly (Formula | null)[], book: KeyBook): string[] {
  return formulas.flatMap((formula) => {
    const id = formula === null ? undefined : book.formulas.get(formula.text);
    return id === undefined ? [] : [formulaExemption(id)];
  });
}

/** Starts from the mask: whoever the platform knows nothing about sees no clear value (`everyoneWho` sees nothing at all). */
function maskOf(column: ColumnVerdict, { source, book, own }: Keyed): ViewMask {
  const { who, masking, where } = column;
  const nothing: Masking = { maskingType: 'null' };
  if (who.kind !== 'everyoneWho') {
    const lifted = column.isLiftable && own !== undefined ? [columnExemption(own)] : [];
    const keys = [...lifted, ...keysOf(columnFormulas(column, source), book)];
    return { branches: keys.length === 0 ? [] : [{ keys, value: 'clear' }], masking, where };
  }
  const { facts } = source;
  const met = keysOf([formulaOf(who.condition, facts)], book);
  const branches: ViewMask['branches'][number][] = met.length === 0 ? [] : [{ keys: met, value: masking }];
  if (who.otherwise !== 'deny') {
    const others = keysOf([formulaOf(who.condition, facts, { negated: true })], book);
    if (others.length > 0) branches.push({ keys: others, value: who.otherwise === 'none' ? 'clear' : who.otherwise });
  }
  return { branches, masking: nothing, where };
}

function viewRow(row: RowVerdict, source: GovernedSource, book: KeyBook): ViewRow {
  const keys = keysOf(rowFormulas(row, source), book);
  const { kind, otherwise } = row.who;
  if (kind === 'everyone') return { passKeys: [], needKeys: null, test: row.rule };
  if (kind === 'everyoneExcept' || otherwise === 'none') return { passKeys: keys, needKeys: null, test: row.rule };
  return { passKeys: [], needKeys: keys, test: row.rule };
}

const predicatesOf = (verdict: SourceVerdict): Predicate[] => [
  ...verdict.columns.flatMap(({ where }) => (where === null ? [] : [where])),
  ...verdict.rows.flatMap(({ rule }) => (rule.kind === 'predicate' ? [rule.predicate] : [])),
];

function taggedOf(source: GovernedSource, verdict: SourceVerdict): Record<string, number> {
  const times = verdict.rows.flatMap(({ rule }) => (rule.kind === 'time' ? [rule.tag] : []));
  const tags = [...readOf(predicatesOf(verdict)).tags, ...times].sort();
  const tagged: Record<string, number> = {};
  for (const tag of tags) {
    const [only] = columnsTagged(source, tag);
    if (only !== undefined) tagged[tag] = only.ordinal;
  }
  return tagged;
}

/** What has to stand on the platform about readers, for the rules of some sources. */
export function readersNeeded(verdicts: readonly SourceVerdict[]): ReaderFacts {
  const { attributes, groups, fields } = readOf(verdicts.flatMap(predicatesOf));
  return { attributes, groups, fields };
}
