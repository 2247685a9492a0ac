import { expect, test } from 'vitest';
import { columnStatus } from './column-status.ts';

const now = 1_000;
const at = (
  createdAt: number,
  status: 'APPROVED' | 'PENDING' | 'DENIED' | 'REVOKED',
  expiration: number | null = null,
) => ({
  status,
  expiration,
  createdAt,
});

test('a column that nobody asked for has no status', () => {
  expect(columnStatus([], now)).toBe(null);
});

test('an exception that holds comes before a later request that waits, and that before what was asked last', () => {
  expect(columnStatus([at(3, 'DENIED'), at(2, 'PENDING'), at(1, 'APPROVED', 2_000)], now)).toEqual({
    status: 'APPROVED',
    expiration: 2_000,
  });
  expect(columnStatus([at(3, 'DENIED'), at(2, 'PENDING')], now)).toMatchObject({ status: 'PENDING' });
  expect(columnStatus([at(1, 'REVOKED'), at(3, 'DENIED')], now)).toMatchObject({ status: 'DENIED' });
});

test('an approval whose end has passed is expired', () => {
  expect(columnStatus([at(1, 'APPROVED', 1_000)], now)).toEqual({ status: 'EXPIRED', expiration: 1_000 });
  expect(columnStatus([at(1, 'APPROVED', 1_000), at(2, 'PENDING')], now)).toMatchObject({ status: 'PENDING' });
});

test('of several exceptions that hold, the one that holds longest is told', () => {
  expect(columnStatus([at(2, 'APPROVED', 2_000), at(1, 'APPROVED')], now)).toMatchObject({ expiration: null });
  expect(columnStatus([at(2, 'APPROVED', 2_000), at(1, 'APPROVED', 3_000)], now)).toMatchObject({ expiration: 3_000 });
});
