import type { Protection, Source, Target } from '@stoa/core/access/model';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { hasDataPolicies, viewedConnections } from './load-mask-facts.ts';
import { assetsOver } from './sources-of-target.ts';

export type ListedSources = { listed: ReadonlyMap<string, Target['sources']>; sources: Source[] };

/** The sources of one target, column by column: a row for each would be most of what publishing a large product costs. */
type SourceColumns = {
  target: string;
  ids: number[];
  platformIds: (string | null)[];
  schemaIds: (string | null)[];
  paths: string[][];
  types: string[];
  owners: (string | null)[];
  enabled: boolean[];
  held: boolean[];
  missing: boolean[];
  /** Of a source that a data policy acts on: the view that it is read through, or nobody reads it. */
  protections: (Protection | null)[];
};
type Loaded = {
  targets: SourceColumns[] | null;
  /** The sources of each product that are in none of its domains. */
  outside: { target: string; ids: number[] }[] | null;
};

/** The targets asked about; with `source`, of this one data source alone. */
type Asked = { targetIds: readonly string[]; source?: number };

/** What the targets give, as `below` for assets (what is below them on the platform) and `product_source` for products. */
const listings = (targetIds: readonly string[]): RawBuilder<unknown> => sql`
    below (target_id, id) as (
      select o.id, o.id from data_object o where o.id = any(${targetIds}::uuid[])
      union all
      select b.target_id, k.id from below b cross join lateral (
        select o.id from data_object o where o.parent_id = b.id and o.missing_since is null offset 0) k
    ), product_source as (select * from data_product_source p where p.data_product_id = any(${targetIds}::uuid[]))`;

/** The same of one data source alone: it is looked for from below, so that a large asset costs no more than a small one. */
const listingsOf = (targetIds: readonly string[], dataSourceId: number): RawBuilder<unknown> => sql`
    below (target_id, id) as (
      select a.id, s.data_object_id from data_source s, lateral (${assetsOver(sql`s.data_object_id`)}) a
      where s.id = ${dataSourceId} and a.id = any(${targetIds}::uuid[])
    ), product_source as (select * from data_product_source p
      where p.data_product_id = any(${targetIds}::uuid[]) and p.data_source_id = ${dataSourceId})`;

/**
 * How a source `s` is exposed, by its row `sp` of `source_protection`. While a data policy is in force, or something on the connection
 * is to be read through views alone, one that was not judged yet is read by nobody: it may be just what that is about.
 */
export const protectionJson: RawBuilder<Protection | null> = sql`case
  when sp.state = 'view' then json_build_object('view', json_build_object('platformId', sp.view_id, 'schemaPlatformId', sp.view_schema_id,
    'objectPath', sp.view_path, 'ownerPlatformId', sp.view_owner_id))
  when sp.state = 'closed' or (sp.state is null and ((select ${hasDataPolicies}) or s.connection_id in (${viewedConnections}))) then json_build_object('view', null) end`;

/** The sources of so many targets are looked up each by its key. */
const fewTargets = 16;

/** What targets give on one connection, and whether it has left the domains of its product. An asset has none to leave. */
export async function loadSources(
  db: Reader,
  connectionId: string,
  { targetIds, source }: Asked,
): Promise<ListedSources> {
  if (targetIds.length === 0) return { listed: new Map(), sources: [] };
  // The planner takes whatever might lie below a target for nearly everything, and would read the whole platform for one product.
  const oneByOne = targetIds.length <= fewTargets ? sql`offset 0` : sql``;
  const { rows } = await sql<Loaded>`
    with recursive ${source === undefined ? listings(targetIds) : listingsOf(targetIds, source)}, listed as materialized (
      select p.data_product_id as target_id, p.data_source_id as id, true as is_product from product_source p
      union all select b.target_id, s.id, false from below b cross join lateral (
        select d.id from data_source d where d.data_object_id = b.id ${oneByOne}) s
    )
    select (select json_agg(t) from (
        select l.target_id as target, json_agg(l.id) as ids, json_agg(x.platform_id) as "platformIds", json_agg(x.schema_id) as "schemaIds",
          json_agg(x.object_path) as paths, json_agg(x.object_type) as types, json_agg(x.owner_platform_id) as owners,
          json_agg(x.enabled) as enabled, json_agg(x.held) as held, json_agg(x.missing) as missing, json_agg(x.protection) as protections
        from listed l cross join lateral (
          select o.platform_id, parent.platform_id as schema_id, o.object_path, o.object_type, o.owner_platform_id, s.enabled, o.hold is not null as held,
            o.missing_since is not null or o.platform_id is null as missing, ${protectionJson} as protection
          from (select * from data_source one where one.id = l.id ${oneByOne}) s
            join data_object o on o.id = s.data_object_id left join data_object parent on parent.id = o.parent_id
            left join source_protection sp on sp.data_source_id = s.id
          where s.connection_id = ${connectionId} ${oneByOne}) x
        group by l.target_id) t) as targets,
      (select json_agg(o) from (
        select l.target_id as target, json_agg(l.id) as ids from listed l where l.is_product and not exists (
          select from domain_data_source d where d.data_source_id = l.id and d.domain_id = any(array(
            select pd.domain_id from data_product_domain pd where pd.data_product_id = l.target_id)) offset 0)
        group by l.target_id) o) as outside`.execute(db);
  const outside = new Map((rows[0]?.outside ?? []).map(({ target, ids }) => [target, new Set(ids)]));
  const listed = new Map<string, Target['sources']>();
  const sources = new Map<number, Source>();
  for (const columns of rows[0]?.targets ?? []) {
    listed.set(
      columns.target,
      columns.ids.map((dataSourceId) => ({
        dataSourceId,
        outOfDomain: outside.get(columns.target)?.has(dataSourceId) === true,
      })),
    );
    for (const [n, id] of columns.ids.entries()) if (!sources.has(id)) sources.set(id, sourceAt(columns, n, id));
  }
  return { listed, sources: [...sources.values()] };
}

const sourceAt = (columns: SourceColumns, n: number, dataSourceId: number): Source => ({
  dataSourceId,
  platformId: columns.platformIds[n] ?? '',
  schemaPlatformId: columns.schemaIds[n] ?? '',
  objectPath: columns.paths[n] ?? [],
  objectType: columns.types[n] ?? '',
  ownerPlatformId: columns.owners[n] ?? null,
  enabled: columns.enabled[n] ?? false,
  hold: columns.held[n] ?? true,
  missing: columns.missing[n] ?? true,
  ...(columns.protections[n] == null ? {} : { protection: columns.protections[n] }),
});
