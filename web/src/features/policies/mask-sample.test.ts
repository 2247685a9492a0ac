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

it('a replacement is what the platform makes of it, not what JavaScript does', () => {
  const firstOf = (pattern: string, replacement: string) => afterOf({ ...regex, pattern, replacement })[0];
  expect(firstOf('an|ana', 'X')).toBe('X.ruiz@example.com');
  expect(firstOf('ruiz', '[$&]$$')).toBe('ana.[$&]$$@example.com');
  expect(firstOf('a(.a)', '<$2>')).toBe('<>.ruiz@example.com');
  expect(firstOf('\\-|@', "$`$'")).toBe("ana.ruiz$`$'example.com");
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
  expect(sampleOf(rounding, { type: 'numeric(10,2)', name: 'x' })).toEqual({ before: '1234.5', after: '1200' });
  expect(sampleOf(rounding, { type: 'date', name: 'x' })).toEqual({ before: '2026-08-19', after: '2026-08-01' });
  expect(sampleOf(rounding, { type: 'timestamp with time zone', name: 'x' })?.after).toBe('2026-08-01 00:00:00');
  expect(sampleOf({ maskingType: 'hash' }, { type: 'uuid', name: 'x' })?.after).toMatch(
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  );
  expect(sampleOf({ maskingType: 'null' }, { type: 'integer', name: 'phone' })).toEqual({
    before: '1234',
    after: null,
  });
});

it('a column of texts is shown one of its kind, by its name; one of no known kind shows none of another', () => {
  const before = (name: string, masking: Masking = { maskingType: 'null' }) =>
    sampleOf(masking, { type: 'text', name })?.before;
  for (const name of ['phone', 'customer_phone', 'mobilePhone', 'FAX']) expect(before(name)).toBe('+1 202 555 0143');
  for (const name of ['email', 'e_mail', 'contactEmail', 'email_address'])
    expect(before(name)).toBe('ana.ruiz@example.com');
  expect(before('notes')).toBe('some text');
  const domain = { ...regex, pattern: '^.*@', replacement: '***@' } as const;
  expect(sampleOf(domain, { type: 'text', name: 'contact' })?.after).toBe('***@example.com');
  expect(before('contact', { ...domain, pattern: '^zzz' })).toBeUndefined();
  expect(sampleOf(domain, { type: 'text', name: 'phone' })).toEqual({ before: '+1 202 555 0143', after: null });
});
