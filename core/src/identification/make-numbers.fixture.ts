import fc from 'fast-check';
import type { ValidatorName } from './validators.ts';
import { validators } from './validators.ts';

/** Numbers as their registers publish them for tests, or that many documents show; none was given to anybody. */
export const knownNumbers: Readonly<Record<ValidatorName, { valid: readonly string[]; invalid: readonly string[] }>> = {
  card: {
    valid: [
      '4111111111111111',
      '5555 5555 5555 4444',
      '3782-822463-10005',
      '6011111111111117',
      '30569309025904',
      '3530111333300000',
      '2223003122003222',
    ],
    invalid: [
      '4111111111111112',
      '1111111111111117',
      '411111111111111',
      '',
      '0000000000000000',
      '41111111111111111111',
    ],
  },
  iban: {
    valid: [
      'DE89370400440532013000',
      'GB82 WEST 1234 5698 7654 32',
      'FR1420041010050500013M02606',
      'NL91ABNA0417164300',
      'mt84MALT011000012345MTLCAST001S',
      'NO9386011117947',
    ],
    invalid: [
      'DE89370400440532013001',
      'DE8937040044053201300',
      'XX89370400440532013000',
      'GB82WEST12345698765433',
      '',
    ],
  },
  bic: { valid: ['DEUTDEFF', 'DEUTDEFF500', 'NEDSZAJJXXX'], invalid: ['DEUTXXFF', 'DEUTDEF', 'DEUTDEFF5', '1EUTDEFF'] },
  usRouting: {
    valid: ['021000021', '011401533', '091000019'],
    invalid: ['021000022', '000000000', '131000021', '02100002'],
  },
  canadaSin: { valid: ['130 692 544', '193-456-787'], invalid: ['046454286', '130692545', '800000002', '111111111'] },
  brazilCpf: {
    valid: ['390.533.447-05', '52998224725', '11144477735'],
    invalid: ['11111111111', '39053344704', '390533447'],
  },
  ukNhs: { valid: ['943 476 5919', '4010232137'], invalid: ['943 476 5918', '0000000000', '94347659190'] },
  franceNir: {
    valid: ['2 55 08 14 168 025 38', '185057800608491', '1 89 12 2A 123 456 46'],
    invalid: ['255081416802539', '355081416802538'],
  },
  germanyTaxId: {
    valid: ['86095742719', '47 036 892 816', '65929970489'],
    invalid: ['86095742710', '06095742719', '4703689281'],
  },
  spainDni: {
    valid: ['12345678Z', 'X1234567L', 'Z0173758K'],
    invalid: ['12345678A', '1234567Z', 'W1234567L'],
  },
  italyCodiceFiscale: {
    valid: ['RSSMRA85T10A562S', 'VRDGPP13R10B293P'],
    invalid: ['RSSMRA85T10A562T', 'RSSMRA85T10A562', '1SSMRA85T10A562S'],
  },
  netherlandsBsn: { valid: ['111222333', '123456782'], invalid: ['123456789', '000000000', '12345678'] },
  belgiumNationalNumber: {
    valid: ['85.07.30-033.28', '40010100140', '03.01.01-001.68'],
    invalid: ['85073003329', '8507300332'],
  },
  finlandHetu: { valid: ['131052-308T', '131052A308T'], invalid: ['131052-308U', '131052308T', '131052-30T'] },
  polandPesel: { valid: ['44051401359', '02070803628'], invalid: ['44051401358', '4405140135'] },
  australiaTfn: { valid: ['123 456 782', '876543210'], invalid: ['123456789', '000000000'] },
  australiaMedicare: {
    valid: ['2123 45670 1', '29501012011'],
    invalid: ['1123456701', '2123456711', '212345670'],
  },
};

/** Every name of a validator. */
export const validatorNames: readonly ValidatorName[] = Object.keys(validators).filter(
  (name): name is ValidatorName => name in validators,
);

/** Valid numbers, and such as differ from one in a place or two, or have the right look alone. */
export const nearNumbers = (name: ValidatorName): fc.Arbitrary<string> => {
  const { valid, invalid } = knownNumbers[name];
  const seed = fc.constantFrom(...valid, ...invalid);
  const characters = fc.constantFrom(...'0123456789ABCXYZTL -./'.split(''));
  const changed = fc.tuple(seed, fc.nat({ max: 30 }), characters).map(([text, place, other]) => {
    const at = text.length === 0 ? 0 : place % text.length;
    return text.slice(0, at) + other + text.slice(at + 1);
  });
  const digits = fc
    .tuple(seed, fc.array(fc.nat({ max: 9 }), { minLength: 32, maxLength: 32 }))
    .map(([text, others]) =>
      [...text].map((one, index) => (/[0-9]/.test(one) ? String(others[index % 32]) : one)).join(''),
    );
  return fc.oneof(seed, changed, digits, digits);
};
