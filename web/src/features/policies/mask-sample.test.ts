import type { Masking } from '@stoa/contract/masking';
import { expect, it } from 'vitest';
import { sampleOf, samplesOf } from './mask-sample.ts';

const afterOf = (masking: Masking) => samplesOf(masking).map((one) => one.after);
const regex = {
  maskingType: 'regex',
  pattern: '^(.).*@(.*)$',
  replacement: '$1***@$2',
  global: true,
  caseInsensitive: false,
  onNoMatch: 'null',
} as const;

it('what a pattern does not match is NULL unless it is kept on purpose', () => {
  expect(afterOf(regex)).toEqual(['a***@example.com', null, null]);
  expect(afterOf({ ...regex, onNoMatch: 'keep' })[2]).toBe('Berlin');
  expect(afterOf({ ...regex, pattern: '(' })).toEqual([null, null, null]);
});

it('rounding goes down, below zero as well, and weeks begin on Monday', () => {
  expect(afterOf({ maskingType: 'rounding', bucket: 10 })).toEqual(['1230', '50', '-10']);
  expect(afterOf({ maskingType: 'rounding', unit: 'week' })).toEqual(['2026-08-17', '1984-02-27']);
  expect(afterOf({ maskingType: 'rounding', unit: 'quarter' })).toEqual(['2026-07-01', '1984-01-01']);
});

it('equal values have equal hashes of sixty-four digits', () => {
  const [first] = afterOf({ maskingType: 'hash' });
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(afterOf({ maskingType: 'hash' })[0]).toBe(first);
});

it('a column of a type is shown a value of that type', () => {
  const rounding = { maskingType: 'rounding', bucket: 100, unit: 'month' } as const;
  expect(sampleOf(rounding, 'numeric(10,2)')).toEqual({ before: '1234.5', after: '1200' });
  expect(sampleOf(rounding, 'date')).toEqual({ before: '2026-08-19', after: '2026-08-01' });
  expect(sampleOf(rounding, 'timestamp with time zone')?.after).toBe('2026-08-01 00:00:00');
  expect(sampleOf({ maskingType: 'hash' }, 'uuid')?.after).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(sampleOf({ maskingType: 'null' }, 'integer')).toEqual({ before: '1234', after: null });
});
