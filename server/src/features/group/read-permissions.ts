import type { GroupPermissions } from '@stoa/contract/group-permission';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { policiesNaming } from '../policy/policies-naming.ts';
import { flowsThatName } from './delete-group.ts';

/** What a group gives: what is granted to it, whose requests it decides, and what policies make of being in it. */
export async function findGroupPermissions(db: Reader, id: number): Promise<GroupPermissions> {
  const { rows } = await sql<{ id: number; name: string }>`select id, name from user_group where id = ${id}`.execute(
    db,
  );
  const group = rows[0];
  if (group === undefined) throw notFound('group');
  const granted = await sql<Omit<GroupPermissions['domainPermissions'][number], 'grantedAt'> & { grantedAt: Date }>`
    select p.domain_id as "domainId", d.name as "domainName", p.permission, p.granted_at as "grantedAt", u.name as "grantedBy"
    from domain_permission p join domain d on d.id = p.domain_id left join app_user u on u.global_user_id = p.granted_by
    where p.group_id = ${id} order by d.name, p.permission`.execute(db);
  return {
    domainPermissions: granted.rows.map((row) => ({ ...row, grantedAt: row.grantedAt.toISOString() })),
    reviews: await flowsThatName(db, group),
    policies: await policiesNaming(db, 'group', group.name),
    access: await accessBehind(db, group),
  };
}

/** The containers of policies that ask about the group: their sources, and which members were seen in them. */
async function accessBehind(db: Reader, group: { id: number; name: string }): Promise<GroupPermissions['access']> {
  const { rows } = await sql<GroupPermissions['access'][number]>`
    with part as materialized (
      select p.connection_id, p.target_id, p.part from container_part p
        join container c on c.connection_id = p.connection_id and c.target_id = p.target_id and c.kind = 'po'
      where p.asks && ${[`group:${group.name.normalize('NFC')}`]}::text[] and p.key is not null
    )
    select c.connection_key as "connectionKey",
      (select count(distinct o.data_source_id) from part p join container_object o
        on o.connection_id = p.connection_id and o.target_id = p.target_id and o.part = p.part
        where p.connection_id = c.id)::int as "sourceCount",
      (select count(distinct m.global_user_id) from part p join policy_member m
        on m.connection_id = p.connection_id and m.target_id = p.target_id and m.part = p.part
        join group_member g on g.global_user_id = m.global_user_id and g.group_id = ${group.id}
        where p.connection_id = c.id)::int as "memberCount"
    from connection c where c.id in (select connection_id from part) order by c.connection_key`.execute(db);
  return rows;
}
