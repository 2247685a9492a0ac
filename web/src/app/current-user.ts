import type { Action } from '@stoa/contract/action';
import { type CurrentUser, getCurrentUser } from '@stoa/contract/auth';
import type { Ability } from '../ui/ActionButton.tsx';
import { useOperation } from '../lib/api.ts';

/** Who is signed in. Inside the shell the answer is always there: the route loads it before it shows anything. */
export function useCurrentUser(): CurrentUser | undefined {
  return useOperation(getCurrentUser, {}).data;
}

/** May the caller do this at all? Without an answer yet: no. The server has the last word in any case. */
export function useMay(): (action: Action) => boolean {
  const abilities = useCurrentUser()?.abilities;
  return (action) => abilities?.[action]?.allowed === true;
}

/** The ability of an object for one action, in the shape that `ActionButton` takes. */
export function abilityOf(
  abilities: Readonly<Partial<Record<Action, Ability | undefined>>> | undefined,
  action: Action,
): Ability {
  return abilities?.[action] ?? { allowed: false };
}
