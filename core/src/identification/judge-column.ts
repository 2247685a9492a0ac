import type { Identifier } from './identifier.ts';
import { isCompetitive } from './identifier.ts';
import type { ColumnFact } from './plan-questions.ts';
import { fitsName, testFor } from './plan-questions.ts';
import { leastValues } from './sample-size.ts';

export type Outcome = 'tagged' | 'below_threshold' | 'outscored' | 'insufficient_sample' | 'not_evaluated';

/** What a sample said of one column; only counts. */
export type ColumnCounts = {
  readonly nonNull: number;
  /** Values that fit, by identifier. */
  readonly hits: ReadonlyMap<number, number>;
};

/** Why a column was tagged or not, for one identifier. Without a ratio no value was looked at. */
export type Evidence = {
  readonly identifierId: number;
  readonly outcome: Outcome;
  readonly hitRatio: number | null;
};

/**
 * Qualifies and scores (governance.md 5): a name alone always tags; of those that read values, at most one does: the most
 * specific, then the one that fits more, then the older.
 * @param counts null where the column could not be sampled
 */
export function judgeColumn(
  column: ColumnFact,
  identifiers: readonly Identifier[],
  counts: ColumnCounts | null,
): readonly Evidence[] {
  const named = identifiers
    .filter((identifier) => identifier.families.includes(column.typeFamily) && fitsName(column.name, identifier))
    .map((identifier): Evidence => ({ identifierId: identifier.id, outcome: 'tagged', hitRatio: null }));
  const competing = identifiers.filter((one) => isCompetitive(one) && testFor(column, one) !== null);
  const rated = competing.map((identifier) => ({ identifier, ...qualify(identifier, counts) }));
  const winner = rated.filter((one) => one.outcome === 'outscored').toSorted(byScore)[0];
  return [
    ...named,
    ...rated.map(({ identifier, outcome, hitRatio }) => ({
      identifierId: identifier.id,
      outcome: identifier === winner?.identifier ? ('tagged' as const) : outcome,
      hitRatio,
    })),
  ];
}

/** Whoever qualifies is outscored until it turns out to be the best. */
function qualify(
  { id, minHitRatio }: Identifier,
  counts: ColumnCounts | null,
): { outcome: Outcome; hitRatio: number | null } {
  const hits = counts?.hits.get(id);
  if (counts === null || hits === undefined) return { outcome: 'not_evaluated', hitRatio: null };
  const hitRatio = counts.nonNull === 0 ? null : hits / counts.nonNull;
  if (counts.nonNull < leastValues) return { outcome: 'insufficient_sample', hitRatio };
  return { outcome: (hitRatio ?? 0) < minHitRatio ? 'below_threshold' : 'outscored', hitRatio };
}

type Rated = { readonly identifier: Identifier; readonly hitRatio: number | null };

const byScore = (a: Rated, b: Rated): number =>
  b.identifier.specificity - a.identifier.specificity ||
  (b.hitRatio ?? 0) - (a.hitRatio ?? 0) ||
  a.identifier.id - b.identifier.id;
