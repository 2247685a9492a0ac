import { nationalBuiltIns } from './built-ins-national.ts';
import type { Identifier } from './identifier.ts';
import { builtIn } from './make-built-in.ts';

const ipv4Part = '(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])';
const ipv4 = `(${ipv4Part}\\.){3}${ipv4Part}`;
const h = '[0-9A-Fa-f]{1,4}';
const ipv6 = [
  `(${h}:){7}${h}`,
  `(${h}:){1,7}:`,
  ...[6, 5, 4, 3, 2, 1].map((before) => `(${h}:){1,${before}}(:${h}){1,${7 - before}}`),
  `:(:${h}){1,7}`,
  '::',
].join('|');

const secrets = [
  'eyJ[A-Za-z0-9_-]{5,}\\.eyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]*',
  '-----BEGIN ([A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----(.|\\n|\\r)*',
  'A(KI|SI)A[0-9A-Z]{16}',
  'gh[pousr]_[A-Za-z0-9]{36,}',
  'github_pat_[A-Za-z0-9_]{22,}',
  'glpat-[A-Za-z0-9_-]{20,}',
  'xox[abprs]-[A-Za-z0-9-]{10,}',
  '[rs]k_(live|test)_[A-Za-z0-9]{16,}',
  'sk-[A-Za-z0-9_-]{20,}',
  'AIza[A-Za-z0-9_-]{35}',
  'npm_[A-Za-z0-9]{36}',
].join('|');

const separators = '[ ()./-]{0,2}';
const personNames = [
  '(.*[^a-z])?(first|last|middle|maiden|given|family|full|birth|sur|fore|nick)[_ -]?names?([^a-z].*)?',
  '(.*[^a-z])?(vorname|nachname|familienname|geburtsname|nom|prenom|nombre|apellidos?|cognome|voornaam|achternaam)([^a-z].*)?',
  '(.*[^a-z])?(person|employee|customer|patient|contact|holder)[_ -]?name([^a-z].*)?',
].join('|');
const postalAddresses = [
  '(.*[^a-z])?(street|street_?name|strasse|straße|hausnummer|plz|postleitzahl|zip_?code|post_?code|postal_?code)([^a-z].*)?',
  '(.*[^a-z])?(home|postal|mailing|delivery|billing|shipping|street|private)[_ -]?address([^a-z].*)?',
  '(.*[^a-z])?address[_ -]?line[_ -]?[0-9]?',
].join('|');

/** What is found without anybody having described it. They cannot be edited; their tags can be replaced in a domain. */
export const builtIns: readonly Identifier[] = [
  builtIn(1, 'EMAIL_ADDRESS', {
    description: 'A name, an @ and a domain.',
    pattern: '[^\\s@,;<>"]{1,64}@([A-Za-z0-9-]{1,63}\\.)+[A-Za-z]{2,24}',
    specificity: 80,
  }),
  builtIn(2, 'PHONE_NUMBER', {
    description: 'A + and 8 to 15 digits; in national form where the column is named phone, mobile or the like.',
    pattern: `\\+[0-9](${separators}[0-9]){7,14}`,
    specificity: 30,
    families: ['text', 'integer', 'decimal'],
    hint: {
      words: 'phone phones mobile tel telephone telefon telefonnummer phonenumber handy cell cellphone fax'.split(' '),
      isRequired: false,
      pattern: `\\+?\\(?[0-9](${separators}[0-9]){5,14}`,
    },
  }),
  builtIn(3, 'IP_ADDRESS', {
    description: 'IPv4 with parts from 0 to 255, or IPv6.',
    // Platforms write addresses of their own type with the length of the network.
    pattern: `(${ipv4}|${ipv6})(/[0-9]{1,3})?`,
    specificity: 70,
    families: ['text', 'other'],
  }),
  builtIn(4, 'SECRET_TOKEN', {
    description: 'A JSON web token, a private key in PEM form, or a key of a well-known service.',
    pattern: secrets,
    specificity: 85,
  }),
  builtIn(5, 'PERSON_NAME', {
    description: 'A column named like a first, last or full name.',
    criteriaType: 'columnNameRegex',
    pattern: personNames,
    specificity: 0,
    families: ['text'],
  }),
  builtIn(6, 'POSTAL_ADDRESS', {
    description: 'A column named like a street, a postal code or an address.',
    criteriaType: 'columnNameRegex',
    pattern: postalAddresses,
    specificity: 0,
    families: ['text', 'integer'],
  }),
  builtIn(7, 'DATE_OF_BIRTH', {
    description: 'A date from 1900 on, in a column named like a birthday.',
    pattern: '(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}([ T].*)?',
    specificity: 60,
    families: ['date', 'timestamp', 'text'],
    hint: {
      words: 'birth dob birthday birthdate born dateofbirth geburtsdatum geburtstag geboren'.split(' '),
      isRequired: true,
    },
  }),
  builtIn(8, 'AGE', {
    description: 'A whole number from 0 to 120, in a column named age.',
    pattern: '[0-9]|[1-9][0-9]|1[01][0-9]|120',
    specificity: 40,
    families: ['integer', 'decimal', 'text'],
    hint: { words: ['age', 'alter'], isRequired: true },
  }),
  builtIn(9, 'CREDIT_CARD_NUMBER', {
    description: '13 to 19 digits with the prefix of a card issuer and a valid check digit.',
    pattern: '[0-9]{13,19}|[0-9]{4}([ -][0-9]{4}){2}[ -][0-9]{1,7}|[0-9]{4}[ -][0-9]{6}[ -][0-9]{4,5}',
    specificity: 95,
    families: ['text', 'integer', 'decimal'],
    validator: 'card',
  }),
  builtIn(10, 'IBAN', {
    description: 'An account number with the length of its country and valid check digits.',
    pattern: '[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}|[A-Z]{2}[0-9]{2}( [A-Z0-9]{4}){2,7}( [A-Z0-9]{1,3})?',
    specificity: 98,
    validator: 'iban',
  }),
  builtIn(11, 'SWIFT_BIC', {
    description: 'The code of a bank: 8 or 11 characters with the code of a country.',
    pattern: '[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?',
    specificity: 50,
    validator: 'bic',
  }),
  ...nationalBuiltIns,
];
