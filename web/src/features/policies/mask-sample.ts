import type { Masking } from '@stoa/contract/masking';

/** A made-up value and what a reader would see of it; null is NULL. `note` marks what only stands for the real thing. */
export type Sample = { readonly before: string; readonly after: string | null; readonly isExample?: boolean };

const texts = ['ana.ruiz@example.com', 'DE89 3704 0044 0532 0130 00', 'Berlin'];
const numbers = [1234, 57, -8];
const dates = ['2026-08-19', '1984-02-29'];

/** Not the hash of the installation, whose salt nobody sees: a value of the same form, the same for the same text. */
function exampleHash(text: string): string {
  let state = 0x811c9dc5;
  let hash = '';
  for (let round = 0; round < 8; round += 1) {
    for (const letter of `${round}${text}`) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    hash += state.toString(16).padStart(8, '0');
  }
  return hash;
}

function replaced(masking: Extract<Masking, { maskingType: 'regex' }>, value: string): string | null {
  try {
    const flags = `${masking.global ? 'g' : ''}${masking.caseInsensitive ? 'i' : ''}u`;
    const pattern = new RegExp(masking.pattern, flags);
    if (pattern.test(value)) {
      pattern.lastIndex = 0;
      return value.replace(pattern, masking.replacement);
    }
    return masking.onNoMatch === 'keep' ? value : null;
  } catch {
    return null;
  }
}

const monthOf: Readonly<Record<'month' | 'quarter' | 'year', (month: number) => number>> = {
  month: (month) => month,
  quarter: (month) => month - (month % 3),
  year: () => 0,
};

/** The day, cut to the unit, in UTC; weeks begin on Monday. */
function truncated(day: string, unit: NonNullable<Extract<Masking, { maskingType: 'rounding' }>['unit']>): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (unit === 'hour' || unit === 'day') return day;
  if (unit === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  else date.setUTCMonth(monthOf[unit](date.getUTCMonth()), 1);
  return date.toISOString().slice(0, 10);
}

/** What a mask makes of made-up values: for the author to see what readers will. */
export function samplesOf(masking: Masking): readonly Sample[] {
  switch (masking.maskingType) {
    case 'null':
      return texts.map((before) => ({ before, after: null }));
    case 'constant':
      return texts.map((before) => ({ before, after: String(masking.value) }));
    case 'hash':
      return texts.map((before) => ({ before, after: exampleHash(before), isExample: true }));
    case 'regex':
      return texts.map((before) => ({ before, after: replaced(masking, before) }));
    case 'rounding': {
      const { bucket, unit } = masking;
      return [
        ...(bucket === undefined
          ? []
          : numbers.map((n) => ({ before: String(n), after: String(Math.floor(n / bucket) * bucket) }))),
        ...(unit === undefined ? [] : dates.map((day) => ({ before: day, after: truncated(day, unit) }))),
      ];
    }
    default:
      return [];
  }
}
