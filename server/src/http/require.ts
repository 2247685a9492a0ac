import type { Action } from '@stoa/contract/action';
import { permissionWords } from '@stoa/core/permissions/answer';
import { may } from '@stoa/core/permissions/may';
import type { ObjectOf } from '@stoa/core/permissions/objects';
import type { Actor } from '@stoa/core/permissions/objects';
import { Refusal } from './refusal.ts';

/** Goes on when the actor may, else refuses with the reason and with who could change that. */
export function requireMay<A extends Action>(actor: Actor, action: A, object: ObjectOf[A]): void {
  const answer = may(actor, action, object);
  if (answer.allowed) return;
  const whom = answer.needs ? ` A user admin can grant ${permissionWords(answer.needs.permission)}.` : '';
  throw new Refusal(answer.code, {
    detail: `${answer.reason}${whom}`,
    ...(answer.needs ? { extra: { needs: answer.needs } } : {}),
  });
}
