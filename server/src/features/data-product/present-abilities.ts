import type { Abilities } from '@stoa/contract/person';
import type { Ability } from '@stoa/core/permissions/abilities';

/** Abilities as the wire has them. */
export const presentAbilities = (held: Readonly<Record<string, Ability>>): Abilities =>
  Object.fromEntries(
    Object.entries(held).map(([name, { allowed, reason, fieldsAllowed }]) => [
      name,
      { allowed, reason, ...(fieldsAllowed === undefined ? {} : { fieldsAllowed: [...fieldsAllowed] }) },
    ]),
  );
