import type { Exposure } from '@stoa/contract/enums';
import { sourceFacts } from '@stoa/core/condition/facts';
import type { ColumnFamily, GovernedSource } from '@stoa/core/masking/model';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { loadTagFacts } from '../features/tag/load-tag-facts.ts';

/** Any data policy in force: one look into a partial index. */
export const hasDataPolicies: RawBuilder<boolean> = sql<boolean>`exists (select from policy p
  where p.type = 'data' and p.state = 'active' and not p.protected and p.deleted_at is null)`;

/** Ids of the connections on which something is read through a view in any case; two small looks, once per statement. */
export const viewedConnections: RawBuilder<unknown> = sql`
  select viewed.id from connection viewed where viewed.settings ->> 'exposure' = 'views'
  union all select viewed_node.connection_id from data_object viewed_node where viewed_node.exposure = 'views'`;

/** What a connection has of masks; `isConcerned` false: there is nothing to look at, and nothing ever was. */
export type MaskPlace = {
  readonly isConcerned: boolean;
  readonly hasPolicies: boolean;
  /** Some sources are read through a view whether or not a policy acts on them. */
  readonly hasViews: boolean;
  readonly technology: string;
};

export async function readMaskPlace(db: Reader, connectionId: string): Promise<MaskPlace> {
  const { rows } = await sql<{ concerned: boolean; policies: boolean; views: boolean; technology: string }>`
    select ${hasDataPolicies} as policies, c.technology, c.id in (${viewedConnections}) as views,
      exists (select from source_protection s where s.connection_id = c.id)
        or exists (select from exemption_status e where e.connection_id = c.id and e.state <> 'REMOVED') as concerned
    from connection c where c.id = ${connectionId}`.execute(db);
  const row = rows[0];
  const { policies: hasPolicies = false, views: hasViews = false } = row ?? {};
  return {
    isConcerned: hasPolicies || hasViews || (row?.concerned ?? false),
    hasPolicies,
    hasViews,
    technology: row?.technology ?? '',
  };
}

type ColumnRow = { ordinal: number; name: string; nativeType: string; family: ColumnFamily };
type SourceRow = {
  id: number;
  connectionKey: string;
  hostname: string | null;
  objectPath: string[];
  platformId: string | null;
  domains: string[];
  columns: ColumnRow[] | null;
  parentId: string | null;
  ownExposure: Exposure | null;
};

export type MaskSource = { readonly source: GovernedSource; readonly platformId: string | null };

/** Every enabled data source of a connection, or some, with columns and tags, as data policies see it. */
export async function loadMaskSources(
  db: Reader,
  connectionId: string,
  sourceIds?: readonly number[],
): Promise<MaskSource[]> {
  const only = sourceIds === undefined ? sql`true` : sql`s.id = any(${[...sourceIds]}::int[])`;
  const { rows } = await sql<SourceRow>`
    select s.id, c.connection_key as "connectionKey", c.config ->> 'host' as hostname, o.object_path as "objectPath",
      case when o.missing_since is null then o.platform_id end as "platformId",
      o.parent_id as "parentId", o.exposure as "ownExposure",
      array(select d.domain_id::text from domain_data_source d where d.data_source_id = s.id) as domains,
      (select json_agg(json_build_object('ordinal', k.ordinal, 'name', k.name, 'nativeType', k.native_type, 'family', k.type_family) order by k.ordinal)
        from data_source_column k where k.data_source_id = s.id) as columns
    from data_source s join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id
    where s.connection_id = ${connectionId} and s.enabled and ${only} order by s.id`.execute(db);
  const tags = await loadTagFacts(db, connectionId, sourceIds);
  const exposureOf = await loadExposures(db, connectionId);
  return rows.map(({ id: dataSourceId, columns, domains, platformId, parentId, ownExposure, ...row }) => {
    const ofColumns = tags.columns.get(dataSourceId);
    const facts = sourceFacts({
      ...row,
      dataSourceId,
      tags: tags.sources.get(dataSourceId) ?? [],
      columns: (columns ?? []).map(({ name }) => ({ name, tags: ofColumns?.get(name) ?? [] })),
    });
    return {
      platformId,
      source: {
        facts,
        domainIds: new Set(domains),
        exposure: ownExposure ?? exposureOf(parentId),
        columns: (columns ?? []).map((column, at) => ({
          ...column,
          tags: facts.columns[at]?.tags ?? new Set<string>(),
        })),
      },
    };
  });
}

/** How what lies below a node is read: as the node says, or the nearest above it that says anything, or the connection. */
async function loadExposures(db: Reader, connectionId: string): Promise<(nodeId: string | null) => Exposure> {
  const { rows } = await sql<{ id: string | null; parentId: string | null; exposure: Exposure | null }>`
    select null::uuid as id, null::uuid as "parentId", c.settings ->> 'exposure' as exposure from connection c where c.id = ${connectionId}
    union all
    select o.id, o.parent_id, o.exposure from data_object o where o.connection_id = ${connectionId} and o.object_type in ('database', 'schema')
      and exists (select from data_object said where said.connection_id = ${connectionId} and said.exposure is not null)`.execute(
    db,
  );
  const nodes = new Map(rows.map((row) => [row.id, row]));
  return (nodeId) => {
    let node = nodes.get(nodeId);
    while (node !== undefined && node.exposure === null && node.id !== null) node = nodes.get(node.parentId);
    return node?.exposure ?? nodes.get(null)?.exposure ?? 'auto';
  };
}
