import { type PolicyOnSource, whyNotOff, whyNotOn } from '../policy/on-source.ts';
import type { Ability } from './abilities.ts';
import { may } from './may.ts';
import type { Actor, SourcePolicyObject } from './objects.ts';

type Stand = { readonly one: PolicyOnSource; readonly all: readonly PolicyOnSource[]; readonly isPicked: boolean };

/** What the caller can do with a policy on one data source: the right, and then whether it makes sense there now. */
export const abilitiesOnSourcePolicy = (
  actor: Actor,
  source: SourcePolicyObject,
  { one, all, isPicked }: Stand,
): Readonly<Record<'switchOff' | 'switchOn' | 'select' | 'unselect' | 'sign', Ability>> => {
  const settle = may(actor, 'source-policy.settle', source);
  const certify = may(actor, 'source-policy.certify', source);
  const now = ({ allowed, reason }: Ability, unless: string | null): Ability =>
    allowed && unless !== null ? { allowed: false, reason: unless } : { allowed, reason };
  return {
    switchOff: now(settle, whyNotOff(one, all)),
    switchOn: now(settle, whyNotOn(one)),
    select: now(settle, one.standing === 'offered' ? null : 'It is not offered here.'),
    unselect: now(settle, isPicked ? null : 'It is not picked here.'),
    sign: now(certify, one.standing === 'waiting' ? null : 'It does not wait for a signature.'),
  };
};
