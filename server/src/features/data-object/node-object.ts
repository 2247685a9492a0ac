import type { NodeRole } from '@stoa/contract/enums';
import { may } from '@stoa/core/permissions/may';
import { type Actor, type DataObjectObject, nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { nodesAboveOwn, rolesOn } from './held-roles.ts';

/** What `may` looks at of a node. */
export async function loadNodeObject(db: Reader, actor: Actor, id: string): Promise<DataObjectObject> {
  const { rows } = await sql<{ callerRoles: NodeRole[]; isAboveOwn: boolean }>`
    select ${rolesOn(actor, sql`${id}::uuid`)} as "callerRoles", ${id}::uuid in (${nodesAboveOwn(actor)}) as "isAboveOwn"`.execute(
    db,
  );
  return { kind: 'data-object', callerRoles: rows[0]?.callerRoles ?? [], isAboveOwn: rows[0]?.isAboveOwn ?? false };
}

/** Everybody else reads the part of the tree in which they hold a role. */
export const readsWholeTree = (actor: Actor): boolean => may(actor, 'data-object.read', nothing).allowed;
