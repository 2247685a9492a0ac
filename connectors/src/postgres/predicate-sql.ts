import type { Operand, Predicate } from '@stoa/core/masking/predicate';
import type { ViewRow } from '@stoa/core/masking/view';
import { quoteText } from './identifiers.ts';

/** How a predicate's parts are said of one table. */
export type PredicateTable = {
  /** The column that a tag means, as SQL; its family tells how it is compared with text. */
  readonly columnOf: (tag: string) => { readonly sql: string; readonly family: string; readonly castType: string };
};

/** By the server's own cache of names: a look into the catalog's view would be planned anew with every statement. */
const readerId =
  'CAST(CAST(pg_catalog.quote_ident(CAST(current_user AS pg_catalog.text)) AS pg_catalog.regrole) AS pg_catalog.oid)';

/**
 * The rows about the reader. The name and the id must both be those of whoever asks, so that a login made again under an old name
 * inherits nothing; the name is compared as the text that it is stored as, so that the index serves. The statement's own time: a transaction that stays open does not stop the clock.
 */
export const aboutReader = (kind: 'exempt' | 'attr' | 'group' | 'user', more: string): string =>
  `FROM stoa.ent e WHERE e.usr = (CAST(current_user AS pg_catalog.text) COLLATE pg_catalog."default") AND e.usr_id = ${readerId}
    AND e.kind = '${kind}' AND ${more} AND (e.expires_at IS NULL OR e.expires_at > pg_catalog.statement_timestamp())`;

const textArray = (texts: readonly string[]): string => `ARRAY[${texts.map(quoteText).join(', ')}]::pg_catalog.text[]`;

/** True for a reader who holds one of the keys. It depends on no row, so it is run once per query. */
export const holdsKey = (keys: readonly string[]): string =>
  keys.length === 0 ? 'false' : `EXISTS (SELECT 1 ${aboutReader('exempt', `e.key = ANY (${textArray(keys)})`)})`;

/** A predicate as SQL. Every text in it is quoted here; nothing of it was SQL before. */
export function predicateSql(predicate: Predicate, table: PredicateTable): string {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return `(${predicate.parts.map((part) => predicateSql(part, table)).join(predicate.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `(NOT ${predicateSql(predicate.part, table)})`;
    case 'compare':
      return `(${operandSql(predicate.left, table)} ${predicate.op} ${operandSql(predicate.right, table)})`;
    case 'isNull':
      return `(${operandSql(predicate.operand, table)} IS ${predicate.negated ? 'NOT ' : ''}NULL)`;
    case 'in': {
      const among = predicate.among.map((one) => operandSql(one, table)).join(', ');
      return `(${operandSql(predicate.operand, table)} ${predicate.negated ? 'NOT ' : ''}IN (${among}))`;
    }
    case 'like': {
      const text = asText(predicate.operand, table);
      return `(${text} ${predicate.negated ? 'NOT ' : ''}LIKE ${quoteText(predicate.pattern)})`;
    }
    case 'attributeContains':
      return containsSql(predicate, table, {
        kind: 'attr',
        value: 'val',
        where: `e.key = ${quoteText(predicate.name)}`,
      });
    case 'groupsContain':
      return containsSql(predicate, table, { kind: 'group', value: 'key', where: 'true' });
    case 'hasAttribute':
      return `EXISTS (SELECT 1 ${aboutReader('attr', `e.key = ${quoteText(predicate.name)} AND ${valueTest(predicate.value)}`)})`;
    case 'isInGroups':
      return `(${predicate.groups
        .map((group) => `EXISTS (SELECT 1 ${aboutReader('group', `e.key = ${quoteText(group)}`)})`)
        .join(' AND ')})`;
  }
}

function valueTest(value: string): string {
  if (!value.endsWith('.*')) return `e.val = ${quoteText(value)}`;
  const above = value.slice(0, -2);
  return `(e.val = ${quoteText(above)} OR pg_catalog.starts_with(e.val, ${quoteText(`${above}.`)}))`;
}

type Lookup = { readonly kind: 'attr' | 'group'; readonly value: 'val' | 'key'; readonly where: string };
type Contains = Extract<Predicate, { kind: 'attributeContains' | 'groupsContain' }>;

/** `col = ANY (ARRAY(SELECT ..))`: the list is made once, and an index on the column serves. */
function containsSql({ operand, placeholder }: Contains, table: PredicateTable, lookup: Lookup): string {
  const text = asText(operand, table);
  const rows = aboutReader(lookup.kind, lookup.where);
  const among = `${text} = ANY (ARRAY(SELECT e.${lookup.value} ${rows}))`;
  if (placeholder === null) return `(${among})`;
  return `(${among} OR (${text} = ${quoteText(placeholder)} AND NOT EXISTS (SELECT 1 ${rows})))`;
}

/** A column of text as it is, so that its index serves; whatever else is compared as its text. */
function asText(operand: Operand, table: PredicateTable): string {
  const sql = operandSql(operand, table);
  const isText = operand.kind === 'column' && table.columnOf(operand.tag).family === 'text';
  const isPlain =
    isText && operand.kind === 'column' && /^(text|character varying)/.test(table.columnOf(operand.tag).castType);
  return isPlain ? sql : `CAST(${sql} AS pg_catalog.text)`;
}

function operandSql(operand: Operand, table: PredicateTable): string {
  switch (operand.kind) {
    case 'column':
      return table.columnOf(operand.tag).sql;
    case 'text':
      return quoteText(operand.value);
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(operand.digits) ? `(${operand.digits})` : 'NULL';
    case 'boolean':
      return operand.value ? 'true' : 'false';
    case 'user':
      return `(SELECT min(e.val) ${aboutReader('user', `e.key = '${operand.field}'`)})`;
    case 'call':
      return callSql(operand, table);
  }
}

function callSql({ name, of }: Extract<Operand, { kind: 'call' }>, table: PredicateTable): string {
  if (name === 'coalesce') return `COALESCE(${of.map((one) => operandSql(one, table)).join(', ')})`;
  const [only] = of;
  const text = only === undefined ? 'NULL' : asText(only, table);
  return name === 'trim' ? `pg_catalog.btrim(${text})` : `pg_catalog.${name}(${text})`;
}

/** Whether a row is kept, as SQL; NULL keeps none. Bare where it can be, so that an index on the column serves. */
export function rowSql({ passKeys, needKeys, test }: ViewRow, table: PredicateTable): string {
  const kept = testSql(test, table);
  const needed = needKeys === null ? kept : `(${holdsKey(needKeys)} AND ${kept})`;
  return passKeys.length === 0 ? needed : `(${holdsKey(passKeys)} OR ${needed})`;
}

function testSql(test: ViewRow['test'], table: PredicateTable): string {
  switch (test.kind) {
    case 'never':
      return 'false';
    case 'predicate':
      return predicateSql(test.predicate, table);
    case 'time': {
      const column = table.columnOf(test.tag);
      const here = "(pg_catalog.statement_timestamp() AT TIME ZONE 'UTC')";
      const edge = `(${here} - interval '${Math.trunc(test.amount)} ${test.unit}')`;
      const sign = test.keep === 'newerThan' ? '>' : '<';
      if (column.family === 'date') return `${column.sql} ${sign} CAST(${edge} AS date)`;
      const isZoned = column.castType.endsWith('with time zone') && !column.castType.endsWith('without time zone');
      return `${column.sql} ${sign} ${isZoned ? `(${edge} AT TIME ZONE 'UTC')` : edge}`;
    }
  }
}
