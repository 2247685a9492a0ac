import type { DurationUnit } from '@stoa/contract/enums';
import type { Instant } from '../person.ts';

/** A period of access: a whole number of units, 1 or more. */
export type Duration = { readonly amount: number; readonly unit: DurationUnit };

const hourMs = 3_600_000;
const fixedMs = { HOURS: hourMs, DAYS: 24 * hourMs, WEEKS: 7 * 24 * hourMs } as const;
const fixedDays = { HOURS: 1 / 24, DAYS: 1, WEEKS: 7, MONTHS: 30, YEARS: 365 } as const;

/** The first instant that a four-digit year cannot say (RFC 3339 has four digits). */
export const endOfCalendar: Instant = Date.UTC(10_000, 0, 1);

const addMonths = (start: Instant, months: number): Instant => {
  const from = new Date(start);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay);
  const midnight = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, day);
  return midnight + (((start % fixedMs.DAYS) + fixedMs.DAYS) % fixedMs.DAYS);
};

/**
 * The instant at which a period that starts at `start` is over: access holds in the half-open interval [start, end).
 * Months and years are UTC calendar steps, clamped to the last day of the month: 31 January + 1 month = 28 or 29 February.
 */
export const endOf = (start: Instant, { amount, unit }: Duration): Instant => {
  switch (unit) {
    case 'HOURS':
    case 'DAYS':
    case 'WEEKS':
      return start + amount * fixedMs[unit];
    case 'MONTHS':
      return addMonths(start, amount);
    case 'YEARS':
      return addMonths(start, amount * 12);
  }
};

/**
 * A period as the fact `duration` of a review flow's conditions, in days. A month counts 30 days and a year 365,
 * so that one condition means the same on every day of the year. No end is `Infinity`: longer than any period.
 */
export const daysOf = (duration: Duration | null): number =>
  duration === null ? Number.POSITIVE_INFINITY : duration.amount * fixedDays[duration.unit];

/** What is wrong with a period that starts at `start`, as a sentence; null when nothing is. */
export const durationProblem = (duration: Duration, start: Instant): string | null => {
  if (!Number.isInteger(duration.amount) || duration.amount < 1) return 'A period is a whole number, 1 or more.';
  const end = endOf(start, duration);
  if (!(end < endOfCalendar)) return 'A period must end before the year 10000.';
  return null;
};

/** The period, of those given, that is over first when all start at `start`; null (no end) is longer than any. */
export const shortest = (start: Instant, durations: readonly (Duration | null)[]): Duration | null =>
  durations.reduce<Duration | null>((least, next) => {
    if (next === null) return least;
    return least === null || endOf(start, next) < endOf(start, least) ? next : least;
  }, null);

/** The later of two ends; null means no end. */
export const laterEnd = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null || b === null ? null : Math.max(a, b);
