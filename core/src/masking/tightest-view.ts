import { type Predicate, readOf } from './predicate.ts';
import type { ProtectedView, ViewColumn, ViewMask, ViewRow } from './view.ts';

/**
 * The view that shows nothing which either of the two does not: for a connection whose checks fail, where the view that stands may
 * be tightened and not loosened. Where two masks cannot be told to be one tighter than the other, nothing of the value is shown.
 * Of itself and the same wanted view it is itself.
 */
export function tightestView(
  standing: ProtectedView,
  wanted: ProtectedView,
  ordinals: ReadonlySet<number>,
): ProtectedView {
  const before = isReadAlike(standing, wanted, ordinals) ? standing : withoutTests(standing);
  const columns = new Map(before.columns.map((column) => [column.ordinal, column]));
  return {
    dataSourceId: wanted.dataSourceId,
    columns: wanted.columns.flatMap((column) => {
      const known = columns.get(column.ordinal);
      return known === undefined ? [] : [{ ...column, mask: tightestMask(known, column) }];
    }),
    rows: [...wanted.rows, ...before.rows.filter((row) => !wanted.rows.some((one) => isSame(one, row)))],
    tagged: { ...before.tagged, ...wanted.tagged },
  };
}

/** The tags that its tests ask about mean the columns that they would mean in the wanted view, and these are there. */
const isReadAlike = ({ tagged }: ProtectedView, wanted: ProtectedView, ordinals: ReadonlySet<number>): boolean =>
  Object.entries(tagged).every(
    ([tag, ordinal]) => ordinals.has(ordinal) && (wanted.tagged[tag] ?? ordinal) === ordinal,
  );

const noRow: ViewRow = { passKeys: [], needKeys: null, test: { kind: 'never' } };

/** Tests that cannot be asked any more are taken as never passed. */
const withoutTests = (view: ProtectedView): ProtectedView => ({
  ...view,
  columns: view.columns.map((column) => ({
    ...column,
    mask: column.mask === null ? null : { ...column.mask, where: null },
  })),
  rows: view.rows.length === 0 ? [] : [noRow],
  tagged: {},
});

function tightestMask(standing: ViewColumn, wanted: ViewColumn): ViewMask | null {
  const [before, now] = [standing.mask, wanted.mask];
  if (isSame(before, now)) return now;
  // A mask is written for one type.
  const closed: ViewMask = { branches: [], masking: { maskingType: 'null' }, where: null };
  if (standing.nativeType !== wanted.nativeType) return closed;
  if (before === null || now === null) return before ?? now;
  const branches = isSame(before.branches, now.branches) ? now.branches : commonBranches(before, now);
  if (branches === null) return closed;
  return {
    branches,
    masking: isSame(before.masking, now.masking) ? now.masking : closed.masking,
    where: isSame(before.where, now.where) ? now.where : null,
  };
}

/** Whoever sees the value in clear in both; null where some are shown a mask of their own. */
function commonBranches(before: ViewMask, now: ViewMask): ViewMask['branches'] | null {
  const [one, other] = [clearKeys(before), clearKeys(now)];
  if (one === null || other === null) return null;
  const keys = one.filter((key) => other.includes(key));
  return keys.length === 0 ? [] : [{ keys, value: 'clear' }];
}

/** Null where a branch shows anything but the value. */
const clearKeys = ({ branches }: ViewMask): readonly string[] | null =>
  branches.every(({ value }) => value === 'clear') ? branches.flatMap(({ keys }) => keys) : null;

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The keys that it looks up about readers. */
export const keysOf = ({ columns, rows }: ProtectedView): ReadonlySet<string> =>
  new Set([
    ...columns.flatMap(({ mask }) => (mask?.branches ?? []).flatMap(({ keys }) => keys)),
    ...rows.flatMap(({ passKeys, needKeys }) => [...passKeys, ...(needKeys ?? [])]),
  ]);

/** What the tests of a view ask about its readers. */
export function readersAsked({ columns, rows }: ProtectedView) {
  const predicates: Predicate[] = [
    ...columns.flatMap(({ mask }) => (mask === null || mask.where === null ? [] : [mask.where])),
    ...rows.flatMap(({ test }) => (test.kind === 'predicate' ? [test.predicate] : [])),
  ];
  const { attributes, groups, fields } = readOf(predicates);
  return { attributes, groups, fields };
}
