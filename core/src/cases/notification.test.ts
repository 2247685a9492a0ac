import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isForDigest, isToldBy, secondsToNextAttempt, type Switches } from '../notification/channels.ts';
import { contrast, mailColours } from '../notification/mail-colours.ts';
import { digestOf } from '../notification/digest.ts';
import { afterDigest, afterQuietHours, isTimeZone, reminderDay } from '../notification/local-time.ts';
import { type Circle, type Happening, nobody, type RequestHappening, whoIsTold } from '../notification/who-is-told.ts';
import { oneLine, wordsOf } from '../notification/words.ts';
import { defaultReviewSettings } from '../review/record.ts';
import { courseOf, play, type Act, recordsFor, request, stage, type StageText, usernames, who } from './world.ts';

type Given = {
  readonly what: string;
  readonly stages?: readonly StageText[];
  readonly acts?: readonly Act[];
  readonly by?: string;
  readonly from?: string;
  readonly for?: string;
  readonly status?: 'APPROVED' | 'DENIED' | 'CANCELED' | 'REVOKED' | 'EXPIRED';
  readonly unregistered?: boolean;
  readonly fourEyes?: boolean;
  readonly days?: number;
  readonly provisioning?: string;
  readonly named?: readonly string[];
  readonly toldBefore?: readonly string[];
  /** Who exists; everybody unless said. */
  readonly people?: readonly string[];
};
type Case = {
  readonly name: string;
  readonly given: Given;
  readonly want: Record<string, readonly string[]>;
  readonly reason: string;
};

const nameOf = (globalUserId: string): string => globalUserId.slice('u-'.length);
const people = (given: Given) => (given.people ?? usernames).map(who);

function happeningOf(given: Given): Happening {
  if (
    given.what === 'assignment' ||
    given.what === 'sensitivity' ||
    given.what === 'take-back' ||
    given.what === 'people-change' ||
    given.what === 'webhook' ||
    given.what === 'verification' ||
    given.what === 'login'
  )
    return { about: given.what };
  if (
    given.what === 'state.created' ||
    given.what === 'state.deleted' ||
    given.what === 'data_sources.updated' ||
    given.what === 'sources_left_domain'
  )
    return { about: 'product', what: given.what };
  const settings = { ...defaultReviewSettings, fourEyes: given.fourEyes ?? true };
  const over = {
    ...request(),
    requestingUser: who(given.from ?? 'consumer'),
    beneficiary: who(given.for ?? given.from ?? 'consumer'),
  };
  const target = { ...over.target, registered: given.unregistered !== true };
  const stages = (given.stages ?? []).map(stage);
  const course = (given.acts ?? []).reduce((c, act) => play(c, { reason: 'It fits.', ...act }, settings), {
    ...courseOf(stages, { ...over, target }),
    records: recordsFor(stages),
  });
  return {
    about: 'request',
    what: given.what as RequestHappening,
    request: { ...course.request, status: given.status ?? course.request.status },
    records: course.records,
    settings,
    days: given.days,
    provisioning: given.provisioning,
  };
}

function circleOf(given: Given): Circle {
  const all = people(given);
  const { fourEyes: _, ...rest } = given;
  return {
    ...nobody,
    candidates: all,
    governors: all.filter((p) => p.permissions.includes('GOVERNANCE')),
    userAdmins: all.filter((p) => p.permissions.includes('USER_ADMIN')),
    managers: all.filter((p) =>
      p.domainPermissions.some((d) => d.domainId === 'd-claims' && d.permission === 'Manage Data Products'),
    ),
    applicationAdmins: all.filter((p) => p.permissions.includes('APPLICATION_ADMIN')),
    auditors: all.filter((p) => p.permissions.includes('AUDIT')),
    requester: who(rest.from ?? 'consumer'),
    beneficiary: who(rest.for ?? rest.from ?? 'consumer'),
    named: (rest.named ?? []).map(who),
    toldBefore: new Set((rest.toldBefore ?? []).map((text) => text.replace(' ', ' u-'))),
  };
}

describe('who is told', () => {
  const folder = new URL('notification/', import.meta.url);
  const cases: readonly Case[] = readdirSync(folder)
    .sort()
    .flatMap((file) => parse(readFileSync(new URL(file, folder), 'utf8')));
  test.each(cases)('$name', ({ given, want, reason }) => {
    const told = whoIsTold(happeningOf(given), circleOf(given), given.by === undefined ? null : who(given.by));
    const got: Record<string, string[]> = {};
    for (const { type, globalUserId } of told) (got[type] ??= []).push(nameOf(globalUserId));
    for (const names of Object.values(got)) names.sort();
    expect(got, reason).toEqual(want);
  });
});

describe('by which channel, and when', () => {
  const switches = (...off: string[]): Switches => new Map(off.map((key) => [key as 'EMAIL ', false]));
  const asked = { provider: 'EMAIL', type: 'ACCESS_REVOKED', isOnForAll: true } as const;

  test('a channel is on unless it is off for all, for the person, or for the type', () => {
    expect(isToldBy({ ...asked, switches: switches() })).toBe(true);
    expect(isToldBy({ ...asked, switches: switches('EMAIL ') })).toBe(false);
    expect(isToldBy({ ...asked, switches: switches('EMAIL ACCESS_REVOKED') })).toBe(false);
    expect(isToldBy({ ...asked, switches: switches('EMAIL ACCESS_EXPIRED', 'SLACK ') })).toBe(true);
    expect(isToldBy({ ...asked, isOnForAll: false, switches: new Map([['EMAIL ', true]]) })).toBe(false);
  });

  test('attempts grow further apart and come to an end', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempts) => secondsToNextAttempt(attempts, 0.5));
    expect(waits).toEqual([30, 120, 600, 3_600, 14_400, 43_200, 64_800]);
    expect(secondsToNextAttempt(8, 0.5)).toBeNull();
    expect([secondsToNextAttempt(1, 0), secondsToNextAttempt(1, 1)]).toEqual([24, 36]);
  });

  test.each([
    ['by day nothing waits', '2026-06-01T12:00:00Z', 'Europe/Berlin', '22:00-07:00', '2026-06-01T12:00:00Z'],
    ['across midnight, before it', '2026-06-01T21:30:00Z', 'Europe/Berlin', '22:00-07:00', '2026-06-02T05:00:00Z'],
    ['across midnight, after it', '2026-06-02T01:10:30Z', 'Europe/Berlin', '22:00-07:00', '2026-06-02T05:00:00Z'],
    ['in one day', '2026-06-01T10:00:00Z', 'UTC', '09:00-17:30', '2026-06-01T17:30:00Z'],
    ['the end itself is no quiet', '2026-06-01T17:30:00Z', 'UTC', '09:00-17:30', '2026-06-01T17:30:00Z'],
    ['equal ends are no quiet', '2026-06-01T10:00:00Z', 'UTC', '09:00-09:00', '2026-06-01T10:00:00Z'],
    ['clocks go forward meanwhile', '2026-03-28T23:00:00Z', 'Europe/Berlin', '22:00-07:00', '2026-03-29T05:00:00Z'],
    ['the end is leapt over', '2026-03-28T22:00:00Z', 'Europe/Berlin', '22:00-02:30', '2026-03-29T01:00:00Z'],
    ['just before the leap', '2026-03-29T00:45:10Z', 'Europe/Berlin', '22:00-02:30', '2026-03-29T01:00:00Z'],
    ['clocks go back meanwhile', '2026-10-24T22:00:00Z', 'Europe/Berlin', '22:00-07:00', '2026-10-25T06:00:00Z'],
    ['half an hour of summer', '2026-04-04T13:00:00Z', 'Australia/Lord_Howe', '22:00-07:00', '2026-04-04T20:30:00Z'],
    ['over the line of the date', '2026-06-01T10:30:00Z', 'Pacific/Apia', '22:00-07:00', '2026-06-01T18:00:00Z'],
  ])('quiet hours: %s', (...[, now, zone, quiet, want]) => {
    const [from = '', to = ''] = quiet.split('-');
    expect(new Date(afterQuietHours(Date.parse(now), zone, { from, to })).toISOString()).toBe(
      want.replace('Z', '.000Z'),
    );
  });

  test.each([
    ['at once', '2026-06-01T12:10:30Z', 'UTC', 'off', '2026-06-01T12:10:30Z'],
    ['at the next full hour', '2026-06-01T12:10:30Z', 'UTC', 'hourly', '2026-06-01T13:00:00Z'],
    ['also where zones are half an hour off', '2026-06-01T12:10:30Z', 'Asia/Kolkata', 'hourly', '2026-06-01T12:30:00Z'],
    ['at eight in the morning', '2026-06-01T05:10:00Z', 'Europe/Berlin', 'daily', '2026-06-01T06:00:00Z'],
    ['of the next day, if it is past that', '2026-06-01T06:00:10Z', 'Europe/Berlin', 'daily', '2026-06-02T06:00:00Z'],
    ['when clocks go forward meanwhile', '2026-03-28T12:00:00Z', 'Europe/Berlin', 'daily', '2026-03-29T06:00:00Z'],
  ] as const)('a digest leaves %s', (...[, now, zone, digest, want]) => {
    expect(new Date(afterDigest(Date.parse(now), zone, digest)).toISOString()).toBe(want.replace('Z', '.000Z'));
  });

  test('what is urgent waits for no digest, nor do reminders and the last warning', () => {
    const waits = ['ACCESS_REQUESTED', 'ACCESS_REVOKED', 'PENDING_REMINDER', 'ACCESS_EXPIRES_1D'] as const;
    expect(waits.map(isForDigest)).toEqual([true, false, false, false]);
  });

  test('a digest names fifty and leads to all', () => {
    const many = Array.from({ length: 51 }, (_, n) => ({ at: 'now', subject: `Message ${n}`, path: '/reviews/x' }));
    const words = digestOf(many);
    expect(words).toMatchObject({ subject: '51 messages from Stoa', action: { path: '/inbox' } });
    expect(words.message).toContain('the first 50 of 51');
    expect(words.details).toHaveLength(50);
  });

  test.each([
    ['2026-06-01T05:59:59Z', 'Europe/Berlin', null],
    ['2026-06-01T06:00:00Z', 'Europe/Berlin', '2026-06-01'],
    ['2026-06-01T21:59:00Z', 'Europe/Berlin', '2026-06-01'],
    ['2026-06-01T22:00:00Z', 'Europe/Berlin', null],
    ['2026-12-31T19:00:00Z', 'Pacific/Apia', '2027-01-01'],
  ])('people are reminded from eight in the morning on, of their own day: %s in %s', (now, zone, want) => {
    expect(reminderDay(Date.parse(now), zone)).toBe(want);
  });

  test('a zone that there is not is known for one', () => {
    expect(['Europe/Berlin', 'UTC', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});

describe('how a message looks', () => {
  test('whatever colour an administrator chose, the words on it and in it can be read', () => {
    for (let n = 0; n < 0x10_00; n++) {
      const primary = `#${[n >> 8, (n >> 4) & 15, n & 15].map((part) => part.toString(16).repeat(2)).join('')}`;
      const { brand, onBrand, link } = mailColours({ primary, accent: '#e8a317' });
      expect(contrast(brand, onBrand)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(link, '#ffffff')).toBeGreaterThanOrEqual(4.5);
    }
  });
});

describe('what is said', () => {
  const facts = {
    actor: 'Ben Ito',
    request: {
      id: 'q1',
      type: 'DATA_ACCESS' as const,
      status: 'PENDING',
      requester: 'Ben Ito',
      beneficiary: 'Ana Ruiz',
      isOnBehalf: true,
      awaitsAcceptance: true,
      ends: null,
      asked: '90 days',
      columns: 0,
      reason: null,
    },
    target: { id: 't1', name: 'Claims 360', kind: 'product' as const, domain: 'Claims' },
    reader: { isBeneficiary: false, isRequester: false },
  };

  test('a steward hears who asks for what and for how long, with the page to decide on', () => {
    expect(wordsOf({ ...facts, type: 'ACCESS_REQUESTED' })).toEqual({
      subject: 'Ana Ruiz asks for Claims 360',
      message: 'Ben Ito asks that Ana Ruiz may read Claims 360 for 90 days.',
      details: [
        { label: 'Data product', value: 'Claims 360' },
        { label: 'Domain', value: 'Claims' },
        { label: 'For', value: 'Ana Ruiz' },
        { label: 'Asked by', value: 'Ben Ito' },
        { label: 'Duration', value: '90 days' },
      ],
      action: { label: 'Review the request', path: '/reviews/q1' },
    });
  });

  test('who asked hears the end and the reason, and the beneficiary is led to the data', () => {
    const request = {
      ...facts.request,
      status: 'APPROVED',
      ends: '3 Mar 2027, 17:00 CET',
      reason: 'For the Q3 report.',
    };
    const words = wordsOf({
      ...facts,
      request,
      type: 'DETERMINATION_MADE',
      actor: 'Mia Chen',
      reader: { isBeneficiary: true, isRequester: false },
    });
    expect(words.message).toBe(
      'Your request for Claims 360 was approved. By Mia Chen. It ends on 3 Mar 2027, 17:00 CET. Reason: For the Q3 report.',
    );
    expect(words.action?.path).toBe('/products/t1');
  });

  test('a reminder counts all that waits, names the oldest, and leads to the queue', () => {
    const oldest = Array.from({ length: 20 }, (_, at) => ({ id: `q${at}`, line: `Line ${at}.` }));
    const words = wordsOf({ ...facts, type: 'PENDING_REMINDER', waiting: { count: 4_000, oldest } });
    expect(words.message).toBe('4000 requests have waited for more than a day. The oldest: Line 0.');
    expect(words.details).toHaveLength(20);
    expect(words.action?.path).toContain('/reviews?status=PENDING');
  });

  test('a reminder that somebody asked for says who, of what, and leads to the review', () => {
    const words = wordsOf({ ...facts, type: 'PENDING_REMINDER', actor: 'Ana Ruiz' });
    expect(words.subject).toBe('Ana Ruiz reminds you of the request for Claims 360');
    expect(words.message).toMatch(/ It has waited for more than a day\.$/);
    expect(words.action?.path).toBe(`/reviews/${facts.request.id}`);
    expect(words.details).toContainEqual({ label: 'Data product', value: 'Claims 360' });
  });

  test('names that break lines or turn the writing round stay in one line', () => {
    const name = 'x\r\nBcc: all@example.com\u202e\u0000\ud800';
    const { subject } = wordsOf({ ...facts, type: 'PRODUCT_PUBLISHED', target: { ...facts.target, name } });
    expect(subject).toBe('x Bcc: all@example.com is published');
    expect(oneLine('ab'.repeat(200))).toHaveLength(160);
  });
});
