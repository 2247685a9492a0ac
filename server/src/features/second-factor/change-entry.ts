import type { AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';

/** What became of a second factor, never what it is. */
export type SecondFactorChange = 'set up' | 'removed' | 'reset' | 'new recovery codes';

/** The audit row of a change of somebody's second factor. */
export const changeEntry = (
  actor: LoadedPerson,
  owner: { globalUserId: string; name: string },
  { call, secondFactor }: { call: Call; secondFactor: SecondFactorChange },
): AuditEntry => ({
  action: 'UserUpdated',
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'USER',
  targets: [{ id: owner.globalUserId, name: owner.name }],
  payload: { changed: ['second factor'], secondFactor },
  requestId: call.id,
});
