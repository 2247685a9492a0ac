import { areMixed, compact, digitsOf, passesLuhn, remainder, weighted } from './checksum.ts';
import { countryCodes, ibanLengths } from './country-codes.ts';

/** Prefixes of card issuers from the first to the last, by how many digits they have, and how long their numbers are. */
export const cardIssuers: readonly {
  readonly from: string;
  readonly to: string;
  readonly lengths: readonly number[];
}[] = [
  { from: '4', to: '4', lengths: [13, 16, 19] },
  { from: '51', to: '55', lengths: [16] },
  { from: '2221', to: '2720', lengths: [16] },
  { from: '34', to: '34', lengths: [15] },
  { from: '37', to: '37', lengths: [15] },
  { from: '300', to: '305', lengths: [14, 16] },
  { from: '36', to: '36', lengths: [14] },
  { from: '38', to: '39', lengths: [14, 16] },
  { from: '6011', to: '6011', lengths: [16, 19] },
  { from: '644', to: '649', lengths: [16, 19] },
  { from: '65', to: '65', lengths: [16, 19] },
  { from: '3528', to: '3589', lengths: [16, 17, 18, 19] },
  { from: '62', to: '62', lengths: [16, 17, 18, 19] },
];

export function isCardNumber(value: string): boolean {
  const text = compact(value);
  const digits = digitsOf(text, 13, 14, 15, 16, 17, 18, 19);
  if (digits === null) return false;
  const hasIssuer = cardIssuers.some(({ from, to, lengths }) => {
    const prefix = text.slice(0, from.length);
    return prefix >= from && prefix <= to && lengths.includes(text.length);
  });
  return hasIssuer && passesLuhn(digits);
}

/** ISO 13616: country and check digits moved to the end, letters as 10 to 35, leaves 1 when divided by 97. */
export function isIban(value: string): boolean {
  const text = compact(value);
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]+$/.test(text)) return false;
  if (!ibanLengths.includes(`${text.slice(0, 2)}${text.length}`)) return false;
  const rotated = text.slice(4) + text.slice(0, 4);
  const digits = rotated.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return remainder(digits, 97) === 1;
}

/** ISO 9362: bank, country, place, and a branch or none. */
export function isBic(value: string): boolean {
  const text = compact(value);
  return /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(text) && countryCodes.includes(text.slice(4, 6));
}

export const routingPrefixes: readonly (readonly [string, string])[] = [
  ['01', '12'],
  ['21', '32'],
  ['61', '72'],
  ['80', '80'],
];

/** The routing number of the American Bankers Association. */
export function isRoutingNumber(value: string): boolean {
  const text = compact(value);
  const digits = digitsOf(text, 9);
  if (digits === null) return false;
  const prefix = text.slice(0, 2);
  const hasPrefix = routingPrefixes.some(([from, to]) => prefix >= from && prefix <= to);
  return hasPrefix && areMixed(digits) && weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0;
}
