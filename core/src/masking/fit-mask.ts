import type { Masking } from '@stoa/contract/masking';
import type { ColumnFamily, DegradedWhy, MaskAbilities, SourceColumn } from './model.ts';
import { parsePattern } from '../pattern/parse-pattern.ts';

/** A mask as the column's type can bear it. */
export type FittedMask = { readonly masking: Masking; readonly degradedWhy: DegradedWhy | null };

/** Hexadecimal digits of a hash, at least so many of them in a column that is shorter. */
const hashLength = 64;
const shortestHash = 16;

type Limits = {
  readonly length: number | null;
  readonly bytes: number | null;
  readonly precision: number | null;
  readonly scale: number;
};

/** What a native type says of its size: `character varying(20)`, `numeric(10,2)`, `smallint`. */
export function limitsOf(nativeType: string): Limits {
  const [, name = '', first, second] =
    /^([a-z ]+?)\s*(?:\((\d+)(?:,(-?\d+))?\))?$/.exec(nativeType.toLowerCase()) ?? [];
  const size = first === undefined ? null : Number(first);
  const none: Limits = { length: null, bytes: null, precision: null, scale: 0 };
  switch (name) {
    case 'character varying':
    case 'varchar':
      return { ...none, length: size };
    case 'character':
    case 'char':
      return { ...none, length: size ?? 1 };
    case 'numeric':
    case 'decimal':
      return { ...none, precision: size, scale: second === undefined ? 0 : Number(second) };
    case 'smallint':
      return { ...none, bytes: 2 };
    case 'integer':
      return { ...none, bytes: 4 };
    case 'bigint':
      return { ...none, bytes: 8 };
    default:
      return none;
  }
}

/** Names a custom mask on a column, for the list of those that were proven. */
export const customKey = (dataSourceId: number, column: SourceColumn, expression: string): string =>
  JSON.stringify([dataSourceId, column.ordinal, column.nativeType, expression]);

/** The mask, or `null` where the type cannot bear it (governance.md 10, "Type rules"). */
export function fitMask(
  masking: Masking,
  column: SourceColumn,
  about: { readonly dataSourceId: number; readonly abilities: Pick<MaskAbilities, 'provenCustom'> },
): FittedMask {
  const why = misfit(masking, column, about);
  return why === null ? { masking, degradedWhy: null } : { masking: { maskingType: 'null' }, degradedWhy: why };
}

/** Types whose every value a mask can make. Of an enumeration or a domain it could make one that the type refuses, in the reader's query. */
const plainType =
  /^(text|character varying|character|name|(\w+\.)?citext|smallint|integer|bigint|numeric|real|double precision|boolean|date|time(stamp)?|uuid|bytea|jsonb?)(\(\d+(,-?\d+)?\))?( with(out)? time zone)?$/;

function misfit(
  masking: Masking,
  column: SourceColumn,
  { dataSourceId, abilities }: Parameters<typeof fitMask>[2],
): DegradedWhy | null {
  const limits = limitsOf(column.nativeType);
  if (masking.maskingType !== 'null' && !plainType.test(column.nativeType)) return 'type.family';
  switch (masking.maskingType) {
    case 'null':
      return null;
    case 'constant':
      return literalFits(masking.value, column, limits) ? null : 'type.literal';
    case 'regex':
      if (column.family !== 'text') return 'type.family';
      return parsePattern(masking.pattern).ok ? null : 'pattern.refused';
    case 'hash':
      if (!(['text', 'uuid', 'binary'] satisfies ColumnFamily[]).some((family) => family === column.family))
        return 'type.family';
      if (column.family !== 'text') return null;
      return limits.length !== null && limits.length < shortestHash ? 'type.too_short' : null;
    case 'rounding':
      return roundingMisfit(masking, column, limits);
    case 'custom':
      return abilities.provenCustom.has(customKey(dataSourceId, column, masking.expression))
        ? null
        : 'custom.not_proven';
    case 'reversible':
    case 'formatPreserving':
    case 'randomizedResponse':
      return null;
  }
}

/** How many characters of a hash a text column takes. */
export const hashLengthOf = (column: Pick<SourceColumn, 'nativeType'>): number =>
  Math.min(limitsOf(column.nativeType).length ?? hashLength, hashLength);

type Rounding = Extract<Masking, { maskingType: 'rounding' }>;

function roundingMisfit({ bucket, unit }: Rounding, { family }: SourceColumn, { bytes }: Limits): DegradedWhy | null {
  switch (family) {
    case 'integer':
      if (bucket === undefined || !Number.isSafeInteger(bucket)) return 'type.bucket';
      return bytes === null || bucket > largestOf(bytes) ? 'type.bucket' : null;
    case 'decimal':
    case 'float':
      return bucket !== undefined && bucket >= 1e-9 && bucket <= 1e15 ? null : 'type.bucket';
    case 'date':
      // Truncated to the day or finer, a date is itself.
      return unit === undefined || unit === 'hour' || unit === 'day' ? 'type.unit' : null;
    case 'timestamp':
      return unit === undefined ? 'type.unit' : null;
    case 'text':
    case 'boolean':
    case 'time':
    case 'uuid':
    case 'binary':
    case 'json':
    case 'other':
      return 'type.family';
  }
}

const largestOf = (bytes: number): number =>
  bytes === 2 ? 32_767 : bytes === 4 ? 2_147_483_647 : Number.MAX_SAFE_INTEGER;

type Literal = string | number | boolean;

function literalFits(value: Literal, { family }: SourceColumn, limits: Limits): boolean {
  const text = String(value);
  if (text.includes('\0') || /\p{Cs}/u.test(text)) return false;
  switch (family) {
    case 'text':
      return limits.length === null || [...text].length <= limits.length;
    case 'integer':
      return /^-?\d{1,19}$/.test(text) && limits.bytes !== null && Math.abs(Number(text)) <= largestOf(limits.bytes);
    case 'decimal':
      return /^-?\d{1,30}(\.\d{1,30})?$/.test(text) && fitsPrecision(Number(text), limits);
    case 'float':
      return /^-?\d{1,30}(\.\d{1,30})?$/.test(text);
    case 'boolean':
      return text === 'true' || text === 'false';
    case 'date':
      return isDate(text);
    case 'timestamp':
      return (
        /^\d{4}-\d\d-\d\d([ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d\d:\d\d)?)?$/.test(text) &&
        isDate(text.slice(0, 10))
      );
    case 'time':
      return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text);
    case 'uuid':
      return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
    case 'json':
      return isJson(text);
    case 'binary':
    case 'other':
      return false;
  }
}

const fitsPrecision = (value: number, { precision, scale }: Limits): boolean =>
  precision === null || Math.abs(value) + 1 <= 10 ** (precision - scale);

/** Written as `2026-02-28`, and a day that there is. */
function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const y = Number(year);
  const m = Number(month);
  if (y < 1 || m < 1 || m > 12) return false;
  const isLeap = y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1] ?? 0;
  return Number(day) >= 1 && Number(day) <= days;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    // A NUL in a string of JSON is no value of the platform's.
    return !text.includes('\\u0000');
  } catch {
    return false;
  }
}
