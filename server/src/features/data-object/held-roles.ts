import type { NodeRole } from '@stoa/contract/enums';
import { may } from '@stoa/core/permissions/may';
import { type Actor, nothing, type SomewhereObject } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { requireMay } from '../../http/require.ts';
import { assetsOver } from '../../provisioning/sources-of-target.ts';

// The names in here are used nowhere else: a column of the query around must not be taken for one of these.

/** Whether a row of roles is the actor's: their own, or that of a group of theirs. */
const isTheirs = (actor: Actor): RawBuilder<boolean> => {
  const groups = actor.groups.map((group) => group.id);
  return sql`(held_role.user_id = ${actor.globalUserId} or held_role.group_id = any(${groups}::int[]))`;
};

/** The roles that the actor holds on an object, given there or above it, as an array. */
export const rolesOn = (actor: Actor, objectId: RawBuilder<unknown>): RawBuilder<NodeRole[]> => sql`
  array(select distinct held_role.role from data_object_role held_role
    where ${isTheirs(actor)} and held_role.data_object_id in (${assetsOver(objectId)}))`;

/** Ids of the nodes on which the actor was given a role, or this one, and of everything below them. Where there is none, it reads nothing. */
export const ownNodes = (actor: Actor, role?: NodeRole): RawBuilder<unknown> => sql`
  with recursive own_node (id) as (
    select held_role.data_object_id from data_object_role held_role where ${isTheirs(actor)}
      ${role === undefined ? sql`` : sql`and held_role.role = ${role}`}
    union
    select kid_node.id from own_node join data_object kid_node on kid_node.parent_id = own_node.id
  ) select own_node.id from own_node`;

/** Ids of the nodes above those: the way to them from the top. */
export const nodesAboveOwn = (actor: Actor): RawBuilder<unknown> => sql`
  with recursive way_node (id, parent_id) as (
    select way_start.id, way_start.parent_id from data_object_role held_role
      join data_object way_start on way_start.id = held_role.data_object_id where ${isTheirs(actor)}
    union
    select way_up.id, way_up.parent_id from way_node join data_object way_up on way_up.id = way_node.parent_id
  ) select way_node.id from way_node`;

export async function rolesSomewhere(db: Reader, actor: Actor): Promise<SomewhereObject> {
  const { rows } = await sql<{ role: NodeRole }>`
    select distinct held_role.role from data_object_role held_role where ${isTheirs(actor)} order by 1`.execute(db);
  return { kind: 'somewhere', callerRoles: rows.map((row) => row.role) };
}

/** What menus ask about; that a part of the tree is seen follows from the first two. */
export const roleActions = [
  'data-object.manage',
  'data-object.release',
  'tag.apply',
  'policy.read',
  'policy.author',
  'audit.read',
  'report.read',
] as const;
/** Actions that a role on some node may allow. */
type RoleAction = (typeof roleActions)[number] | 'data-object.read';

/** Goes on when the actor may at all. Roles are read only where nothing else allows it. */
export async function requireMaySomewhere(db: Reader, actor: Actor, action: RoleAction): Promise<void> {
  if (!may(actor, action, nothing).allowed) requireMay(actor, action, await rolesSomewhere(db, actor));
}
