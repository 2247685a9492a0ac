import type { IntlShape } from 'react-intl';

const steps = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** The largest unit that fits at least once, rounded towards nothing. */
export function relativeParts(seconds: number): { value: number; unit: (typeof steps)[number][0] } {
  const size = Math.abs(seconds);
  const [unit, one] = steps.find(([, least]) => size >= least) ?? (['second', 1] as const);
  return { value: Math.trunc(seconds / one), unit };
}

/** Which day it is in the reader's zone, counted from 1970. */
function dayOf({ formatters, timeZone }: IntlShape, at: number): number {
  const options = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  // Whatever the reader's language: its years and months may be counted otherwise.
  const format = formatters.getDateTimeFormat('en', timeZone === undefined ? options : { ...options, timeZone });
  const parts = format.formatToParts(at);
  const numberOf = (type: keyof typeof options) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(numberOf('year'), numberOf('month') - 1, numberOf('day')) / 86_400_000;
}

/**
 * "in 89 days", "2 hours ago". Days are those of the calendar, so that "tomorrow" is; "next month" would be said of what
 * is only some 30 days away, so it is numbers there.
 */
export function relativeWords(intl: IntlShape, at: number, now: number): string {
  const { value, unit } = relativeParts((at - now) / 1000);
  if (unit === 'day') return intl.formatRelativeTime(dayOf(intl, at) - dayOf(intl, now), unit, { numeric: 'auto' });
  return intl.formatRelativeTime(value, unit, { numeric: unit === 'second' ? 'auto' : 'always' });
}
