import type { ParentFacts, ParentSchema } from '@stoa/core/access/model';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { leafTypes } from './crawl-tree.ts';
import { hasDataPolicies, viewedConnections } from './load-mask-facts.ts';

type SchemaRow = ParentSchema & { targetId: string };
type Rows = {
  parents: string[] | null;
  schemas: SchemaRow[] | null;
  withheld: { targetId: string; ids: string[] }[] | null;
};

/**
 * What assets of schemas and databases cover beside their sources; targets that are products or single objects are not in
 * the answer. Objects that stand on the platform and are no data source are told, so that nothing takes them for new.
 */
export async function loadParents(db: Reader, targetIds: readonly string[]): Promise<Map<string, ParentFacts>> {
  if (targetIds.length === 0) return new Map();
  const { rows } = await sql<Rows>`
    with recursive parent as (
      select o.id from data_object o where o.id = any(${[...targetIds]}::uuid[]) and o.object_type <> all(${leafTypes}::text[])
    ), below as (
      select o.id as target_id, o.id, o.connection_id, o.platform_id, o.object_path, o.object_type, o.effective_state, o.hold, o.missing_since
      from parent join data_object o on o.id = parent.id
      union all
      select b.target_id, o.id, o.connection_id, o.platform_id, o.object_path, o.object_type, o.effective_state, o.hold, o.missing_since
      from below b join data_object o on o.parent_id = b.id and o.missing_since is null
    ), schema as (
      select b.*, coalesce(f.setting, 'auto') as setting from below b left join asset_future_objects f on f.data_object_id = b.target_id
      where b.object_type = 'schema' and b.platform_id is not null and b.missing_since is null
    )
    select (select array_agg(id::text) from parent) as parents,
      (select json_agg(json_build_object('targetId', s.target_id, 'platformId', s.platform_id, 'objectPath', s.object_path,
          'syncReason', case when s.setting = 'sync' then 'future.setting' when (select ${hasDataPolicies}) or s.connection_id in (${viewedConnections}) then 'future.policy'
            when s.hold is not null or not ${opensNewObjects} then 'future.new_objects_disabled' end))
        from schema s) as schemas,
      (select json_agg(json_build_object('targetId', w.target_id, 'ids', w.ids)) from (
        select b.target_id, array_agg(b.platform_id) as ids from below b
        where b.object_type = any(${leafTypes}::text[]) and b.platform_id is not null
          and not exists (select from data_source s where s.data_object_id = b.id)
        group by b.target_id) w) as withheld`.execute(db);
  const { parents, schemas, withheld } = rows[0] ?? { parents: null, schemas: null, withheld: null };
  const withheldOf = new Map((withheld ?? []).map((row) => [row.targetId, row.ids]));
  const schemasOf = new Map<string, ParentSchema[]>();
  for (const { targetId, ...schema } of schemas ?? []) {
    const list = schemasOf.get(targetId);
    if (list) list.push(schema);
    else schemasOf.set(targetId, [schema]);
  }
  return new Map(
    (parents ?? []).map((id) => [id, { schemas: schemasOf.get(id) ?? [], withheld: withheldOf.get(id) ?? [] }]),
  );
}

/** What a crawl finds new in schema `s` will be enabled: by the first state for new children that is not left to the parent. */
const opensNewObjects = sql<boolean>`(
  with recursive up (parent_id, new_child_state, height) as (
    select o.parent_id, o.new_child_state, 0 from data_object o where o.id = s.id
    union all
    select p.parent_id, p.new_child_state, up.height + 1 from up join data_object p on p.id = up.parent_id
    where up.new_child_state = 'inherit'
  )
  select case up.new_child_state when 'inherit' then s.effective_state else up.new_child_state end = 'enabled'
  from up order by up.height desc limit 1)`;
