import { z } from 'zod';
import { durationUnit } from './enums.ts';
import type { DurationUnit } from './enums.ts';

/** What is too long is refused unread: patterns and tidying cost time by the length. */
const tooLong = { abort: true } as const;

/**
 * Text that PostgreSQL can store and give back unchanged: no NUL and no lone surrogate.
 * @param max longest length in UTF-16 code units
 * @param min shortest length; 1 unless told otherwise
 */
export const text = (max: number, min = 1) =>
  z
    .string()
    .min(min)
    .max(max, tooLong)
    .regex(/^[^\0\p{Cs}]*$/u, 'holds a NUL or a broken character');

/** Text of one line: as `text`, without any control character. */
export const line = (max: number, min = 1) =>
  z
    .string()
    .min(min)
    .max(max, tooLong)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds a control character');

/** The beginning of a text, at most `max` UTF-16 code units, never with half a surrogate pair at its end. */
export const cutText = (value: string, max: number): string => value.slice(0, max).replace(/\p{Cs}$/u, '');

/** A name as it is stored: composed (NFC), without space around it, and with one plain space wherever any kind of space stands. */
export const tidyName = (value: string): string => value.normalize('NFC').trim().replaceAll(/\s+/gu, ' ');

/** Names of our own things (domains, groups, people), tidied on the way in: not empty once spaces are left out. */
export const name = line(255).overwrite(tidyName).regex(/\S/u, 'is empty');
/** Names of data products and of what the published API names alike. */
export const publishedNameForm = /^[\p{L}\p{M}\p{N})(\-_/\\\s]*$/u;
export const publishedName = z
  .string()
  .min(1)
  .max(255, tooLong)
  .regex(publishedNameForm, 'may hold letters, digits, spaces and ( ) - _ / \\ alone');
/** The same as it is given: of one line, and tidied as other names are. What was stored before that keeps its form. */
export const givenPublishedName = line(255)
  .overwrite(tidyName)
  .regex(publishedNameForm, 'may hold letters, digits, spaces and ( ) - _ / \\ alone')
  .regex(/\S/u, 'is empty');
export const description = text(10_000, 0);
/** The reason of a determination; that one must be given is a rule of review, not of parsing. */
export const reason = text(4_000, 0);
export const searchText = text(255, 0);
export const usernameForm = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*$/u;
export const username = line(128).regex(usernameForm, 'may hold letters, digits and . _ @ + - alone');

/** How long a password may be that is set, in characters; the rule and the pages say the same. */
export const shortestPassword = 10;
export const longestPassword = 256;

export const email = z.email().max(254);

export const uuid = z.uuid();
/** As the published API has them: `c` and 24 lower-case letters and digits. */
export const cuid = z
  .string()
  .regex(/^c[a-z0-9]{24}$/)
  .meta({ format: 'cuid' });
export const cuidOrUuid = z.union([cuid, uuid]);

/** Numeric ids (users, groups, data sources) fit PostgreSQL's integer. */
export const largestId = 2_147_483_647;
export const numericId = z.int().min(1).max(largestId);
/** A numeric id in a path or a query, where everything arrives as text. */
export const numericIdText = z
  .union([z.number(), z.string().regex(/^[1-9][0-9]{0,9}$/)])
  .transform(Number)
  .pipe(numericId);
/** `dataSourceId` written as a string, as the published API writes it in products. */
export const sourceId = z
  .string()
  .regex(/^[1-9][0-9]{0,9}$/)
  .refine((v) => Number(v) <= largestId, 'is too large');

const reservedConnectionKeys = new Set(
  'data connection object crawl search settings metadata permission sync bulk upgrade script preflight'.split(' '),
);
/** A connection key in a path: its form alone, since an unknown one answers 404. */
export const connectionKeyForm = /^[A-Za-z0-9_-]{1,63}$/;
export const connectionKeyPath = z.string().regex(connectionKeyForm, 'may hold letters, digits, - and _ alone');
/** A connection key to be made: also none of the words that paths use (governance.md 1). */
export const isReservedConnectionKey = (key: string): boolean => reservedConnectionKeys.has(key.toLowerCase());
export const connectionKey = connectionKeyPath.refine((v) => !isReservedConnectionKey(v), 'is a reserved word');

const instantForm = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:[Zz]|[+-](\d{2}):(\d{2}))$/;

const daysInMonth = (year: number, month: number): number => {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
};

/** PostgreSQL takes no larger offset from UTC; no place on earth has one. */
const largestOffsetHour = 15;
/** Years of four digits in UTC. The last millisecond is left out: PostgreSQL rounds a longer fraction of it into the year 10000. */
const firstInstant = Date.parse('0001-01-01T00:00:00.000Z');
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Reads an RFC 3339 date-time strictly: `Date` alone would turn 30 February into 2 March.
 * @returns the instant, or null when the text is no date-time or names a day or time that does not exist
 */
export const parseInstant = (value: string): Date | null => {
  const parts = instantForm
    .exec(value)
    ?.slice(1)
    .map((p) => Number(p ?? 0));
  if (parts === undefined) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHour = 0, offsetMinute = 0] = parts;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > largestOffsetHour || offsetMinute > 59) return null;
  const instant = new Date(value.toUpperCase());
  return instant.getTime() >= firstInstant && instant.getTime() < lastInstant ? instant : null;
};

/** RFC 3339 date-time, on the way in and out; answers are in UTC. */
export const instant = z
  .string()
  .max(40)
  .refine((v) => parseInstant(v) !== null, 'is not an RFC 3339 date-time that exists')
  .meta({ format: 'date-time' });

/** Longest period that may be asked for or granted, about a hundred years in each unit. */
export const longestDuration: Readonly<Record<DurationUnit, number>> = {
  HOURS: 876_000,
  DAYS: 36_500,
  WEEKS: 5_200,
  MONTHS: 1_200,
  YEARS: 100,
};
/** How many of a unit: whole, at least one. */
export const durationAmount = z.int().min(1).max(longestDuration.HOURS);

/** True when a period is whole: both members or neither, and not longer than its unit allows. */
export const isWholeDuration = (d: {
  duration?: number | undefined;
  durationUnit?: DurationUnit | undefined;
}): boolean => {
  if (d.duration === undefined || d.durationUnit === undefined) return d.duration === d.durationUnit;
  return d.duration <= longestDuration[d.durationUnit];
};

/** The answer to "how long do you need access"; null stands for indefinitely. */
export const durationAnswer = z
  .object({ amount: durationAmount, unit: durationUnit })
  .refine((d) => isWholeDuration({ duration: d.amount, durationUnit: d.unit }), 'is too long');
export type DurationAnswer = z.infer<typeof durationAnswer>;
