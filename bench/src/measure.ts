/** The value below which `share` of the samples lie; nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Milliseconds that `act` took. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** The times of `act` run `count` times, one after the other; `before` is not measured. */
export async function sample(
  count: number,
  act: (index: number) => Promise<unknown>,
  before?: (index: number) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    await before?.(i);
    times.push(await timed(() => act(i)));
  }
  return times;
}

/** Works through `items` with so many at once. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  act: (item: T, worker: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (_: unknown, index: number) => {
    for (;;) {
      const item = items[next++];
      if (item === undefined) return;
      await act(item, index);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** The exponent of cost over size: the slope of the line through the points in log-log. 0 is flat, 1 is linear. */
export function exponent(points: readonly { size: number; cost: number }[]): number {
  const xs = points.map((p) => Math.log(p.size));
  const ys = points.map((p) => Math.log(p.cost));
  const mean = (list: readonly number[]) => list.reduce((sum, v) => sum + v, 0) / list.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const above = xs.reduce((sum, x, i) => sum + (x - mx) * ((ys[i] ?? my) - my), 0);
  const below = xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
  return above / below;
}
