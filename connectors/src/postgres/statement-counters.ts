/** What the server counts of one statement of one login. */
export type Counter = {
  readonly userId: string;
  readonly queryId: string;
  readonly topLevel: boolean;
  readonly calls: number;
  /** Since when it counts; null before PostgreSQL 17. */
  readonly since: number | null;
};

/** Where the counters stood, by login, statement and level: the calls, and since when. */
export type CountersBefore = {
  /** When that was, by the platform's clock. */
  readonly at: number;
  /** When all counters began, and how many statements the server had forgotten; null before PostgreSQL 14. */
  readonly resetAt: number | null;
  readonly dealloc: number | null;
  readonly counters: Readonly<Record<string, readonly [calls: number, since: number | null]>>;
};

export type CountersNow = Omit<CountersBefore, 'counters'> & { readonly counters: readonly Counter[] };

export type NewCalls = { readonly counter: Counter; readonly calls: number; readonly firstAt: number };

export type CounterDifference = {
  readonly calls: readonly NewCalls[];
  readonly isBeginning: boolean;
  readonly forgotten: number;
};

const keyOf = ({ userId, queryId, topLevel }: Counter): string => `${userId}/${queryId}${topLevel ? '' : '/inner'}`;

/**
 * The calls since the last look. A counter that was thrown away and began again counts from nothing: told by its own beginning,
 * by that of all of them, or by a smaller number. The first look only says where counting starts.
 */
export function newCalls(before: CountersBefore | null, now: CountersNow): CounterDifference {
  if (before === null) return { calls: [], isBeginning: true, forgotten: 0 };
  const isReset = before.resetAt !== now.resetAt;
  const calls = now.counters.flatMap((counter): NewCalls[] => {
    const known = isReset ? undefined : before.counters[keyOf(counter)];
    const isSame = known !== undefined && known[1] === counter.since && known[0] <= counter.calls;
    const more = isSame ? counter.calls - known[0] : counter.calls;
    return more > 0 ? [{ counter, calls: more, firstAt: Math.max(before.at, counter.since ?? 0) }] : [];
  });
  const forgotten = isReset ? 0 : Math.max(0, (now.dealloc ?? 0) - (before.dealloc ?? 0));
  return { calls, isBeginning: isReset, forgotten };
}

/** What the next look is compared with. */
export const keepCounters = ({ counters, ...rest }: CountersNow): CountersBefore => ({
  ...rest,
  counters: Object.fromEntries(counters.map((one) => [keyOf(one), [one.calls, one.since] as const])),
});
