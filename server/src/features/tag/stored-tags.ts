import { tagRoots } from '@stoa/core/tags/system-tags';
import { type RawBuilder, sql } from 'kysely';
import { assetsOver } from '../../provisioning/sources-of-target.ts';
import { connectionName, derivedTags, derivedTagsOfSources, nodeName } from './derived-tags.ts';

/** As the columns of derived tags, of a tag `t`. */
const columns = sql`t.id, t.name, t.source,
  exists (select from tag child where child.parent_id = t.id) as has_leaf_nodes,
  false as protected, t.description, (select u.id from app_user u where u.global_user_id = t.created_by) as created_by`;
const times = sql`t.created_at, t.updated_at`;

/** The applications on one node itself, looked up by it: the planner takes the few nodes above a source for very many. */
export const onNode = (id: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select on_it.tag_id from tag_application on_it
  where on_it.data_object_id = ${id} and on_it.column_ordinal is null and not on_it.disabled offset 0`;

/** Every tag there is, derived and stored; `knows` says of a product `p` whether the reader may know it. */
export const allTags = (knows: RawBuilder<boolean>): RawBuilder<unknown> => sql`
  ${derivedTags(knows)}
  union all
  select ${columns}, ${times} from tag t`;

/** The name of the tag with this number, unless it is that of a product or an asset; null when there is none. */
export const tagNameOf = (id: RawBuilder<unknown>): RawBuilder<string | null> => sql<string | null>`coalesce(
  (select named.name from tag named where named.id = ${id}),
  (select ${connectionName} from connection c where c.tag_id = ${id}),
  (select ${nodeName} from data_object o join connection c on c.id = o.connection_id
    where o.tag_id = ${id} and o.object_type in ('database', 'schema')))`;

/**
 * The tags on data sources, derived and stored, those of the nodes above them included; what a person took off is left out.
 * `ids` is an array of their ids, and may name an `s` of the query around.
 */
export const tagsOfSources = (ids: RawBuilder<unknown>, knows: RawBuilder<boolean>): RawBuilder<unknown> => sql`
  ${derivedTagsOfSources(ids, knows)}
  union
  select own.id, ${columns}, ${times}
  from data_source own cross join lateral (${assetsOver(sql`own.data_object_id`)}) up
    cross join lateral (${onNode(sql`up.id`)}) a
    join tag t on t.id = a.tag_id
  where own.id = any(${ids})`;

/** The tags on the columns of data sources, as `data_source_id`, `column_name` and the tag. */
export const tagsOfColumns = (ids: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select own.id as data_source_id, k.name as column_name, ${columns}, ${times}
  from data_source own
    join tag_application a on a.data_object_id = own.data_object_id and a.column_ordinal is not null and not a.disabled
    join data_source_column k on k.data_source_id = own.id and k.ordinal = a.column_ordinal
    join tag t on t.id = a.tag_id
  where own.id = any(${ids})`;

/** The tags `t` on a column `c`, as the end of a query. */
export const tagsOfColumn = sql`from data_source own join tag_application a on a.data_object_id = own.data_object_id and a.column_ordinal = c.ordinal
  and not a.disabled join tag t on t.id = a.tag_id where own.id = c.data_source_id`;

const derivedRoots: readonly string[] = Object.values(tagRoots);
const isDerived = (name: string): boolean => derivedRoots.includes(name.split('.')[0] ?? '');
const isWanted = (names: readonly string[]): RawBuilder<boolean> => sql<boolean>`exists (
  select from unnest(${[...names]}::text[]) wanted where t.name = wanted or starts_with(t.name, wanted || '.'))`;

/** Names of derived tags are made up of paths: they are only made up where one is asked for. */
const derivedNodes = (names: readonly string[], knows: RawBuilder<boolean>) => sql`
  , derived_tag as materialized (select t.id, t.source from (${derivedTags(knows)}) t where ${isWanted(names)}
  ), derived_node (id) as (
    select o.id from derived_tag n join data_object o on o.tag_id = n.id
    union select o.id from derived_tag n join connection c on c.tag_id = n.id join data_object o on o.connection_id = c.id and o.parent_id is null
  )`;
const derivedSources = sql`
  union
  select x.data_source_id from derived_tag n join data_product p on p.tag_id = n.id join data_product_source x on x.data_product_id = p.id`;

/** The ids of data sources that carry one of these tags, or one below it; found from the tags, so that few sources cost little. */
export function sourcesTagged(names: readonly string[], knows: RawBuilder<boolean>): RawBuilder<unknown> {
  const derived = names.filter(isDerived);
  const hasDerived = derived.length > 0;
  return sql`
  with recursive named_tag as materialized (select t.id from tag t where ${isWanted(names)}
  ) ${hasDerived ? derivedNodes(derived, knows) : sql``}, tagged_node (id) as (
    select a.data_object_id from named_tag n join tag_application a on a.tag_id = n.id and a.column_ordinal is null and not a.disabled
    ${hasDerived ? sql`union select d.id from derived_node d` : sql``}
    union select child.id from tagged_node n join data_object parent on parent.id = n.id and parent.object_type in ('database', 'schema')
      join data_object child on child.parent_id = parent.id
  )
  select tagged_source.id from data_source tagged_source where tagged_source.data_object_id in (
    select n.id from tagged_node n
    union all select a.data_object_id from named_tag n join tag_application a
      on a.tag_id = n.id and a.column_ordinal is not null and not a.disabled)
  ${hasDerived ? derivedSources : sql``}`;
}
