import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownNumbers, validatorNames } from './make-numbers.fixture.ts';
import { validators } from './validators.ts';

describe.each(validatorNames)('the validator %s', (name) => {
  test('takes numbers that their registers give as examples, and no other', () => {
    for (const value of knownNumbers[name].valid) expect([value, validators[name](value)]).toEqual([value, true]);
    for (const value of knownNumbers[name].invalid) expect([value, validators[name](value)]).toEqual([value, false]);
  });

  test('answers for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => typeof validators[name](text) === 'boolean'),
      { numRuns: 200 },
    );
  });
});

/** Those whose sums a single changed digit always breaks: the modulus is a prime, or Luhn's or ISO 7064's. */
const everyDigitCounts = validatorNames.filter((name) =>
  ['netherlandsBsn', 'franceNir', 'finlandHetu', 'spainDni', 'iban', 'canadaSin', 'germanyTaxId'].includes(name),
);

test.each(everyDigitCounts)('the validator %s takes no number of which one digit was changed', (name) => {
  const valid = fc.constantFrom(...knownNumbers[name].valid);
  fc.assert(
    fc.property(valid, fc.nat(), fc.integer({ min: 1, max: 9 }), (value, place, by) => {
      const places = [...value].flatMap((one, index) => (/[0-9]/.test(one) ? [index] : []));
      const at = places[place % places.length] ?? 0;
      const changed = `${value.slice(0, at)}${(Number(value[at]) + by) % 10}${value.slice(at + 1)}`;
      expect([value, changed, validators[name](changed)]).toEqual([value, changed, false]);
    }),
    { numRuns: 300 },
  );
});
