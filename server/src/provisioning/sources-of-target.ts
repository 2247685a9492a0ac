import { type RawBuilder, sql } from 'kysely';

/** An id, or a column of the query around. */
type SqlId = RawBuilder<unknown> | string;

// The names in here are used nowhere else: a column of the query around must not be taken for one of these.

/** Ids of an object and of what is below it on the platform now. */
export const objectsBelow = (objectId: SqlId): RawBuilder<unknown> => sql`
  with recursive below_it (id) as (
    select root_node.id from data_object root_node where root_node.id = ${objectId}
    union all
    select child_node.id from below_it join data_object child_node
      on child_node.parent_id = below_it.id and child_node.missing_since is null
  ) select below_it.id from below_it`;

/** Ids of an object and of everything above it: the assets that give access to it. */
export const assetsOver = (objectId: SqlId): RawBuilder<unknown> => sql`
  with recursive over_it (id, parent_id) as (
    select leaf_node.id, leaf_node.parent_id from data_object leaf_node where leaf_node.id = ${objectId}
    union all
    select parent_node.id, parent_node.parent_id from over_it join data_object parent_node on parent_node.id = over_it.parent_id
  ) select over_it.id from over_it`;

/** Ids of the data sources that a target gives: those a product lists, or those in and below an asset's object. */
export const sourcesOf = (targetId: SqlId): RawBuilder<unknown> => sql`
  select listed_source.data_source_id as id from data_product_source listed_source where listed_source.data_product_id = ${targetId}
  union all
  select own_source.id from data_source own_source where own_source.data_object_id in (${objectsBelow(targetId)})`;
