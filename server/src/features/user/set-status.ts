import { sql } from 'kysely';
import type { AuditActor, AuditEntry } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Call } from '../../http/route.ts';
import { enqueueUser } from '../../provisioning/enqueue-keys.ts';
import { endAccessOfUser } from '../access-request/close-requests.ts';
import { endSessions, endTokens } from './end-credentials.ts';
import type { LoadedPerson } from './load-people.ts';
import { keepLastAdmin } from './replace-permissions.ts';

type Setting = {
  readonly user: LoadedPerson;
  readonly status: LoadedPerson['status'];
  readonly actor: AuditActor;
  /** Whose act it is, when it was a person's. */
  readonly endedBy: string | null;
  /** The provider whose directory says so; null: a person does. */
  readonly source: string | null;
  /** What people of the requests that end will read. */
  readonly reason: string;
  readonly call: Call;
};

/** Enables or disables, with all that ends by it or comes back. Nothing where it is so already. */
export async function setStatus(tx: Tx, after: AfterCommit, setting: Setting): Promise<AuditEntry[]> {
  const { user, status, actor, endedBy, source, reason, call } = setting;
  const { globalUserId, name } = user;
  if (status === user.status) return [];
  const isEnding = status === 'disabled';
  if (isEnding) await keepLastAdmin(tx, globalUserId, user.permissions);
  await sql`update app_user set status = ${status}, disabled_at = ${isEnding ? sql`now()` : null},
      disabled_by = ${isEnding ? source : null}
    where global_user_id = ${globalUserId}`.execute(tx);
  // Both ways: unexpired memberships end with the account and come back with it.
  await enqueueUser(tx, after, { globalUserId, cause: 'user' });
  const entry: Omit<AuditEntry, 'action'> = {
    actor,
    actorIp: call.ip,
    targetType: 'USER',
    targets: [{ id: globalUserId, name }],
    ...(source === null ? {} : { payload: { source } }),
    requestId: call.id,
  };
  if (!isEnding) return [{ ...entry, action: 'UserEnabled' }];
  await endSessions(tx, globalUserId);
  await endTokens(tx, globalUserId);
  await endAccessOfUser(tx, after, { globalUserId, actor, endedBy, reason, how: 'cancel', call });
  const emits = [
    { type: 'stoa.user.deactivated', targetId: globalUserId, data: { user: { globalUserId, name } } } as const,
  ];
  return [{ ...entry, action: 'UserDisabled', emits }];
}
