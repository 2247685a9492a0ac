import { sql } from 'kysely';
import type { AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';

export type LockedGroup = { id: number; name: string; email: string | null };
/** Who changes which group, and by which call. */
export type GroupChange<Body = undefined> = { actor: LoadedPerson; id: number; body: Body; call: Call };

export async function lockGroup(tx: Tx, id: number): Promise<LockedGroup> {
  const { rows } = await sql<LockedGroup>`select id, name, email from user_group where id = ${id} for update`.execute(
    tx,
  );
  const group = rows[0];
  if (!group) throw notFound('group');
  return group;
}

export const groupEntry = (
  { actor, call }: Pick<GroupChange, 'actor' | 'call'>,
  group: Pick<LockedGroup, 'id' | 'name'>,
): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'GROUP',
  targets: [{ id: String(group.id), name: group.name }],
  requestId: call.id,
});
