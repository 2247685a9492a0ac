/** Fewer values say nothing about a column. */
export const leastValues = 20;

/**
 * How many rows of a source are looked at, for so many competing identifiers: the more of them, the likelier one fits by chance
 * (governance.md 5). 5 ask for 7,369 rows, 50 for 9,211, 500 for 11,053, and none for more than 13,000.
 */
export const sampleSize = (identifiers: number): number =>
  Math.min(13_000, Math.round(6_081 + 800 * Math.log(Math.max(1, identifiers))));
