import * as national from './validators-national.ts';
import * as payment from './validators-payment.ts';

/**
 * What tells a number from its look-alikes, by name. Each answers for one value, with or without the marks between its groups;
 * connectors say the same in SQL (governance.md 5).
 */
export const validators = {
  card: payment.isCardNumber,
  iban: payment.isIban,
  bic: payment.isBic,
  usRouting: payment.isRoutingNumber,
  canadaSin: national.isCanadaSin,
  brazilCpf: national.isBrazilCpf,
  ukNhs: national.isNhsNumber,
  franceNir: national.isFranceNir,
  germanyTaxId: national.isGermanyTaxId,
  spainDni: national.isSpainDni,
  italyCodiceFiscale: national.isItalyCodiceFiscale,
  netherlandsBsn: national.isNetherlandsBsn,
  belgiumNationalNumber: national.isBelgiumNationalNumber,
  finlandHetu: national.isFinlandHetu,
  polandPesel: national.isPolandPesel,
  australiaTfn: national.isAustraliaTfn,
  australiaMedicare: national.isAustraliaMedicare,
} as const satisfies Readonly<Record<string, (value: string) => boolean>>;

export type ValidatorName = keyof typeof validators;
