import { describe, expect, test } from 'vitest';
import { parsePattern } from '../pattern/parse-pattern.ts';
import { builtIns } from './built-ins.ts';
import { fitsName, fitsValue, testFor } from './plan-questions.ts';
import { sampleSize } from './sample-size.ts';

const named = (name: string) => {
  const found = builtIns.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no built-in ${name}`);
  return found;
};

const fits = (
  name: string,
  value: string,
  columnName = 'x',
  typeFamily: 'text' | 'integer' | 'date' = 'text',
): boolean | null => {
  const asked = testFor({ name: columnName, typeFamily }, named(name));
  return asked === null ? null : fitsValue(asked, value);
};

test('every built-in pattern is of the portable subset, and names and numbers are used once', () => {
  for (const { pattern, hint, name } of builtIns) {
    for (const text of [pattern, hint?.pattern])
      if (typeof text === 'string') expect([name, parsePattern(text).ok]).toEqual([name, true]);
  }
  expect(new Set(builtIns.map((one) => one.id)).size).toBe(builtIns.length);
  expect(new Set(builtIns.map((one) => one.name)).size).toBe(builtIns.length);
  expect(builtIns.map((one) => one.id).every((id) => id < 1_000)).toBe(true);
});

describe('built-ins', () => {
  test.each<[string, string, boolean]>([
    ['EMAIL_ADDRESS', 'ana.ruiz+1@mail.example.com', true],
    ['EMAIL_ADDRESS', 'ana@localhost', false],
    ['EMAIL_ADDRESS', 'write to ana@example.com', false],
    ['PHONE_NUMBER', '+49 1555 1234567', true],
    ['PHONE_NUMBER', '+49 (0) 30-123456', true],
    ['PHONE_NUMBER', '01555 1234567', false],
    ['PHONE_NUMBER', '+1234', false],
    ['IP_ADDRESS', '192.168.0.255', true],
    ['IP_ADDRESS', '192.168.0.256', false],
    ['IP_ADDRESS', '2001:db8::ff00:42:8329', true],
    ['IP_ADDRESS', '::1', true],
    ['IP_ADDRESS', 'fe80::', true],
    ['IP_ADDRESS', '2001:0db8:0000:0000:0000:ff00:0042:8329', true],
    ['IP_ADDRESS', '10:45', false],
    ['SECRET_TOKEN', 'AKIAIOSFODNN7EXAMPLE', true],
    ['SECRET_TOKEN', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n', true],
    ['SECRET_TOKEN', '-----BEGIN CERTIFICATE-----\nMIIE\n', false],
    ['CREDIT_CARD_NUMBER', '4111 1111 1111 1111', true],
    ['CREDIT_CARD_NUMBER', '4111111111111112', false],
    ['IBAN', 'DE89 3704 0044 0532 0130 00', true],
    ['IBAN', 'DE89370400440532013001', false],
    ['SWIFT_BIC', 'DEUTDEFF', true],
    ['US_SSN', '536-90-4399', true],
    ['US_SSN', '666-90-4399', false],
    ['US_SSN', '536-00-4399', false],
    ['US_SSN', '536904399', false],
    ['AUSTRALIA_MEDICARE_NUMBER', '2123 45670 1', true],
  ])('%s of %s: %j', (name, value, expected) => {
    expect(fits(name, value)).toBe(expected);
  });

  test('some take more where the name of the column says what it is', () => {
    expect(fits('PHONE_NUMBER', '01555 1234567', 'private_phone')).toBe(true);
    expect(fits('US_SSN', '536904399', 'SSN')).toBe(true);
  });

  test('some say nothing without such a name', () => {
    expect(fits('AGE', '42', 'storage')).toBe(null);
    expect(fits('AGE', '42', 'AgeAtEntry', 'integer')).toBe(true);
    expect(fits('AGE', '121', 'age', 'integer')).toBe(false);
    expect(fits('DATE_OF_BIRTH', '1970-01-31', 'ordered_on', 'date')).toBe(null);
    expect(fits('DATE_OF_BIRTH', '1970-01-31', 'date_of_birth', 'date')).toBe(true);
  });

  test.each<[string, string, boolean]>([
    ['PERSON_NAME', 'first_name', true],
    ['PERSON_NAME', 'LastName', true],
    ['PERSON_NAME', 'Vor- und Nachname', true],
    ['PERSON_NAME', 'name', false],
    ['PERSON_NAME', 'filename', false],
    ['PERSON_NAME', 'product_name', false],
    ['POSTAL_ADDRESS', 'street', true],
    ['POSTAL_ADDRESS', 'postal_code', true],
    ['POSTAL_ADDRESS', 'delivery_address', true],
    ['POSTAL_ADDRESS', 'ip_address', false],
    ['POSTAL_ADDRESS', 'city', false],
  ])('%s of a column named %s: %j', (name, columnName, expected) => {
    expect(fitsName(columnName, named(name))).toBe(expected);
  });
});

test('the size of a sample grows with the number of identifiers, up to a limit', () => {
  expect([5, 50, 500].map(sampleSize)).toEqual([7_369, 9_211, 11_053]);
  expect(sampleSize(1_000_000)).toBe(13_000);
  expect(sampleSize(0)).toBe(6_081);
});
