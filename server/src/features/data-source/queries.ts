import type { DataSource, DataSourceColumn } from '@stoa/contract/data-source';
import type { NodeRole, Technology } from '@stoa/contract/enums';
import type { Actor } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import { maskOfColumn } from '../masking-exception/mask-of-column.ts';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { isUsable } from '../data-product/caller-access.ts';
import { ownNodes, rolesOn } from '../data-object/held-roles.ts';
import { highestLevel } from '../tag/sensitivity.ts';
import { onNode, sourcesTagged, tagsOfColumns, tagsOfSources } from '../tag/stored-tags.ts';
import { assetsOver } from '../../provisioning/sources-of-target.ts';

type SourceRow = {
  id: number;
  name: string;
  data_object_id: string;
  connection_key: string;
  technology: Technology;
  object_path: string[];
  object_type: string;
  comment: string | null;
  column_count: number;
  domains: { id: string; name: string }[];
  products: { id: string; name: string; slug: string }[];
  product_count: number;
  tags: string[];
  sensitivity: 'low' | 'moderate' | 'high' | null;
  enabled: boolean;
  protection: 'open' | 'view' | 'closed';
  protection_reason: string | null;
  view_path: string[] | null;
  missing_since: Date | null;
  is_usable: boolean;
  last_sync_at: Date | null;
  last_proof_at: Date | null;
  open_findings: number;
  is_mine: boolean;
  caller_roles: NodeRole[];
  created_at: Date;
  updated_at: Date;
};

/** Who looks, and whether products are shown to everybody: both decide what is listed. */
export type Viewer = { actor: Actor; areProductsShown: boolean };

/** Of a source that very many products share, a list names a few; `productCount` counts them. */
const productsOfRow = 20;
const productsOfOne = 1_000;

/** Each product that holds a source is a tag on it. */
const tagsAtMost = 100;

type Shown = Viewer & { productsAtMost: number };

/** A page of ids is cut first, so that what is counted and joined here belongs to its rows alone. */
const selectSources = (inner: RawBuilder<unknown>, { productsAtMost, ...viewer }: Shown) => {
  const { actor } = viewer;
  const knows = knowsProduct(viewer);
  return sql<SourceRow>`
  select s.id, s.name, s.data_object_id, c.connection_key, c.technology, o.object_path, o.object_type, o.comment, s.enabled,
    coalesce(sp.state, 'open') as protection, sp.reason as protection_reason, sp.view_path,
    o.missing_since, ${isUsable} as is_usable, s.created_at, s.updated_at,
    (select count(*)::int from data_source_column k where k.data_source_id = s.id) as column_count,
    (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name), '[]')
       from domain_data_source ds join domain d on d.id = ds.domain_id where ds.data_source_id = s.id) as domains,
    held.products, held.count as product_count,
    array(select t.name from (${tagsOfSources(sql`array[page.id]`, knows)}) t order by t.name limit ${tagsAtMost}) as tags,
    ${highestLevel(sql`
         select own.tag_id from tag_application own where own.data_object_id = s.data_object_id and not own.disabled
         union all select a.tag_id from (${assetsOver(sql`s.data_object_id`)}) up cross join lateral (${onNode(sql`up.id`)}) a`)} as sensitivity,
    (select max(w.finished_at) from crawl w where w.connection_id = s.connection_id and w.status = 'SUCCEEDED') as last_sync_at,
    (select max(k.verified_at) from (select ps.data_product_id as id from data_product_source ps where ps.data_source_id = s.id
         union all (${assetsOver(sql`s.data_object_id`)})) t
       join container_object k on k.connection_id = s.connection_id and k.target_id = t.id and k.data_source_id = s.id) as last_proof_at,
    (select count(*)::int from drift_finding f where f.connection_id = s.connection_id and f.closed_at is null
       and f.object = array_to_string(o.object_path, '.')) as open_findings,
    exists (select from access_request r where r.beneficiary = ${actor.globalUserId} and r.status = 'APPROVED'
      and r.type = 'DATA_ACCESS' and (r.expiration is null or r.expiration > now()) and (r.asset_id in (${assetsOver(sql`s.data_object_id`)})
        or exists (select from data_product_source ps where ps.data_source_id = s.id and ps.data_product_id = r.data_product_id))) as is_mine,
    ${rolesOn(actor, sql`s.data_object_id`)} as caller_roles
  from (${inner}) page join data_source s on s.id = page.id join data_object o on o.id = s.data_object_id
    join connection c on c.id = s.connection_id left join source_protection sp on sp.data_source_id = s.id
    cross join lateral (
      select count(*)::int as count, coalesce(json_agg(json_build_object('id', w.id, 'name', w.name, 'slug', w.slug) order by w.n)
        filter (where w.n <= ${productsAtMost}), '[]') as products
      from (select p.id, p.name, p.slug, row_number() over (order by p.name, p.id) as n
        from data_product_source ps join data_product p on p.id = ps.data_product_id and p.deleted_at is null
        where ps.data_source_id = s.id and ${knows}) w) held
  order by s.name, s.id`;
};

const domainIdsOf = (actor: Actor): string[] => [...new Set(actor.domainPermissions.map((d) => d.domainId))];
const readsEverything = (actor: Actor): boolean =>
  actor.permissions.some((p) => p === 'GOVERNANCE' || p === 'APPLICATION_ADMIN' || p === 'AUDIT');

const mayKnowProduct = (actor: Actor) => sql`(${readsEverything(actor)}
  or exists (select from data_product_domain pd where pd.data_product_id = p.id and pd.domain_id = any(${domainIdsOf(actor)}::uuid[])))`;

/** Whether the reader may know that there is a product `p`. */
export const knowsProduct = ({ actor, areProductsShown }: Viewer) =>
  sql<boolean>`(${areProductsShown} or ${mayKnowProduct(actor)})`;

/** The rule `data-source.read` of core as a condition, since a page and its total cannot be cut after the query. */
export const isReadable = ({ actor, areProductsShown }: Viewer) =>
  readsEverything(actor)
    ? sql`true`
    : sql`((${areProductsShown} and exists (select from data_product_source ps join data_product p on p.id = ps.data_product_id
            where ps.data_source_id = s.id and p.deleted_at is null))
        or exists (select from domain_data_source d where d.data_source_id = s.id and d.domain_id = any(${domainIdsOf(actor)}::uuid[]))
        or s.data_object_id in (${ownNodes(actor)}))`;

export type SourceFilter = {
  connectionKey?: string | undefined;
  domainId?: string | undefined;
  searchText?: string | undefined;
  tag?: readonly string[] | undefined;
};

export async function listSources(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  viewer: Viewer,
  query: SourceFilter & { offset: number; limit: number },
): Promise<{ rows: SourceRow[]; total: number }> {
  const { tag, ...rest } = query;
  const conditions = conditionsOf(viewer, rest);
  // Read once and first: the count and the page would each find them anew.
  if (tag !== undefined && tag.length > 0)
    conditions.push(sql`s.id = any(${await readTagged(deps.db, viewer, tag)}::int[])`);
  const list: List = {
    from: sql`data_source s`,
    where: sql.join(conditions, sql` and `),
    order: [
      { value: sql`s.name`, type: 'text' },
      { value: sql`s.id`, type: 'integer' },
    ],
  };
  const { total, keys } = await readPage(deps, list, query);
  if (keys.length === 0) return { rows: [], total };
  const ids = keys.map((key) => Number(key.at(-1)));
  const { rows } = await selectSources(sql`select unnest(${ids}::int[]) as id`, {
    ...viewer,
    productsAtMost: productsOfRow,
  }).execute(deps.db);
  return { rows, total };
}

async function readTagged(db: Reader, viewer: Viewer, names: readonly string[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`${sourcesTagged(names, knowsProduct(viewer))}`.execute(db);
  return rows.map((row) => row.id);
}

export function conditionsOf(viewer: Viewer, filter: SourceFilter): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [isReadable(viewer)];
  const { connectionKey, domainId, searchText = '', tag } = filter;
  if (connectionKey !== undefined)
    conditions.push(sql`s.connection_id = (select id from connection where connection_key = ${connectionKey})`);
  if (domainId !== undefined)
    conditions.push(sql`s.id in (select data_source_id from domain_data_source where domain_id = ${domainId})`);
  if (searchText !== '') {
    const pattern = likePattern(searchText);
    conditions.push(sql`(s.name ilike ${pattern}
      or exists (select from data_object o where o.id = s.data_object_id and o.comment ilike ${pattern})
      or exists (select from data_source_column k where k.data_source_id = s.id and k.name ilike ${pattern}))`);
  }
  if (tag !== undefined && tag.length > 0) conditions.push(sql`s.id in (${sourcesTagged(tag, knowsProduct(viewer))})`);
  return conditions;
}

export async function readSource(db: Reader, viewer: Viewer, id: number): Promise<SourceRow | undefined> {
  const { rows } = await selectSources(sql`select ${id}::int as id`, {
    ...viewer,
    productsAtMost: productsOfOne,
  }).execute(db);
  return rows[0];
}

/** What the rule about one source asks for. */
export async function isInPublishedProduct(db: Reader, id: number): Promise<boolean> {
  const { rows } = await sql`select from data_product_source ps join data_product p on p.id = ps.data_product_id
    where ps.data_source_id = ${id} and p.deleted_at is null limit 1`.execute(db);
  return rows.length > 0;
}

export async function columnsOf(db: Reader, id: number): Promise<DataSourceColumn[]> {
  const { rows } = await sql<DataSourceColumn>`
    select k.name, k.ordinal, k.native_type as "nativeType", k.type_family as "typeFamily", k.nullable, k.comment,
      coalesce(own.tags, '{}') as tags, ${maskOfColumn} as mask
    from data_source_column k join data_source_column c on c.data_source_id = k.data_source_id and c.name = k.name left join (
      select t.column_name, array_agg(t.name order by t.name) as tags from (${tagsOfColumns(sql`array[${id}::int]`)}) t group by 1
    ) own on own.column_name = k.name
    where k.data_source_id = ${id} order by k.ordinal`.execute(db);
  return rows;
}

/** What policies ask of a source and what stands of it; of one that is not on the platform nothing is known. */
function policyStateOf({ protection, protection_reason: reason, missing_since }: SourceRow): DataSource['policyState'] {
  if (missing_since !== null) return undefined;
  if (protection === 'closed') return reason === 'protection.not_enforceable' ? 'NOT_ENFORCEABLE' : 'PENDING';
  return reason === null ? 'COMPLIANT' : 'PENDING';
}

export const presentSource = (row: SourceRow): DataSource => {
  const policyState = policyStateOf(row);
  return {
    id: row.id,
    name: row.name,
    dataObjectId: row.data_object_id,
    connectionKey: row.connection_key,
    technology: row.technology,
    objectPath: row.object_path,
    objectType: row.object_type,
    comment: row.comment,
    columnCount: row.column_count,
    domains: row.domains,
    products: row.products,
    productCount: row.product_count,
    tags: row.tags,
    sensitivity: row.sensitivity,
    disabled: !row.enabled,
    missingSince: row.missing_since?.toISOString() ?? null,
    health: {
      ...(row.last_sync_at === null ? {} : { lastSyncAt: row.last_sync_at.toISOString() }),
      ...(row.last_proof_at === null ? {} : { lastProofAt: row.last_proof_at.toISOString() }),
      openFindings: row.open_findings,
    },
    exposedPath: row.is_usable ? (row.protection === 'open' ? row.object_path : row.view_path) : null,
    ...(policyState === undefined ? {} : { policyState }),
    status: row.is_mine ? 'SUBSCRIBED' : 'NONE',
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
};
