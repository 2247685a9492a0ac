import type { ColumnFamily, Identifier } from './identifier.ts';
import { builtIn } from './make-built-in.ts';

/** Numbers also stand in columns of numbers; what begins with a zero has lost it there and is not found. */
const numeric: readonly ColumnFamily[] = ['text', 'integer', 'decimal'];
const ssnArea = '(00[1-9]|0[1-9][0-9]|[1-578][0-9]{2}|6[0-57-9][0-9]|66[0-57-9])';
const ssnGroup = '(0[1-9]|[1-9][0-9])';
const ssnSerial = '(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})';
const days = '(0[1-9]|[12][0-9]|3[01])';

/** Numbers that a state gives to people, banks or taxpayers. */
export const nationalBuiltIns: readonly Identifier[] = [
  builtIn(12, 'US_SSN', {
    description: 'A social security number with its hyphens; without them where the column is named ssn.',
    country: 'US',
    pattern: `${ssnArea}-${ssnGroup}-${ssnSerial}`,
    specificity: 60,
    families: numeric,
    hint: { words: ['ssn', 'social'], isRequired: false, pattern: `${ssnArea}[ -]?${ssnGroup}[ -]?${ssnSerial}` },
  }),
  builtIn(13, 'US_ROUTING_NUMBER', {
    description: 'The number of a bank, with a valid prefix and check digit.',
    country: 'US',
    pattern: '[0-9]{9}',
    specificity: 75,
    families: numeric,
    validator: 'usRouting',
  }),
  builtIn(14, 'CANADA_SIN', {
    description: 'A social insurance number with a valid check digit.',
    country: 'Canada',
    pattern: '[1-79][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}',
    specificity: 70,
    families: numeric,
    validator: 'canadaSin',
  }),
  builtIn(15, 'BRAZIL_CPF', {
    description: 'A taxpayer number with two valid check digits.',
    country: 'Brazil',
    pattern: '[0-9]{3}\\.?[0-9]{3}\\.?[0-9]{3}-?[0-9]{2}',
    specificity: 95,
    families: numeric,
    validator: 'brazilCpf',
  }),
  builtIn(16, 'UK_NHS_NUMBER', {
    description: 'A number of the health service with a valid check digit.',
    country: 'UK',
    pattern: '[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}',
    specificity: 85,
    families: numeric,
    validator: 'ukNhs',
  }),
  builtIn(17, 'FRANCE_NIR', {
    description: 'A social security number with a valid key.',
    country: 'France',
    pattern: '[12] ?[0-9]{2} ?[0-9]{2} ?([0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}',
    specificity: 95,
    families: numeric,
    validator: 'franceNir',
  }),
  builtIn(18, 'GERMANY_TAX_ID', {
    description: 'A tax number with a valid check digit.',
    country: 'Germany',
    pattern: '[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}',
    specificity: 90,
    families: numeric,
    validator: 'germanyTaxId',
  }),
  builtIn(19, 'SPAIN_DNI_NIE', {
    description: 'The number of an identity card, with its letter.',
    country: 'Spain',
    pattern: '[0-9XYZ][0-9]{7}-?[A-Z]|[XYZ]-[0-9]{7}-[A-Z]',
    specificity: 90,
    validator: 'spainDni',
  }),
  builtIn(20, 'ITALY_CODICE_FISCALE', {
    description: 'A taxpayer code with its check letter.',
    country: 'Italy',
    pattern: '[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPRST][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]',
    specificity: 95,
    validator: 'italyCodiceFiscale',
  }),
  builtIn(21, 'NETHERLANDS_BSN', {
    description: 'A citizen service number that passes its test of eleven.',
    country: 'Netherlands',
    pattern: '[0-9]{9}|[0-9]{4}\\.[0-9]{2}\\.[0-9]{3}',
    specificity: 75,
    families: numeric,
    validator: 'netherlandsBsn',
  }),
  builtIn(22, 'BELGIUM_NATIONAL_NUMBER', {
    description: 'A number of the national register with valid check digits.',
    country: 'Belgium',
    pattern: '[0-9]{2}[.-]?[0-9]{2}[.-]?[0-9]{2}[.-]?[0-9]{3}[.-]?[0-9]{2}',
    specificity: 90,
    families: numeric,
    validator: 'belgiumNationalNumber',
  }),
  builtIn(23, 'FINLAND_HETU', {
    description: 'A personal identity code with its check character.',
    country: 'Finland',
    pattern: `${days}(0[1-9]|1[0-2])[0-9]{2}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]`,
    specificity: 90,
    validator: 'finlandHetu',
  }),
  builtIn(24, 'POLAND_PESEL', {
    description: 'A number of the register of residents: a date of birth and a valid check digit.',
    country: 'Poland',
    pattern: `[0-9]{2}([02468][1-9]|[13579][0-2])${days}[0-9]{5}`,
    specificity: 85,
    families: numeric,
    validator: 'polandPesel',
  }),
  builtIn(25, 'AUSTRALIA_TAX_FILE_NUMBER', {
    description: 'A tax file number that passes its test of eleven.',
    country: 'Australia',
    pattern: '[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}',
    specificity: 75,
    families: numeric,
    validator: 'australiaTfn',
  }),
  builtIn(26, 'AUSTRALIA_MEDICARE_NUMBER', {
    description: 'The number of a Medicare card with a valid check digit.',
    country: 'Australia',
    pattern: '[2-6][0-9]{3} ?[0-9]{5} ?[0-9]([ /-]?[0-9])?',
    specificity: 80,
    families: numeric,
    validator: 'australiaMedicare',
  }),
];
