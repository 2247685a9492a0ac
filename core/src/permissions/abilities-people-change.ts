import type { Ability } from './abilities.ts';
import { may } from './may.ts';
import type { Actor, PeopleChangeObject } from './objects.ts';

/** What the caller can do with a change of people that was filed: the right, and then whether it still waits. */
export const abilitiesOnPeopleChange = (
  actor: Actor,
  change: Omit<PeopleChangeObject, 'act'>,
  { isWaiting }: { readonly isWaiting: boolean },
): Readonly<Record<PeopleChangeObject['act'], Ability>> => {
  const can = (act: PeopleChangeObject['act']): Ability => {
    const { allowed, reason } = may(actor, 'people-change.decide', { ...change, act });
    return allowed && !isWaiting ? { allowed: false, reason: 'It waits for nobody any more.' } : { allowed, reason };
  };
  return { confirm: can('confirm'), decline: can('decline'), withdraw: can('withdraw') };
};
