/** What one writes puts into a set and takes out of it, whatever else is in it by now. */
export type SetChanges<T> = { readonly added: readonly T[]; readonly removed: readonly T[] };
type KeyOf<T> = (one: T) => string;

export const noChanges = { added: [], removed: [] } as const satisfies SetChanges<never>;

const without = <T>(from: readonly T[], taken: readonly T[], keyOf: KeyOf<T>): T[] => {
  const keys = new Set(taken.map(keyOf));
  return from.filter((one) => !keys.has(keyOf(one)));
};

/** Those that still change something: what somebody else has put in meanwhile is not put in again. */
export function openChanges<T>(now: readonly T[], { added, removed }: SetChanges<T>, keyOf: KeyOf<T>): SetChanges<T> {
  const isThere = new Set(now.map(keyOf));
  return { added: without(added, now, keyOf), removed: removed.filter((one) => isThere.has(keyOf(one))) };
}

/** What is in the set now, with the changes made to it. */
export const withChanges = <T>(now: readonly T[], { added, removed }: SetChanges<T>, keyOf: KeyOf<T>): T[] => [
  ...without(now, removed, keyOf),
  ...without(added, now, keyOf),
];

/** The changes by which what is in the set now becomes what is wanted. */
export const changesTo = <T>(now: readonly T[], wanted: readonly T[], keyOf: KeyOf<T>): SetChanges<T> => ({
  added: without(wanted, now, keyOf),
  removed: without(now, wanted, keyOf),
});
