/*
 * SQL expressions over the row number `i`. They call no clock and no randomness: a roll is a hash of the row number and a
 * salt, so the same warehouse comes out each time. hashint8extended is what hash partitioning rests on, and so is stable.
 */

/** 0 to sides - 1. Two rolls with different salts are independent; the same salt gives the same roll again. */
export const roll = (sides: number, salt: number, key = 'i'): string =>
  `((hashint8extended(${key}, ${salt}) & 9223372036854775807) % ${sides})`;

/** The id of one of `count` rows of another table. */
export const reference = (count: number, salt: number, key = 'i'): string => `(1 + ${roll(count, salt, key)})::int`;

export const pick = (list: readonly string[], salt: number, key = 'i'): string =>
  `(array[${list.map(literal).join(',')}])[1 + ${roll(list.length, salt, key)}]`;

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const day = (first: string, days: number, salt: number): string =>
  `(date '${first}' + ${roll(days, salt)}::int)`;

export const moment = (first: string, days: number, salt: number): string =>
  `(timestamptz '${first} 00:00:00Z' + ${roll(days * 86_400, salt)} * interval '1 second')`;

export const amount = (least: number, most: number, salt: number): string =>
  `round((${least * 100} + ${roll((most - least) * 100, salt)}) / 100.0, 2)`;

/** The value in so many of a hundred rows, null in the others. */
export const mostly = (percent: number, value: string, salt: number): string =>
  `case when ${roll(100, salt)} < ${percent} then ${value} end`;

export const digits = (length: number, salt: number): string =>
  `lpad(${roll(10 ** length, salt)}::text, ${length}, '0')`;

/** A German tax number with the check digit of ISO 7064, MOD 11,10. */
export const germanTaxId = (salt: number): string => {
  const first = `((1 + ${roll(9, salt)})::text || ${digits(9, salt + 1)})`;
  const product = Array.from({ length: 10 }, (_, index) => `substr(n, ${index + 1}, 1)::int`).reduce(
    (rest, digit) => `(((${digit} + ${rest} + 9) % 10 + 1) * 2 % 11)`,
    '10',
  );
  return `(select n || (11 - ${product}) % 10 from (select ${first} as n) as made)`;
};

/** The number of a payment card that no bank has given out, with its check digit (Luhn). */
export const cardNumber = (salt: number): string => {
  const sum = Array.from({ length: 15 }, (_, index) => {
    const digit = `substr(n, ${index + 1}, 1)::int`;
    return index % 2 === 1 ? digit : `(2 * ${digit} - case when ${digit} > 4 then 9 else 0 end)`;
  }).join(' + ');
  return `(select n || (10 - (${sum}) % 10) % 10 from (select '411111' || ${digits(9, salt)} as n) as made)`;
};

/** A name as an e-mail address can hold it: no accents, no apostrophes. */
export const plain = (name: string): string =>
  `replace(translate(lower(${name}), 'áàéèêëíïóöøúüłñńçžšřůıåä ', 'aaeeeeiiooouulnnczsruiaa.'), '''', '')`;

/** A German account number with the check digits of ISO 13616, so that validators accept it. */
export const iban = (salt: number): string => {
  const account = `('37040044' || ${digits(10, salt)})`;
  return `'DE' || lpad((98 - mod((${account} || '131400')::numeric, 97))::text, 2, '0') || ${account}`;
};
