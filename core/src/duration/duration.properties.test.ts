import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Duration, durationProblem, endOf, laterEnd, shortest } from './duration.ts';

const start = fc.integer({ min: Date.UTC(1960, 0, 1), max: Date.UTC(2200, 0, 1) });
const duration = fc.record({
  amount: fc.integer({ min: 1, max: 600 }),
  unit: fc.constantFrom('HOURS' as const, 'DAYS' as const, 'WEEKS' as const, 'MONTHS' as const, 'YEARS' as const),
});

test('an end lies after its start', () => {
  fc.assert(
    fc.property(start, duration, (from, d) => {
      expect(endOf(from, d)).toBeGreaterThan(from);
    }),
  );
});

test('a month step lands in the right month, on the same day or the last one, at the same time of day', () => {
  fc.assert(
    fc.property(start, fc.integer({ min: 1, max: 600 }), (from, amount) => {
      const [a, b] = [new Date(from), new Date(endOf(from, { amount, unit: 'MONTHS' }))];
      expect((b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth()).toBe(amount);
      expect(b.toISOString().slice(11)).toBe(a.toISOString().slice(11));
      const tomorrow = new Date(b.getTime() + 86_400_000);
      const isLastDay = tomorrow.getUTCMonth() !== b.getUTCMonth();
      expect(b.getUTCDate() === a.getUTCDate() || (isLastDay && b.getUTCDate() < a.getUTCDate())).toBe(true);
    }),
  );
});

test('a year is twelve months', () => {
  fc.assert(
    fc.property(start, fc.integer({ min: 1, max: 100 }), (from, amount) => {
      expect(endOf(from, { amount, unit: 'YEARS' })).toBe(endOf(from, { amount: amount * 12, unit: 'MONTHS' }));
    }),
  );
});

test('the shortest of several periods ends no later than any of them, and is one of them', () => {
  fc.assert(
    fc.property(start, fc.array(fc.option(duration), { maxLength: 6 }), (from, list) => {
      const least = shortest(from, list);
      const finite = list.filter((d): d is Duration => d !== null);
      if (least === null) expect(finite).toEqual([]);
      else {
        expect(finite).toContain(least);
        for (const d of finite) expect(endOf(from, least)).toBeLessThanOrEqual(endOf(from, d));
      }
    }),
  );
});

test('the later of two ends is none when one of them is none', () => {
  expect(laterEnd(1, 2)).toBe(2);
  expect(laterEnd(1, null)).toBeNull();
});

test('what the calendar cannot say is a problem', () => {
  for (const amount of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300])
    expect(durationProblem({ amount, unit: 'YEARS' }, 0), String(amount)).not.toBeNull();
  expect(durationProblem({ amount: 8_029, unit: 'YEARS' }, 0)).toBeNull();
  expect(durationProblem({ amount: 8_030, unit: 'YEARS' }, 0)).not.toBeNull();
});
