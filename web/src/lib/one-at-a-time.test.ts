import { expect, test } from 'vitest';
import { OneAtATime } from './one-at-a-time.ts';

test('the same act is let through once until it is over, another one at once', () => {
  const acts = new OneAtATime();
  expect(acts.begin({ body: { name: 'PII' } })).toBe(true);
  expect(acts.begin({ body: { name: 'PII' } })).toBe(false);
  expect(acts.begin({ body: { name: 'PHI' } })).toBe(true);
  acts.end({ body: { name: 'PII' } });
  expect(acts.begin({ body: { name: 'PII' } })).toBe(true);
  expect(acts.begin(undefined)).toBe(true);
  expect(acts.begin(undefined)).toBe(false);
});
