import type { Instant } from '../person.ts';

/** `23:30`: hours and minutes of a wall clock. */
export type ClockTime = string;
export type QuietHours = { readonly from: ClockTime; readonly to: ClockTime };

const minute = 60_000;
const day = 1_440;

/** Minutes since local midnight; NaN for what is no time of day. */
export const minutesOf = (time: ClockTime): number => {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  return match === null ? Number.NaN : Number(match[1]) * 60 + Number(match[2]);
};

type Local = { readonly day: string; readonly minutes: number };

/** What the calendar and the clock on the wall of a zone show. Throws a RangeError for a zone that there is not. */
export function localTime(now: Instant, timeZone: string): Local {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.find((part) => part.type === type)?.value ?? '';
  return {
    day: `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`,
    minutes: Number(of('hour')) * 60 + Number(of('minute')),
  };
}

/** Whether it is a zone of the IANA database, as this program knows it. */
export const isTimeZone = (timeZone: string): boolean => {
  try {
    localTime(0, timeZone);
    return true;
  } catch {
    return false;
  }
};

/**
 * When somebody may be told: now, or when their quiet hours end. Hours may lie across midnight; equal ends are no quiet at
 * all. Where clocks are put forward or back in that night, the end is that of the wall clock.
 */
export function afterQuietHours(now: Instant, timeZone: string, quiet: QuietHours | null): Instant {
  if (quiet === null) return now;
  const from = minutesOf(quiet.from);
  const to = minutesOf(quiet.to);
  const { minutes } = localTime(now, timeZone);
  if (!isWithin(minutes, from, to) || Number.isNaN(from) || Number.isNaN(to)) return now;
  let told = Math.max(now, nextTime(now, timeZone, to));
  // An end that the clock leaps over in that night is the first moment after the leap.
  while (isWithin(localTime(told, timeZone).minutes, from, to)) told = (Math.floor(told / minute) + 1) * minute;
  return told;
}

/** When the clock on the wall shows these minutes of the day next; now, if it does. */
function nextTime(now: Instant, timeZone: string, minutes: number): Instant {
  const wait = (minutes - localTime(now, timeZone).minutes + day) % day;
  const then = Math.floor(now / minute) * minute + wait * minute;
  // The clock may have been changed meanwhile: what it then shows too much or too little is made good.
  const shown = localTime(then, timeZone).minutes;
  const slip = ((minutes - shown + day + day / 2) % day) - day / 2;
  return then + slip * minute;
}

const isWithin = (minutes: number, from: number, to: number): boolean =>
  from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;

/** The instant as people of that zone write it: "3 Mar 2027, 17:00 CET". */
export const inWords = (at: Instant, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(at);

/** Reminders come from this minute of the local day on, and so do daily digests. */
const morning = 8 * 60;

/** The local day for which people of a zone are to be reminded by now; null before the morning of it. */
export function reminderDay(now: Instant, timeZone: string): string | null {
  const local = localTime(now, timeZone);
  return local.minutes >= morning ? local.day : null;
}

/** How ordinary mail comes: each message at once, or together with others of the hour or of the day. */
export type MailDigest = 'off' | 'hourly' | 'daily';

/** When a message that waits for a digest may leave: at the next full hour of the zone, or at eight in its morning. */
export function afterDigest(now: Instant, timeZone: string, digest: MailDigest): Instant {
  if (digest === 'off') return now;
  if (digest === 'daily') return nextTime(now + minute, timeZone, morning);
  const past = localTime(now, timeZone).minutes % 60;
  return Math.floor(now / minute) * minute + (60 - past) * minute;
}
