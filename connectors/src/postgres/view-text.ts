import type { ObservedBase } from '@stoa/core/masking/observed';
import type { ProtectedView, ViewColumn } from '@stoa/core/masking/view';
import type { PostgresSettings } from './config.ts';
import { quoteIdentifier } from './identifiers.ts';
import { clearOf, maskedOf, type WrittenColumn } from './mask-sql.ts';
import { holdsKey, predicateSql, type PredicateTable, rowSql } from './predicate-sql.ts';

/** `isBarrier`: a function of the reader's must not see rows before the rules have judged them. Masks alone need none. */
export type ViewText = { readonly query: string; readonly isBarrier: boolean };

/** The query of a view, of descriptions alone: its table, masks and rules are written here, and no text of a policy is. */
export function viewText(
  view: ProtectedView,
  base: ObservedBase,
  { maskedLookup }: Pick<PostgresSettings, 'maskedLookup'>,
): ViewText {
  const found = new Map(base.columns.map((column) => [column.ordinal, column]));
  const columns = view.columns.map((described): WrittenColumn => {
    const column = found.get(described.ordinal);
    if (column === undefined) throw new Error('a view of a column that is not there');
    return { described, found: column };
  });
  const table = tableOf(view, base);
  const rows = view.rows.map((row) => rowSql(row, table));
  const [, schema = '', name = ''] = base.objectPath;
  const from = `FROM ${quoteIdentifier(schema)}.${quoteIdentifier(name)} b`;
  const selectOf = (expression: (column: WrittenColumn) => string, conditions: readonly string[]): string => {
    const list = columns.map((column) => `${expression(column)} AS ${quoteIdentifier(column.described.name)}`);
    const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join('\n  AND ')}`;
    return `SELECT ${list.join(',\n  ')}\n${from}${where}`;
  };
  const shown = (column: WrittenColumn): string => shownOf(column, table);
  const gate = maskedLookup === 'union' ? unmaskedGate(view.columns) : null;
  if (gate === null) return { query: selectOf(shown, rows), isBarrier: rows.length > 0 };
  const others = gate.isOfAll ? maskedAs : shown;
  const query = `${selectOf(clearAs, [gate.sql, ...rows])}\nUNION ALL\n${selectOf(others, [`NOT (${gate.sql}) AND ${inOneProcess}`, ...rows])}`;
  return { query, isBarrier: rows.length > 0 };
}

/** Keeps workers from being started for a branch that does not run: starting them takes longer than a look-up. */
const inOneProcess = 'pg_catalog.pg_backend_pid() IS NOT NULL';

function tableOf(view: ProtectedView, base: ObservedBase): PredicateTable {
  const described = new Map(view.columns.map((column) => [column.ordinal, column]));
  return {
    columnOf: (tag) => {
      const ordinal = Object.hasOwn(view.tagged, tag) ? view.tagged[tag] : undefined;
      const column = base.columns.find((one) => one.ordinal === ordinal);
      if (ordinal === undefined || column === undefined)
        throw new Error('a predicate about a column that is not there');
      const family = described.get(ordinal)?.family ?? 'other';
      return { sql: `b.${quoteIdentifier(column.name)}`, family, castType: column.castType };
    },
  };
}

/** A column of a domain is shown as the type below it, masked or not, so that its type does not change with its mask. */
const clearAs = (column: WrittenColumn): string =>
  column.found.castType === column.found.nativeType
    ? clearOf(column)
    : `CAST(${clearOf(column)} AS ${column.found.castType})`;

function shownOf(column: WrittenColumn, table: PredicateTable): string {
  const { mask } = column.described;
  if (mask === null) return clearAs(column);
  const branches = mask.branches.map(({ keys, value }) => {
    const shown = value === 'clear' ? clearAs(column) : maskedOf(value, column);
    return ` WHEN ${holdsKey(keys)} THEN ${shown}`;
  });
  const spared =
    mask.where === null ? '' : ` WHEN (${predicateSql(mask.where, table)}) IS FALSE THEN ${clearAs(column)}`;
  const masked = maskedOf(mask.masking, column);
  return branches.length === 0 && spared === '' ? masked : `CASE${branches.join('')}${spared} ELSE ${masked} END`;
}

/** A masked column for readers who hold no key. */
function maskedAs(column: WrittenColumn): string {
  const { mask } = column.described;
  return mask === null ? clearAs(column) : maskedOf(mask.masking, column, { when: inOneProcess });
}

/** True for readers who see every column in clear. `isOfAll`: whoever is not among them sees every masked column masked. */
type Gate = { readonly sql: string; readonly isOfAll: boolean };

/** Null where nobody sees every column in clear, or where only some rows are masked. */
function unmaskedGate(columns: readonly ViewColumn[]): Gate | null {
  const gates = new Set<string>();
  for (const { mask } of columns) {
    if (mask === null) continue;
    const [only] = mask.branches;
    if (only === undefined || mask.branches.length > 1 || only.value !== 'clear' || mask.where !== null) return null;
    gates.add(holdsKey(only.keys));
  }
  return gates.size === 0 ? null : { sql: [...gates].join(' AND '), isOfAll: gates.size === 1 };
}
