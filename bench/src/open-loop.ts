import { pause, percentile } from './measure.ts';

export type Arrivals = {
  readonly perSecond: number;
  readonly seconds: number;
  /** What arrival number so many does; what it throws counts as an error. */
  readonly act: (index: number) => Promise<unknown>;
};
export type Timed = {
  readonly milliseconds: readonly number[];
  readonly errors: readonly string[];
  readonly seconds: number;
};

/** People give up before so many wait. */
const mostOpen = 1_000;

/**
 * Arrivals come at their time, whether or not those before were answered; each is timed from when it was due, so that a
 * server that stands still is charged for all who wait.
 */
export async function openLoop({ perSecond, seconds, act }: Arrivals): Promise<Timed> {
  const milliseconds: number[] = [];
  const errors: string[] = [];
  const open = new Set<Promise<void>>();
  const start = performance.now();
  const count = Math.round(perSecond * seconds);
  for (let index = 0; index < count; ) {
    const due = Math.min(count, Math.floor(((performance.now() - start) / 1_000) * perSecond) + 1);
    for (; index < due; index++) {
      if (open.size >= mostOpen) {
        errors.push(`not sent: ${mostOpen} before it were not answered`);
        continue;
      }
      const dueAt = start + (index / perSecond) * 1_000;
      const one = act(index)
        .then(() => void milliseconds.push(performance.now() - dueAt))
        .catch((error: unknown) => void errors.push(error instanceof Error ? error.message : String(error)))
        .finally(() => open.delete(one));
      open.add(one);
    }
    await pause(2);
  }
  await Promise.all(open);
  return { milliseconds, errors, seconds: (performance.now() - start) / 1_000 };
}

/** An hour has more of them than arguments fit into a call. */
export const longestOf = (milliseconds: readonly number[]): number =>
  milliseconds.reduce((longest, one) => Math.max(longest, one), 0);

export const noteOf = ({ milliseconds, errors, seconds }: Timed): string =>
  `${milliseconds.length} answered in ${seconds.toFixed(0)} s, median ${percentile(milliseconds, 0.5).toFixed(0)} ms, longest ${longestOf(milliseconds).toFixed(0)} ms; ${errors.length} errors${errors.length > 0 ? `: ${errors[0]}` : ''}`;
