import { expect, test } from 'vitest';
import { Gather } from './gather.ts';

/** A run that is held until it is let go, and what it was given. */
function held() {
  const runs: { inputs: readonly number[]; letGo: (results?: readonly PromiseSettledResult<number>[]) => void }[] = [];
  const gather = new Gather<number, number>(
    (inputs) =>
      new Promise((resolve) => {
        const doubled = inputs.map((n): PromiseSettledResult<number> => ({ status: 'fulfilled', value: 2 * n }));
        runs.push({ inputs, letGo: (results = doubled) => resolve(results) });
      }),
    3,
  );
  return { runs, gather };
}

test('the first goes alone and at once, what comes meanwhile goes together, so many at most', async () => {
  const { runs, gather } = held();
  const all = Promise.all([1, 2, 3, 4, 5].map((n) => gather.add(n)));
  expect(runs.map((run) => run.inputs)).toEqual([[1]]);
  for (let n = 0; n < 3; n++) {
    runs[n]?.letGo();
    await new Promise((done) => setImmediate(done));
  }
  expect(runs.map((run) => run.inputs)).toEqual([[1], [2, 3, 4], [5]]);
  expect(await all).toEqual([2, 4, 6, 8, 10]);
});

test('each is settled by its own result; a run that fails fails its own, and the next goes on', async () => {
  const { runs, gather } = held();
  const first = gather.add(1);
  const rest = Promise.allSettled([gather.add(2), gather.add(3)]);
  runs[0]?.letGo([]);
  await expect(first).rejects.toThrow('settled too few');
  runs[1]?.letGo([
    { status: 'rejected', reason: new Error('not this one') },
    { status: 'fulfilled', value: 6 },
  ]);
  expect((await rest).map((one) => one.status)).toEqual(['rejected', 'fulfilled']);
  const broken = new Gather<number, number>(() => Promise.reject(new Error('gone')), 2);
  await expect(broken.add(1)).rejects.toThrow('gone');
  await expect(broken.add(2)).rejects.toThrow('gone');
});
