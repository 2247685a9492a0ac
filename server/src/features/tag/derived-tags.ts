import { tagRoots } from '@stoa/core/tags/system-tags';
import { type RawBuilder, sql } from 'kysely';

/**
 * Connection tags and system tags (governance.md 4): protected, and never stored, since they say where a source lies and
 * what it is published in. A dot inside a segment is written `\.`.
 */
const segment = (value: RawBuilder<string>): RawBuilder<string> => sql`replace(${value}, '.', '\\.')`;
const root = (of: keyof typeof tagRoots): RawBuilder<string> => sql.lit(`${tagRoots[of]}.`);

/** Of a connection `c`. */
export const connectionName = sql<string>`${root('connection')} || c.technology || '.' || ${segment(sql`c.connection_key`)}`;
/** Of a node `o` on a connection `c`. */
export const nodeName = sql<string>`${connectionName} || '.' || (
  select string_agg(${segment(sql`part`)}, '.' order by n) from unnest(o.object_path) with ordinality as p (part, n))`;
const productName = sql<string>`${root('product')} || p.id`;
const objectName = sql<string>`${root('object')} || o.id`;

/** The columns of every list of tags: what follows from a thing has no description and nobody who made it. */
const columns = (tag: RawBuilder<unknown>, name: RawBuilder<string>, kind: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`${tag} as id, ${name} as name, ${kind}, true as protected, null::text as description, null::integer as created_by`;
const ofConnection = (hasLeaves: boolean) => sql`'connection' as source, ${sql.lit(hasLeaves)} as has_leaf_nodes`;
const ofSystem = sql`'system' as source, false as has_leaf_nodes`;

/** Every tag that is derived, with the time of what it stands for; `knows` says of a product `p` whether the reader may know it. */
export const derivedTags = (knows: RawBuilder<boolean>): RawBuilder<unknown> => sql`
  select ${columns(sql`c.tag_id`, connectionName, ofConnection(true))}, c.created_at, c.updated_at from connection c
  union all
  select ${columns(sql`o.tag_id`, nodeName, sql`'connection' as source, o.object_type = 'database' as has_leaf_nodes`)}, o.created_at, o.updated_at
  from data_object o join connection c on c.id = o.connection_id where o.object_type in ('database', 'schema')
  union all
  select ${columns(sql`p.tag_id`, productName, ofSystem)}, p.created_at, p.updated_at from data_product p where p.deleted_at is null and ${knows}
  union all
  select ${columns(sql`o.tag_id`, objectName, ofSystem)}, o.created_at, o.updated_at
  from data_object o where exists (select from container k where k.target_id = o.id and k.kind = 'as')
    and exists (select from data_source s where s.data_object_id = o.id)`;

/** The derived tags on data sources; `ids` is an array of their ids, and may name an `s` of the query around. Each lies in one schema, and carries its connection tag. */
export const derivedTagsOfSources = (ids: RawBuilder<unknown>, knows: RawBuilder<boolean>): RawBuilder<unknown> => sql`
  select own.id as data_source_id, ${columns(sql`o.tag_id`, nodeName, ofConnection(false))}, o.created_at, o.updated_at
  from data_source own join data_object leaf on leaf.id = own.data_object_id join data_object o on o.id = leaf.parent_id
    join connection c on c.id = own.connection_id
  where own.id = any(${ids})
  union all
  select x.data_source_id, ${columns(sql`p.tag_id`, productName, ofSystem)}, p.created_at, p.updated_at
  from data_product_source x join data_product p on p.id = x.data_product_id and p.deleted_at is null and ${knows}
  where x.data_source_id = any(${ids})
  union all
  select own.id, ${columns(sql`o.tag_id`, objectName, ofSystem)}, o.created_at, o.updated_at
  from data_source own join data_object o on o.id = own.data_object_id
  where own.id = any(${ids}) and exists (select from container k where k.target_id = o.id and k.kind = 'as')`;
