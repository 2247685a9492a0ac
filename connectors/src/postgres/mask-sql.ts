import { hashLengthOf, limitsOf } from '@stoa/core/masking/fit-mask';
import type { ObservedColumn } from '@stoa/core/masking/observed';
import type { ViewColumn } from '@stoa/core/masking/view';
import { customFault, customSql } from './custom-expression.ts';
import { quoteIdentifier, quoteText } from './identifiers.ts';

type Masking = NonNullable<ViewColumn['mask']>['masking'];

/** A column as a view writes it down: what was described, and what the server says of it. */
export type WrittenColumn = { readonly described: ViewColumn; readonly found: ObservedColumn };

/** The value as the table has it. */
export const clearOf = ({ found }: WrittenColumn): string => `b.${quoteIdentifier(found.name)}`;

/**
 * The masked value, of the column's own type; of one that it cannot be written for, NULL.
 * `when` is always true, and only the server knows it: behind it the planner cannot fold a literal. It would take every plan without
 * the values of a prepared statement for too dear, and plan at each execution, which takes longer than a look-up does.
 */
export function maskedOf(masking: Masking, column: WrittenColumn, unfolded?: { readonly when: string }): string {
  const { found } = column;
  const value = bare(masking, column) ?? 'NULL';
  const isLiteral = masking.maskingType === 'constant' || value === 'NULL';
  const kept = unfolded !== undefined && isLiteral ? `CASE WHEN ${unfolded.when} THEN ${value} END` : value;
  const cast = `CAST(${kept} AS ${found.castType})`;
  return found.collation === null ? cast : `${cast} COLLATE ${found.collation}`;
}

const saltSql = '(SELECT s.value FROM stoa.salt s)';

/** Null: there is no way to write it. NULL stays NULL under every mask but a constant. */
function bare(masking: Masking, column: WrittenColumn): string | null {
  const value = clearOf(column);
  switch (masking.maskingType) {
    case 'null':
      return null;
    case 'constant':
      return quoteText(String(masking.value));
    case 'regex':
      return regexSql(masking, value);
    case 'hash':
      return hashOf(column, value);
    case 'rounding':
      return roundedOf(masking, column, value);
    case 'custom':
      return customFault(masking.expression) === null ? customSql(masking.expression, value) : null;
    case 'reversible':
    case 'formatPreserving':
    case 'randomizedResponse':
      return null;
  }
}

/**
 * The pattern is of the portable subset, so it can be told to be no director and to have no embedded options. A backslash of the
 * replacement is doubled before `$1` becomes `\1`.
 */
export function regexSql(masking: Extract<Masking, { maskingType: 'regex' }>, value: string): string {
  const flags = `${masking.global ? 'g' : ''}${masking.caseInsensitive ? 'i' : ''}`;
  const pattern = quoteText(`(?:${masking.pattern})`);
  const replacement = masking.replacement.replaceAll('\\', '\\\\').replaceAll(/\$([1-9])/g, '\\$1');
  const text = `CAST(${value} AS pg_catalog.text)`;
  const replaced = `pg_catalog.regexp_replace(${text}, ${pattern}, ${quoteText(replacement)}, ${quoteText(flags)})`;
  if (masking.onNoMatch === 'keep') return replaced;
  const matches = masking.caseInsensitive ? 'OPERATOR(pg_catalog.~*)' : 'OPERATOR(pg_catalog.~)';
  return `CASE WHEN ${text} ${matches} ${pattern} THEN ${replaced} END`;
}

function hashOf(column: WrittenColumn, value: string): string | null {
  const bytesOf = (text: string): string => `pg_catalog.sha256(${saltSql} || '\\x1f'::pg_catalog.bytea || ${text})`;
  const textBytes = `pg_catalog.convert_to(CAST(${value} AS pg_catalog.text), 'UTF8')`;
  switch (column.described.family) {
    case 'binary':
      return bytesOf(value);
    case 'uuid':
      return `pg_catalog.left(pg_catalog.encode(${bytesOf(textBytes)}, 'hex'), 32)`;
    case 'text': {
      const hex = `pg_catalog.encode(${bytesOf(textBytes)}, 'hex')`;
      const length = hashLengthOf({ nativeType: column.found.castType });
      return length < 64 ? `pg_catalog.left(${hex}, ${length})` : hex;
    }
    default:
      return null;
  }
}

function roundedOf(
  { bucket, unit }: Extract<Masking, { maskingType: 'rounding' }>,
  column: WrittenColumn,
  value: string,
): string | null {
  switch (column.described.family) {
    case 'integer':
      return bucket === undefined ? null : roundedInteger(column, value, bucket);
    case 'decimal':
      return bucket === undefined ? null : roundedDecimal(column, value, bucket);
    case 'float':
      return bucket === undefined ? null : roundedFloat(column, value, bucket);
    case 'date':
      return unit === undefined ? null : roundedDate(value, unit);
    case 'timestamp':
      return unit === undefined ? null : roundedTimestamp(column, value, unit);
    default:
      return null;
  }
}

/** Towards minus infinity. Of the smallest values of a type the bucket would begin below it: these become NULL, no error. */
function roundedInteger({ found }: WrittenColumn, value: string, bucket: number): string {
  const { bytes } = limitsOf(found.castType);
  const wide = bytes === 8 ? 'pg_catalog.numeric' : 'pg_catalog.int8';
  const least = bytes === 2 ? '-32768' : bytes === 4 ? '-2147483648' : '-9223372036854775808';
  const v = `CAST(${value} AS ${wide})`;
  const low = `(${v} - ((${v} % ${bucket}) + ${bucket}) % ${bucket})`;
  return `CASE WHEN ${low} >= ${least} THEN ${low} END`;
}

/** A number as the server reads it back: never with an exponent. */
const numeral = (bucket: number): string =>
  Number.isInteger(bucket) ? BigInt(bucket).toString() : bucket.toFixed(12).replace(/0+$/, '');

function roundedDecimal({ found }: WrittenColumn, value: string, bucket: number): string {
  const { precision, scale } = limitsOf(found.castType);
  const v = `CAST(${value} AS pg_catalog.numeric)`;
  const low = `(pg_catalog.floor(${v} / ${numeral(bucket)}) * ${numeral(bucket)})`;
  if (precision === null) return low;
  const most = `1${'0'.repeat(Math.max(precision - scale, 0))}`;
  return `CASE WHEN pg_catalog.abs(pg_catalog.round(${low}, ${scale})) < ${most} THEN ${low} END`;
}

/** By way of numeric, in which nothing overflows; what is next to the ends of the type, or no number, becomes NULL. */
function roundedFloat({ found }: WrittenColumn, value: string, bucket: number): string {
  const most = found.castType === 'real' ? '1e37' : '1e300';
  const v = `CAST(${value} AS pg_catalog.numeric)`;
  const low = `(pg_catalog.floor(${v} / ${numeral(bucket)}) * ${numeral(bucket)})`;
  return `CASE WHEN pg_catalog.abs(${value}) < '${most}' THEN ${low} END`;
}

/** The ends of the calendar cannot be truncated; nothing real lies there. */
const dateRange = "BETWEEN '4000-01-01 BC' AND '200000-01-01'";

const roundedDate = (value: string, unit: string): string =>
  `CASE WHEN ${value} ${dateRange} THEN pg_catalog.date_trunc('${unit}', CAST(${value} AS timestamp)) END`;

function roundedTimestamp({ found }: WrittenColumn, value: string, unit: string): string {
  const zoned = found.castType.endsWith('with time zone') && !found.castType.endsWith('without time zone');
  const truncated = zoned
    ? `pg_catalog.date_trunc('${unit}', ${value}, 'UTC')`
    : `pg_catalog.date_trunc('${unit}', ${value})`;
  return `CASE WHEN ${value} ${dateRange} THEN ${truncated} END`;
}
