import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { relativeWords } from './relative-time.ts';

const wordsIn = (timeZone: string) => {
  const intl = createIntl({ locale: 'en-GB', timeZone });
  return (at: string, now: string) => relativeWords(intl, Date.parse(at), Date.parse(now));
};
const utc = wordsIn('UTC');

describe('how far an instant is from now', () => {
  it('calls tomorrow and yesterday what the calendar calls so', () => {
    expect(utc('2026-12-02T03:48:00Z', '2026-11-30T03:49:00Z')).toBe('in 2 days');
    expect(utc('2026-12-01T23:59:00Z', '2026-11-30T03:49:00Z')).toBe('tomorrow');
    expect(utc('2026-11-28T03:50:00Z', '2026-11-30T03:49:00Z')).toBe('2 days ago');
    expect(utc('2026-11-29T00:00:00Z', '2026-11-30T03:49:00Z')).toBe('yesterday');
  });

  it('goes by the calendar of the reader', () => {
    const [at, now] = ['2026-12-02T00:30:00Z', '2026-11-30T23:30:00Z'] as const;
    expect(utc(at, now)).toBe('in 2 days');
    expect(wordsIn('Europe/Berlin')(at, now)).toBe('tomorrow');
    expect(wordsIn('America/Los_Angeles')(at, now)).toBe('tomorrow');
    expect(wordsIn('Asia/Kathmandu')('2026-12-01T18:20:00Z', '2026-11-30T18:10:00Z')).toBe('in 2 days');
  });

  it('counts a day of 25 hours as the one day that it is', () => {
    const berlin = wordsIn('Europe/Berlin');
    expect(berlin('2026-10-25T22:30:00Z', '2026-10-24T22:10:00Z')).toBe('today');
    expect(berlin('2026-10-26T22:30:00Z', '2026-10-24T22:10:00Z')).toBe('tomorrow');
  });

  it('says hours within a day, and numbers of months and years', () => {
    expect(utc('2026-12-01T03:00:00Z', '2026-11-30T03:49:00Z')).toBe('in 23 hours');
    expect(utc('2026-11-30T03:47:00Z', '2026-11-30T03:49:00Z')).toBe('2 minutes ago');
    expect(utc('2026-11-30T03:49:00.4Z', '2026-11-30T03:49:00Z')).toBe('now');
    expect(utc('2027-01-28T03:49:00Z', '2026-11-30T03:49:00Z')).toBe('in 1 month');
    expect(utc('2025-01-28T03:49:00Z', '2026-11-30T03:49:00Z')).toBe('1 year ago');
  });
});
