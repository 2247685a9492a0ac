import type { DurationUnit } from '@stoa/contract/enums';
import { cutText } from '@stoa/contract/text';

/** A text of others inside Slack's markup: its three signs escaped, so that it mentions nobody and links nowhere. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** At most `max` characters, with a sign that something is left out. */
export const shortened = (text: string, max: number): string =>
  text.length <= max ? text : `${cutText(text, max - 1)}…`;

/** A text of others on one line, escaped. Slack refuses a field of more than 2,000 characters, after escaping. */
export const line = (text: string, max = 200): string => escaped(shortened(text.replace(/\s+/g, ' ').trim(), max));

export const periodWords = (amount: number, unit: DurationUnit): string => {
  const word = unit.toLowerCase();
  return `${amount} ${amount === 1 ? word.slice(0, -1) : word}`;
};

/** An instant that Slack shows in its reader's own zone. */
export const dateWords = (instant: string): string =>
  `<!date^${Math.floor(Date.parse(instant) / 1_000)}^{date_short_pretty}, {time}|${instant}>`;

/** `One thing`, `3 things`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
