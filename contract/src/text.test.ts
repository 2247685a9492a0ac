import { describe, expect, it } from 'vitest';
import { queryBoolean, queryInteger, queryList } from './page.ts';
import { accessStatus } from './enums.ts';
import {
  connectionKey,
  cuid,
  givenPublishedName,
  isWholeDuration,
  line,
  name,
  parseInstant,
  publishedName,
  sourceId,
  text,
} from './text.ts';

const accepts = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: unknown): boolean =>
  schema.safeParse(value).success;

describe('a date-time', () => {
  it.each([
    ['2026-02-28T23:59:59Z', '2026-02-28T23:59:59.000Z'],
    ['2024-02-29t00:00:00.123456z', '2024-02-29T00:00:00.123Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
  ])('%s is read as an instant', (value, want) => {
    expect(parseInstant(value)?.toISOString()).toBe(want);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00+25:00',
    '0001-01-01T00:00:00+23:59',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999999999Z',
    '9999-12-31T23:59:59-01:00',
    '2026-01-01 00:00:00Z',
    '2026-01-01',
    '20260101T000000Z',
    'tomorrow',
    '',
  ])('%s is refused', (value) => {
    expect(parseInstant(value)).toBeNull();
  });
});

describe('text', () => {
  it('refuses what PostgreSQL cannot store, and keeps everything else as it is', () => {
    expect(accepts(text(10), 'a\u0000b')).toBe(false);
    expect(accepts(text(10), 'a\ud800b')).toBe(false);
    expect(accepts(text(10), 'a😀\nb')).toBe(true);
    expect(accepts(line(10), 'a\nb')).toBe(false);
    expect(accepts(text(3), 'abcd')).toBe(false);
  });

  it('stores names composed and with plain single spaces, and refuses control characters and nothing', () => {
    for (const given of [' Customer 360', 'Customer 360 ', 'Customer  360', 'Customer\u00a0360', 'Customer\u2003 360'])
      for (const schema of [name, givenPublishedName]) expect(schema.parse(given)).toBe('Customer 360');
    expect(name.parse('E\u0301clair')).toBe('\u00c9clair');
    for (const given of ['a\nb', 'a\tb', '\n', ' ', '\u00a0', ''])
      for (const schema of [name, givenPublishedName]) expect(accepts(schema, given)).toBe(false);
  });

  it('judges nothing but the length of what is too long', () => {
    for (const schema of [line(255), name, publishedName, givenPublishedName])
      expect(schema.safeParse(`${'a '.repeat(500)}\0!`).error?.issues.map((issue) => issue.code)).toEqual(['too_big']);
  });

  it('names products as the published pattern says', () => {
    expect(accepts(publishedName, 'Ventes (été) – 2026')).toBe(false);
    expect(accepts(publishedName, 'Ventes (été) - 2026/Q1')).toBe(true);
    expect(accepts(publishedName, '')).toBe(false);
    expect(accepts(publishedName, 'a'.repeat(256))).toBe(false);
  });

  it('keeps the words of paths out of connection keys', () => {
    expect(accepts(connectionKey, 'warehouse_1')).toBe(true);
    expect(accepts(connectionKey, 'Sync')).toBe(false);
    expect(accepts(connectionKey, 'a b')).toBe(false);
    expect(accepts(connectionKey, 'ä')).toBe(false);
  });

  it('knows ids by their form', () => {
    expect(accepts(cuid, `c${'a1'.repeat(12)}`)).toBe(true);
    expect(accepts(cuid, `c${'A1'.repeat(12)}`)).toBe(false);
    expect(accepts(sourceId, '2147483647')).toBe(true);
    expect(accepts(sourceId, '2147483648')).toBe(false);
    expect(accepts(sourceId, '01')).toBe(false);
  });
});

describe('a period', () => {
  it('has both members or neither, within what its unit allows', () => {
    expect(isWholeDuration({})).toBe(true);
    expect(isWholeDuration({ duration: 1 })).toBe(false);
    expect(isWholeDuration({ durationUnit: 'DAYS' })).toBe(false);
    expect(isWholeDuration({ duration: 100, durationUnit: 'YEARS' })).toBe(true);
    expect(isWholeDuration({ duration: 101, durationUnit: 'YEARS' })).toBe(false);
  });
});

describe('a query', () => {
  it('reads a repeated filter as a list, also when it comes once', () => {
    const list = queryList(accessStatus);
    expect(list.parse('PENDING')).toEqual(['PENDING']);
    expect(list.parse(['PENDING', 'DENIED'])).toEqual(['PENDING', 'DENIED']);
    expect(accepts(list, ['PENDING', 'MAYBE'])).toBe(false);
  });

  it('reads numbers and booleans strictly', () => {
    expect(queryInteger(0, 100).parse('42')).toBe(42);
    expect(accepts(queryInteger(1, 100), '0')).toBe(false);
    for (const value of ['', ' 1', '1.5', '1e3', '0x10', 'NaN', ['1', '2']]) {
      expect(accepts(queryInteger(0, 100_000), value)).toBe(false);
    }
    expect(queryBoolean.parse('false')).toBe(false);
    expect(accepts(queryBoolean, 'yes')).toBe(false);
  });
});
