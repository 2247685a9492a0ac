import type { Abilities, Ability } from '@stoa/contract/person';

/** What the caller may do with the object that carries these abilities; one that is left out is not allowed. */
export function abilityOn(abilities: Abilities | undefined, name: string): Ability {
  return abilities?.[name] ?? { allowed: false };
}
