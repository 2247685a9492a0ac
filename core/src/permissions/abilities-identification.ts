import type { Ability } from './abilities.ts';
import { may } from './may.ts';
import type { Actor, IdentificationObject, IdentifierObject } from './objects.ts';

const of = (answer: { readonly allowed: boolean; readonly reason: string }): Ability => ({
  allowed: answer.allowed,
  reason: answer.reason,
});

/** What the caller can do with an identifier. */
export const abilitiesOnIdentifier = (
  actor: Actor,
  identifier: IdentifierObject,
): Readonly<Record<'manage', Ability>> => ({
  manage: of(may(actor, 'identifier.manage', identifier)),
});

/** What the caller can do with a run. */
export const abilitiesOnRun = (
  actor: Actor,
  run: IdentificationObject,
  { isEnded }: { readonly isEnded: boolean },
): Readonly<Record<'cancel', Ability>> => ({
  cancel: isEnded ? { allowed: false, reason: 'It has ended.' } : of(may(actor, 'identification.run', run)),
});
