import type { Call } from '../http/route.ts';
import type { LoadedPerson } from '../features/user/load-people.ts';
import type { AuditEntry } from './append.ts';
import { userActor } from './user-actor.ts';

/** Somebody, and the call by which they act. */
export type Acting = { actor: LoadedPerson; call: Pick<Call, 'id' | 'ip'> };

type Change = {
  readonly id: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly action?: 'ConfigurationChanged' | 'ConfigurationTested';
};

/** Settings of the installation were changed, or are about to be tried. */
export const settingsEntry = (
  { actor, call }: Acting,
  { id, name, payload, action = 'ConfigurationChanged' }: Change,
): AuditEntry => ({
  action,
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'SETTINGS',
  targets: [{ id, name }],
  payload,
  requestId: call.id,
});
