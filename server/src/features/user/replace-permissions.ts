import type { GlobalPermission } from '@stoa/contract/enums';
import { permissionWords } from '@stoa/core/permissions/answer';
import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { keepApart, keptApart, takeTurnWithPermissions } from './keep-apart.ts';

/** Makes the global permissions of a user exactly those wanted; what stays keeps who granted it, and when. */
export async function replacePermissions(
  tx: Tx,
  globalUserId: string,
  change: { held: readonly GlobalPermission[]; wanted: readonly GlobalPermission[]; grantedBy: string },
): Promise<{ added: GlobalPermission[]; removed: GlobalPermission[] }> {
  const added = [...new Set(change.wanted)].filter((p) => !change.held.includes(p));
  const removed = change.held.filter((p) => !change.wanted.includes(p));
  if (removed.length > 0) {
    await tx
      .deleteFrom('global_permission')
      .where('global_user_id', '=', globalUserId)
      .where('permission', 'in', removed)
      .execute();
  }
  if (added.length > 0) {
    await tx
      .insertInto('global_permission')
      .values(added.map((permission) => ({ global_user_id: globalUserId, permission, granted_by: change.grantedBy })))
      .execute();
    if (added.some((permission) => keptApart.some((one) => one === permission))) await keepApart(tx, globalUserId);
  }
  return { added, removed };
}

const indispensable = ['USER_ADMIN', 'APPLICATION_ADMIN'] as const;
const work = { USER_ADMIN: 'manage users', APPLICATION_ADMIN: 'manage the application' } as const;

/**
 * Refuses to take the last active user admin or application admin away, and of those who have a password where providers sign in others. The lock puts all such changes in a row: two
 * admins who remove each other at once would otherwise both find the other one still there.
 */
export async function keepLastAdmin(tx: Tx, globalUserId: string, losing: readonly GlobalPermission[]): Promise<void> {
  const atStake = indispensable.filter((permission) => losing.includes(permission));
  if (atStake.length === 0) return;
  await takeTurnWithPermissions(tx);
  // Where providers sign people in, somebody gets in by a password of their own when these are down.
  const { rows } = await sql<{ permission: string; isLocal: boolean; isNeeded: boolean }>`
    select p.permission, bool_or(u.password_hash is not null) as "isLocal",
      exists (select from identity_provider) and (select l.password_hash is not null from app_user l
        where l.global_user_id = ${globalUserId}) as "isNeeded"
    from global_permission p join app_user u on u.global_user_id = p.global_user_id
    where u.status = 'active' and p.permission = any(${atStake}::text[]) and p.global_user_id <> ${globalUserId}
    group by p.permission`.execute(tx);
  const left = rows.filter((row) => row.isLocal || !row.isNeeded);
  const orphaned = atStake.find((permission) => !left.some((row) => row.permission === permission));
  if (orphaned === undefined) return;
  const isOther = rows.some((row) => row.permission === orphaned);
  throw new Refusal('user.last_admin', {
    detail: `This is the last active person ${isOther ? 'with a password of Stoa ' : ''}who can ${work[orphaned]}. Nothing was changed; give ${permissionWords(orphaned)} to someone else first.`,
    extra: { permission: orphaned },
  });
}
