import { type FieldError, type Refused, refused } from '../refusal.ts';

export type AskedColumn = { readonly sourceId: string; readonly columnName: string };
export type KnownColumn = AskedColumn & {
  readonly isMasked: boolean;
  /** By its policy, nobody's mask is lifted for a single person. */
  readonly isFixed?: boolean;
};
/** A column for which the person has a request that is pending, or an exception that holds. */
export type TakenColumn = AskedColumn & { readonly requestId: string };

/** One request for masked columns holds as many. */
export const mostColumns = 500;

export type CheckedColumns = {
  readonly ok: true;
  /** Each once, in the order asked for. */
  readonly columns: readonly AskedColumn[];
  /** Left out, since they are asked for or approved already. */
  readonly dropped: readonly AskedColumn[];
};

const keyOf = ({ sourceId, columnName }: AskedColumn): string => JSON.stringify([sourceId, columnName]);

/**
 * Which of the columns can be asked for in clear (product.md 4.5 and 7.4). What was asked for already is left out, and what
 * is left has to be masked.
 * @param known columns of the target that were asked for; what is missing there is unknown
 * @param taken columns of the beneficiary's pending and approved requests
 */
export function checkColumns(
  asked: readonly AskedColumn[],
  known: readonly KnownColumn[],
  taken: readonly TakenColumn[],
): CheckedColumns | Refused {
  if (asked.length > mostColumns)
    return refused(
      'masking_exception.too_many_columns',
      `These are ${asked.length} columns; 500 at most go into one request.`,
    );
  const knownByKey = new Map(known.map((one) => [keyOf(one), one]));
  const unknown = errorsOf(asked, (column) => !knownByKey.has(keyOf(column)), 'is no column of this target');
  if (unknown.length > 0)
    return { ...refused('masking_exception.column_unknown', sentence(unknown, 'unknown here')), errors: unknown };
  const distinct = [...new Map(asked.map((one) => [keyOf(one), one])).values()];
  const takenBy = new Map(taken.map((one) => [keyOf(one), one.requestId]));
  const columns = distinct.filter((one) => !takenBy.has(keyOf(one)));
  const dropped = distinct.filter((one) => takenBy.has(keyOf(one)));
  const [first] = dropped;
  if (columns.length === 0 && first !== undefined)
    return refused('access_request.duplicate', 'All of these columns are asked for or approved already.', {
      requestId: takenBy.get(keyOf(first)),
    });
  const left = new Set(columns.map(keyOf));
  const isBare = (column: AskedColumn) => left.has(keyOf(column)) && knownByKey.get(keyOf(column))?.isMasked !== true;
  const bare = errorsOf(asked, isBare, 'is not masked');
  if (bare.length > 0) return { ...refused('masking_exception.no_mask', sentence(bare, 'not masked')), errors: bare };
  const fixed = errorsOf(
    asked,
    (column) => left.has(keyOf(column)) && knownByKey.get(keyOf(column))?.isFixed === true,
    'has a mask that its policy lets nobody lift',
  );
  if (fixed.length > 0)
    return { ...refused('masking_exception.not_liftable', sentence(fixed, 'masked for good')), errors: fixed };
  return { ok: true, columns, dropped };
}

const errorsOf = (
  asked: readonly AskedColumn[],
  isAtFault: (column: AskedColumn) => boolean,
  message: string,
): FieldError[] => asked.flatMap((column, at) => (isAtFault(column) ? [{ path: `columns[${at}]`, message }] : []));

const sentence = (errors: readonly FieldError[], what: string): string =>
  `${errors.length === 1 ? 'One column is' : `${errors.length} columns are`} ${what}. Nothing was stored.`;
