import { countryCodes, ibanLengths } from '@stoa/core/identification/country-codes';
import { cardIssuers, routingPrefixes } from '@stoa/core/identification/validators-payment';
import * as national from '@stoa/core/identification/validators-national';
import type { ValidatorName } from '@stoa/core/identification/validators';
import { quoteText } from './identifiers.ts';

/*
 * The validators of core as arithmetic on digits. No regular expression stands here: the server keeps 32 compiled ones per
 * session, and whatever goes beyond is compiled anew for each row.
 */
const pg = (name: string, ...args: readonly (string | number)[]): string => `pg_catalog.${name}(${args.join(', ')})`;
const upper = (value: string): string => pg('upper', `${value} COLLATE pg_catalog."C"`);
const compact = (value: string): string => pg('translate', upper(value), `' -./'`, `''`);
const digit = (text: string, place: number): string => `(${pg('ascii', pg('substr', text, place, 1))} - 48)`;
const part = (text: string, from: number, count: number): string => pg('substr', text, from, count);
const texts = (list: readonly string[]): string => list.map(quoteText).join(', ');

/** False instead of an error or null, whatever the value: only what passes the guard is calculated with. */
const guarded = (guard: string, test: string): string => `(CASE WHEN ${guard} THEN ${test} ELSE false END)`;
const areDigits = (text: string, ...lengths: readonly number[]): string =>
  `${pg('length', text)} IN (${lengths.join(', ')}) AND ${pg('translate', text, `'0123456789'`, `''`)} = ''`;
const areMixed = (text: string): string => `${text} <> ${pg('repeat', pg('left', text, 1), pg('length', text))}`;
const weighted = (text: string, weights: readonly number[]): string =>
  `(${weights.map((weight, index) => `${weight} * ${digit(text, index + 1)}`).join(' + ')})`;
const remainder = (digits: string, by: number): string => pg('mod', `(${digits})::pg_catalog.numeric`, by);

/** The rightmost digit stays, each second one is doubled; zeros in front change nothing. */
function passesLuhn(text: string, longest: number): string {
  const padded = pg('lpad', text, longest, `'0'`);
  const parts = Array.from({ length: longest }, (_, index) => {
    const one = digit(padded, index + 1);
    return (longest - index) % 2 === 1 ? one : `(2 * ${one} - CASE WHEN ${one} > 4 THEN 9 ELSE 0 END)`;
  });
  return `(${parts.join(' + ')}) % 10 = 0`;
}

const onDigits =
  (lengths: readonly number[], test: (text: string) => string) =>
  (value: string): string => {
    const text = compact(value);
    return guarded(areDigits(text, ...lengths), `${areMixed(text)} AND ${test(text)}`);
  };

function card(value: string): string {
  const text = compact(value);
  const issuers = cardIssuers.map(({ from, to, lengths }) => {
    const prefix = `${pg('left', text, from.length)} COLLATE pg_catalog."C"`;
    return `(${prefix} BETWEEN ${quoteText(from)} AND ${quoteText(to)} AND ${pg('length', text)} IN (${lengths.join(', ')}))`;
  });
  const guard = areDigits(text, 13, 14, 15, 16, 17, 18, 19);
  return guarded(guard, `(${issuers.join(' OR ')}) AND ${passesLuhn(text, 19)}`);
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const without = (text: string, characters: string): string => pg('translate', text, quoteText(characters), `''`);

function iban(value: string): string {
  const text = compact(value);
  const rotated = `(${pg('substr', text, 5)} || ${pg('left', text, 4)})`;
  const digits = [...letters].reduce(
    (so, letter, index) => pg('replace', so, quoteText(letter), `'${index + 10}'`),
    rotated,
  );
  const shape = `(${pg('left', text, 2)} || ${pg('length', text)}::pg_catalog.text) IN (${texts(ibanLengths)})
    AND ${without(part(text, 3, 2), '0123456789')} = '' AND ${without(text, `0123456789${letters}`)} = ''`;
  return guarded(shape, `${remainder(digits, 97)} = 1`);
}

function bic(value: string): string {
  const text = compact(value);
  return `(${pg('length', text)} IN (8, 11) AND ${without(pg('left', text, 6), letters)} = ''
    AND ${without(text, `0123456789${letters}`)} = '' AND ${part(text, 5, 2)} IN (${texts(countryCodes)}))`;
}

const usRouting = onDigits([9], (text) => {
  const prefix = `${pg('left', text, 2)} COLLATE pg_catalog."C"`;
  const known = routingPrefixes.map(([from, to]) => `${prefix} BETWEEN '${from}' AND '${to}'`).join(' OR ');
  return `(${known}) AND ${weighted(text, [3, 7, 1, 3, 7, 1, 3, 7, 1])} % 10 = 0`;
});

const cpfDigit = (text: string, weights: readonly number[]): string => `${weighted(text, weights)} * 10 % 11 % 10`;

function franceNir(value: string): string {
  const text = compact(value);
  const number = pg('replace', pg('replace', pg('left', text, 13), `'2A'`, `'19'`), `'2B'`, `'18'`);
  const shape = `${pg('length', text)} = 15 AND ${pg('left', text, 1)} IN ('1', '2')
    AND ${without(pg('left', text, 5) + ` || ${part(text, 8, 8)}`, '0123456789')} = ''
    AND (${without(part(text, 6, 2), '0123456789')} = '' OR ${part(text, 6, 2)} IN ('2A', '2B'))`;
  return guarded(shape, `${part(text, 14, 2)}::pg_catalog.int4 = 97 - ${remainder(number, 97)}`);
}

const germanyTaxId = onDigits([11], (text) => {
  const product = Array.from({ length: 10 }, (_, index) => digit(text, index + 1)).reduce(
    (rest, one) => `(((${one} + ${rest} + 9) % 10 + 1) * 2 % 11)`,
    '10',
  );
  return `${digit(text, 1)} <> 0 AND (11 - ${product}) % 10 = ${digit(text, 11)}`;
});

function spainDni(value: string): string {
  const text = compact(value);
  const number = pg('translate', pg('left', text, 8), `'XYZ'`, `'012'`);
  const shape = `${pg('length', text)} = 9 AND ${without(pg('left', text, 1), '0123456789XYZ')} = ''
    AND ${without(part(text, 2, 7), '0123456789')} = '' AND ${without(part(text, 9, 1), letters)} = ''`;
  const letter = pg('substr', quoteText(national.spainLetters), `${number}::pg_catalog.int4 % 23 + 1`, 1);
  return guarded(shape, `${part(text, 9, 1)} = ${letter}`);
}

function italyCodiceFiscale(value: string): string {
  const text = compact(value);
  const all = quoteText(national.italyCharacters);
  const parts = Array.from({ length: 15 }, (_, index) => {
    const table = index % 2 === 0 ? national.italyOdd : national.italyEven;
    return `(ARRAY[${table.join(',')}])[${pg('strpos', all, part(text, index + 1, 1))}]`;
  });
  const onlyLetters = [pg('left', text, 6), part(text, 9, 1), part(text, 12, 1), part(text, 16, 1)].join(' || ');
  const shape = `${pg('length', text)} = 16 AND ${without(`(${onlyLetters})`, letters)} = '' AND ${without(text, national.italyCharacters)} = ''`;
  return guarded(
    shape,
    `${part(text, 16, 1)} = ${pg('substr', quoteText(letters), `(${parts.join(' + ')}) % 26 + 1`, 1)}`,
  );
}

const belgiumNationalNumber = onDigits([11], (text) => {
  const check = `${part(text, 10, 2)}::pg_catalog.int4`;
  const first = pg('left', text, 9);
  return `${check} IN (97 - ${remainder(first, 97)}, 97 - ${remainder(`'2' || ${first}`, 97)})`;
});

function finlandHetu(value: string): string {
  const text = upper(value);
  const number = `(${pg('left', text, 6)} || ${part(text, 8, 3)})`;
  const shape = `${pg('length', text)} = 11 AND ${without(number, '0123456789')} = ''
    AND ${without(part(text, 7, 1), '-+ABCDEFUVWXY')} = '' AND ${part(text, 11, 1)} <> 'Z'`;
  const character = pg('substr', quoteText(national.finlandCharacters), `${number}::pg_catalog.int4 % 31 + 1`, 1);
  return guarded(shape, `${part(text, 11, 1)} = ${character}`);
}

function australiaMedicare(value: string): string {
  const text = compact(value);
  const guard = `${areDigits(text, 10, 11)} AND ${pg('left', text, 1)} IN ('2', '3', '4', '5', '6')`;
  return guarded(guard, `${weighted(text, [1, 3, 7, 9, 1, 3, 7, 9])} % 10 = ${digit(text, 9)}`);
}

const builders: Readonly<Record<ValidatorName, (value: string) => string>> = {
  card,
  iban,
  bic,
  usRouting,
  canadaSin: onDigits([9], (text) => `${digit(text, 1)} NOT IN (0, 8) AND ${passesLuhn(text, 9)}`),
  brazilCpf: onDigits(
    [11],
    (text) => `${cpfDigit(text, [10, 9, 8, 7, 6, 5, 4, 3, 2])} = ${digit(text, 10)}
      AND ${cpfDigit(text, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])} = ${digit(text, 11)}`,
  ),
  ukNhs: onDigits([10], (text) => `${weighted(text, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1])} % 11 = 0`),
  franceNir,
  germanyTaxId,
  spainDni,
  italyCodiceFiscale,
  netherlandsBsn: onDigits([9], (text) => `${weighted(text, [9, 8, 7, 6, 5, 4, 3, 2, -1])} % 11 = 0`),
  belgiumNationalNumber,
  finlandHetu,
  polandPesel: onDigits(
    [11],
    (text) => `(10 - ${weighted(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3])} % 10) % 10 = ${digit(text, 11)}`,
  ),
  australiaTfn: onDigits([9], (text) => `${weighted(text, [1, 4, 3, 7, 5, 8, 6, 9, 10])} % 11 = 0`),
  australiaMedicare,
};

/** SQL that says of a text value, given as an expression, what core's validator of that name says. Never an error. */
export const validatorSql = (name: ValidatorName, value: string): string => builders[name](value);
