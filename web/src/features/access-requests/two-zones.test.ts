import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { inTwoZones } from './two-zones.ts';

const berlin = createIntl({ locale: 'en-GB', timeZone: 'Europe/Berlin' });
const lordHowe = createIntl({ locale: 'en-GB', timeZone: 'Australia/Lord_Howe' });

describe('the end of access, told before it is asked for', () => {
  it('is 24 hours later after a day over the start of summer time, an hour further on the wall', () => {
    expect(inTwoZones(berlin, '2026-03-28T11:00:00.000Z').local).toBe('28 Mar 2026, 12:00 CET');
    expect(inTwoZones(berlin, '2026-03-29T11:00:00.000Z')).toEqual({
      local: '29 Mar 2026, 13:00 CEST',
      utc: '29 Mar 2026, 11:00 UTC',
    });
  });

  it('is never an hour that the clocks leave out, and tells the two that they show twice apart', () => {
    expect(inTwoZones(berlin, '2026-03-29T01:30:00.000Z').local).toBe('29 Mar 2026, 03:30 CEST');
    expect(inTwoZones(berlin, '2026-10-25T00:30:00.000Z').local).toBe('25 Oct 2026, 02:30 CEST');
    expect(inTwoZones(berlin, '2026-10-25T01:30:00.000Z').local).toBe('25 Oct 2026, 02:30 CET');
  });

  it('may fall on another day in UTC, and knows summer times of half an hour', () => {
    expect(inTwoZones(berlin, '2026-11-10T23:30:00.000Z')).toMatchObject({ local: '11 Nov 2026, 00:30 CET' });
    expect(inTwoZones(lordHowe, '2026-04-04T14:00:00.000Z').local).toContain('01:00');
    expect(inTwoZones(lordHowe, '2026-04-05T14:00:00.000Z').local).toContain('00:30');
  });

  it('is said once where the reader lives by UTC', () => {
    const utc = createIntl({ locale: 'en-GB', timeZone: 'UTC' });
    expect(inTwoZones(utc, '2026-03-29T11:00:00.000Z')).toEqual({ local: '29 Mar 2026, 11:00 UTC', utc: null });
  });
});
