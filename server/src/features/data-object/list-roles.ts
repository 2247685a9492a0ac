import type { DataObjectRole, DataObjectRoles } from '@stoa/contract/data-object-role';
import { abilitiesOnDataObjectRoles } from '@stoa/core/permissions/abilities';
import type { Actor } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { assetsOver } from '../../provisioning/sources-of-target.ts';
import { readSwitches } from '../../settings-store.ts';
import { presentAbilities } from '../data-product/present-abilities.ts';
import { isReadable } from '../data-source/queries.ts';
import { loadNodeObject } from './node-object.ts';

type Row = Omit<DataObjectRole, 'from' | 'isInherited' | 'grantedBy' | 'grantedAt'> & {
  from_id: string;
  from_path: string[];
  granted_by: string | null;
  granted_by_name: string | null;
  granted_at: Date;
};

/** The roles that hold on a node: those given on it first, then those from above, the nearest first. */
export async function loadRoles(db: Reader, id: string): Promise<DataObjectRole[]> {
  const { rows } = await sql<Row>`
    select r.role, r.principal_type as "principalType", coalesce(r.user_id::text, r.group_id::text) as "principalId",
      coalesce(u.name, g.name) as "principalName", n.id as from_id, n.object_path as from_path,
      r.granted_by, b.name as granted_by_name, r.granted_at
    from data_object_role r join data_object n on n.id = r.data_object_id
      left join app_user u on u.global_user_id = r.user_id left join user_group g on g.id = r.group_id
      left join app_user b on b.global_user_id = r.granted_by
    where r.data_object_id in (${assetsOver(id)})
    order by cardinality(n.object_path) desc, r.role, coalesce(u.name, g.name), coalesce(r.user_id::text, r.group_id::text)`.execute(
    db,
  );
  return rows.map(({ from_id, from_path, granted_by, granted_by_name, granted_at, ...role }) => ({
    ...role,
    from: { id: from_id, objectPath: from_path },
    isInherited: from_id !== id,
    grantedBy: granted_by === null ? null : { globalUserId: granted_by, name: granted_by_name ?? '' },
    grantedAt: granted_at.toISOString(),
  }));
}

/** Who looks after a node and who answers for its data, for whoever sees the node or its data source. */
export async function showRoles(db: Reader, actor: Actor, id: string): Promise<DataObjectRoles> {
  const { showDataProductsToConsumers: areProductsShown } = await readSwitches(db);
  const { rows } = await sql<{ isSourceReadable: boolean }>`
    select exists (select from data_source s where s.data_object_id = o.id and ${isReadable({ actor, areProductsShown })}) as "isSourceReadable"
    from data_object o where o.id = ${id}`.execute(db);
  if (rows[0] === undefined) throw notFound('data object');
  const node = await loadNodeObject(db, actor, id);
  requireMay(actor, 'data-object-role.read', { ...node, kind: 'data-object-roles', ...rows[0] });
  return { data: await loadRoles(db, id), abilities: presentAbilities(abilitiesOnDataObjectRoles(actor)) };
}
