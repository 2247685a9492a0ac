import { expect, it } from 'vitest';
import { periodsOf } from './periods.ts';

const hour = { amount: 1, unit: 'HOURS' } as const;

it('of a request that waits there is the period that was asked for alone', () => {
  expect(periodsOf({ requestedDuration: hour })).toEqual({
    asked: { duration: 1, durationUnit: 'HOURS' },
    granted: undefined,
  });
});

it('a period that was granted is told beside another one that was asked for', () => {
  expect(periodsOf({ requestedDuration: null, grantedDuration: hour })).toEqual({
    asked: null,
    granted: { duration: 1, durationUnit: 'HOURS' },
  });
  expect(periodsOf({ requestedDuration: hour, grantedDuration: null }).granted).toBeNull();
});

it('what was granted as it was asked for is told once', () => {
  expect(periodsOf({ requestedDuration: hour, grantedDuration: { ...hour } }).granted).toBeUndefined();
  expect(periodsOf({ requestedDuration: null, grantedDuration: null }).granted).toBeUndefined();
});
