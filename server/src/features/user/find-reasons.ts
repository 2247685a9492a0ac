import type { UserDetail } from '@stoa/contract/user';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { directoryOf, linksOf } from '../provider-sign-in/said.ts';

type Reasons = Pick<UserDetail, 'permissionGrants' | 'heldAttributes' | 'memberships' | 'signInLinks' | 'keptBy'>;
type Held = { name: string; value: string; source: string; groupId: number | null; groupName: string | null };

/** Why a person is and may what they are and may: who gave it, when, and which group brings it. */
export async function findReasons(db: Reader, globalUserId: string): Promise<Reasons> {
  const granted = await sql<{
    permission: Reasons['permissionGrants'][number]['permission'];
    by: string | null;
    at: Date;
  }>`
    select p.permission, b.name as by, p.granted_at as at from global_permission p
      left join app_user b on b.global_user_id = p.granted_by
    where p.global_user_id = ${globalUserId} order by p.permission`.execute(db);
  const held = await sql<Held>`
    select a.name, a.value, a.source, g.id as "groupId", g.name as "groupName" from attribute a
      left join user_group g on a.principal_type = 'group' and g.id::text = a.principal_id
    where (a.principal_type = 'user' and a.principal_id = ${globalUserId})
      or (a.principal_type = 'group' and a.principal_id in (
        select m.group_id::text from group_member m where m.global_user_id = ${globalUserId}))
    order by a.name, a.value, g.name nulls first`.execute(db);
  const joined = await sql<{ groupId: number; name: string; since: Date; addedBy: string | null; source: string }>`
    select g.id as "groupId", g.name, m.added_at as since, b.name as "addedBy", m.source from group_member m
      join user_group g on g.id = m.group_id left join app_user b on b.global_user_id = m.added_by
    where m.global_user_id = ${globalUserId} order by g.name`.execute(db);
  return {
    permissionGrants: granted.rows.map(({ permission, by, at }) => ({
      permission,
      grantedBy: by,
      grantedAt: at.toISOString(),
    })),
    heldAttributes: held.rows.map(({ name, value, source, groupId, groupName }) => ({
      name,
      value,
      source,
      ...(groupId === null || groupName === null ? {} : { viaGroup: { id: groupId, name: groupName } }),
    })),
    memberships: joined.rows.map((row) => ({ ...row, since: row.since.toISOString() })),
    signInLinks: await linksOf(db, globalUserId),
    keptBy: await directoryOf(db, globalUserId),
  };
}
