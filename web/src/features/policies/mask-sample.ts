import type { Masking } from '@stoa/contract/masking';
import { parsePattern } from '@stoa/core/pattern/parse-pattern';
import { replacePattern } from '@stoa/core/pattern/replace-pattern';

/** A made-up value and what a reader would see of it; null is NULL. `note` marks what only stands for the real thing. */
export type Sample = { readonly before: string; readonly after: string | null; readonly isExample?: boolean };

const texts = ['ana.ruiz@example.com', 'DE89 3704 0044 0532 0130 00', 'Berlin'] as const;
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

/** As PostgreSQL does it: the longest match, and of the replacement only `$1` to `$9` are more than they look. */
function replaced(masking: Extract<Masking, { maskingType: 'regex' }>, value: string): string | null {
  const parsed = parsePattern(masking.pattern);
  if (!parsed.ok) return null;
  const { replacement, global: isGlobal, caseInsensitive } = masking;
  const after = replacePattern(parsed.node, value, { replacement, isGlobal, caseSensitive: !caseInsensitive });
  return after ?? (masking.onNoMatch === 'keep' ? value : null);
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

const families: readonly (readonly [RegExp, string])[] = [
  [/^(small|big)?int|^serial|^bigserial/, '1234'],
  [/^(numeric|decimal|real|double|money|float)/, '1234.5'],
  [/^timestamp/, '2026-08-19 14:37:05'],
  [/^date/, '2026-08-19'],
  [/^time/, '14:37:05'],
  [/^bool/, 'true'],
  [/^uuid/, '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
  [/^bytea/, '\\x53746f61'],
  [/^json/, '{"city": "Berlin"}'],
];

/** What texts are about, by the words of their column's name; the first that fits. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/ e ?mail | mail /, 'ana.ruiz@example.com'],
  [/ (phone|mobile|telephone|tel|fax|cell|msisdn) /, '+1 202 555 0143'],
  [/ iban /, 'DE89 3704 0044 0532 0130 00'],
  [/ (first|given|fore) ?name /, 'Ana'],
  [/ (last|family|sur) ?name /, 'Ruiz'],
  [/ (full|person|customer|employee|patient) ?name /, 'Ana Ruiz'],
  [/ (zip|postal|postcode) /, '28013'],
  [/ (city|town) /, 'Berlin'],
  [/ country /, 'Spain'],
  [/ (street|address) /, '12 Harbour Street'],
];

const wordsOf = (name: string): string =>
  ` ${name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/[^\p{L}]+/gu, ' ')
    .trim()} `;

/** `name`: of the column, by which a text is of some kind. */
type SampledColumn = { readonly type: string; readonly name: string };

/**
 * A made-up value of a column of this type of the platform, of the kind that its name tells. Of a text of no kind that is known
 * there is none but where a pattern says what it looks like.
 */
function valueOf(masking: Masking, { type, name }: SampledColumn): string | undefined {
  const ofType = families.find(([pattern]) => pattern.test(type.toLowerCase()));
  if (ofType !== undefined) return ofType[1];
  const words = wordsOf(name);
  const ofKind = kinds.find(([pattern]) => pattern.test(words));
  if (ofKind !== undefined) return ofKind[1];
  return masking.maskingType === 'regex'
    ? [...texts, ...kinds.map(([, value]) => value)].find((value) => ![value, null].includes(replaced(masking, value)))
    : 'some text';
}

const uuidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

function roundedOf({ bucket, unit }: Extract<Masking, { maskingType: 'rounding' }>, before: string): string | null {
  if (/^\d{4}-/.test(before)) {
    if (unit === undefined) return null;
    const [day = '', time] = before.split(' ');
    const cut = truncated(day, unit);
    if (time === undefined) return cut;
    return `${cut} ${unit === 'hour' ? `${time.slice(0, 2)}:00:00` : '00:00:00'}`;
  }
  const value = Number(before);
  return bucket === undefined || Number.isNaN(value) ? null : String(Math.floor(value / bucket) * bucket);
}

/** What a mask makes of a made-up value of a column; undefined where only the platform can say. */
export function sampleOf(masking: Masking, column: SampledColumn): Sample | undefined {
  const before = valueOf(masking, column);
  if (before === undefined) return undefined;
  const { type: nativeType } = column;
  switch (masking.maskingType) {
    case 'null':
      return { before, after: null };
    case 'constant':
      return { before, after: String(masking.value) };
    case 'hash': {
      const hash = exampleHash(before);
      const after = /^uuid/i.test(nativeType) ? uuidOf(hash) : /^bytea/i.test(nativeType) ? `\\x${hash}` : hash;
      return { before, after, isExample: true };
    }
    case 'regex':
      return { before, after: replaced(masking, before) };
    case 'rounding':
      return { before, after: roundedOf(masking, before) };
    default:
      return undefined;
  }
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
