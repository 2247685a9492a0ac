import { areMixed, compact, digitsOf, passesLuhn, remainder, upper, weighted } from './checksum.ts';

const mixed = (value: string, ...lengths: readonly number[]): readonly number[] | null => {
  const digits = digitsOf(compact(value), ...lengths);
  return digits !== null && areMixed(digits) ? digits : null;
};

export function isCanadaSin(value: string): boolean {
  const digits = mixed(value, 9);
  return digits !== null && digits[0] !== 0 && digits[0] !== 8 && passesLuhn(digits);
}

export function isBrazilCpf(value: string): boolean {
  const digits = mixed(value, 11);
  if (digits === null) return false;
  const first = ((weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
  const second = ((weighted(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
  return digits[9] === first && digits[10] === second;
}

export function isNhsNumber(value: string): boolean {
  const digits = mixed(value, 10);
  return digits !== null && weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
}

/** Departments 2A and 2B of Corsica count as 19 and 18. */
export function isFranceNir(value: string): boolean {
  const text = compact(value);
  if (!/^[12][0-9]{4}([0-9]{2}|2[AB])[0-9]{8}$/.test(text)) return false;
  const number = text.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return Number(text.slice(13)) === 97 - remainder(number, 97);
}

/** ISO 7064, MOD 11,10. */
export function isGermanyTaxId(value: string): boolean {
  const digits = mixed(value, 11);
  if (digits === null || digits[0] === 0) return false;
  const product = digits.slice(0, 10).reduce((rest, digit) => ((((digit + rest + 9) % 10) + 1) * 2) % 11, 10);
  return (11 - product) % 10 === digits[10];
}

export const spainLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';

export function isSpainDni(value: string): boolean {
  const text = compact(value);
  if (!/^[0-9XYZ][0-9]{7}[A-Z]$/.test(text)) return false;
  const number = text.slice(0, 8).replace('X', '0').replace('Y', '1').replace('Z', '2');
  return spainLetters[Number(number) % 23] === text[8];
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Where a character stands in the two tables below. */
export const italyCharacters = `0123456789${letters}`;
/** K to Z; the letters before them count as digits do. */
const oddLetters = [2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const oddDigits = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
export const italyOdd: readonly number[] = [...oddDigits, ...oddDigits, ...oddLetters];
export const italyEven: readonly number[] = [...italyCharacters].map((_, index) => (index < 10 ? index : index - 10));

/** Places count from one: the first is odd. Digits may have become letters, where two people would share a code. */
export function isItalyCodiceFiscale(value: string): boolean {
  const text = compact(value);
  if (!/^[A-Z]{6}[0-9A-Z]{2}[A-Z][0-9A-Z]{2}[A-Z][0-9A-Z]{3}[A-Z]$/.test(text)) return false;
  const sum = Array.from(text.slice(0, 15)).reduce((total, character, index) => {
    const table = index % 2 === 0 ? italyOdd : italyEven;
    return total + (table[italyCharacters.indexOf(character)] ?? 0);
  }, 0);
  return letters[sum % 26] === text[15];
}

export function isNetherlandsBsn(value: string): boolean {
  const digits = mixed(value, 9);
  return digits !== null && weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

/** Who was born from 2000 on has a 2 put before the number. */
export function isBelgiumNationalNumber(value: string): boolean {
  const text = compact(value);
  if (mixed(value, 11) === null) return false;
  const check = Number(text.slice(9));
  return [text.slice(0, 9), `2${text.slice(0, 9)}`].some((number) => check === 97 - remainder(number, 97));
}

export const finlandCharacters = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Day, month, year, a sign for the century, a number, and a character for the remainder. */
export function isFinlandHetu(value: string): boolean {
  const match = /^([0-9]{6})[-+A-FU-Y]([0-9]{3})([0-9A-Y])$/.exec(upper(value));
  if (match === null) return false;
  return finlandCharacters[remainder(`${match[1]}${match[2]}`, 31)] === match[3];
}

export function isPolandPesel(value: string): boolean {
  const digits = mixed(value, 11);
  if (digits === null) return false;
  return (10 - (weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === digits[10];
}

export function isAustraliaTfn(value: string): boolean {
  const digits = mixed(value, 9);
  return digits !== null && weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0;
}

export function isAustraliaMedicare(value: string): boolean {
  const digits = digitsOf(compact(value), 10, 11);
  if (digits === null || !/^[2-6]/.test(compact(value))) return false;
  return weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digits[8];
}
