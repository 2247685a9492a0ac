import type { FacetValue } from '@stoa/contract/data-product';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { countedAtMost } from './count-facets.ts';
import type { SearchConditions } from './search-conditions.ts';

const tagsAtMost = 200;

/**
 * How many products each tag would leave, the most frequent tags in the order of their paths. A source has the tags of its columns
 * and of the nodes above it, and a tag counts for those above it: both are spread once per node and tag, not once per product.
 */
export async function countTags(
  reader: Reader,
  found: { with: RawBuilder<unknown>; from: RawBuilder<unknown> },
  { base, domain, technology, state }: SearchConditions,
): Promise<FacetValue[]> {
  const { rows } = await sql<{ name: string; count: number }>`
    ${found.with}, counted as materialized (
      select p.id ${found.from} where ${base} and ${domain} and ${technology} and ${state} limit ${countedAtMost}
    ), listed as materialized (
      select c.id as product, o.id as leaf, o.parent_id as node
      from counted c join data_product_source ps on ps.data_product_id = c.id
        join data_source s on s.id = ps.data_source_id join data_object o on o.id = s.data_object_id
    ), tag_over as materialized (
      with recursive over_tag (tag_id, id) as (
        select t.id, t.id from tag t where t.source <> 'system'
        union all select v.tag_id, t.parent_id from over_tag v join tag t on t.id = v.id where t.parent_id is not null
      ) select tag_id, id from over_tag
    ), node_over as (
      with recursive over_node (node, id) as (
        select distinct l.node, l.node from listed l where l.node is not null
        union all select v.node, o.parent_id from over_node v join data_object o on o.id = v.id where o.parent_id is not null
      ) select node, id from over_node
    ), inherited as materialized (
      select distinct n.node, v.id as tag_id from node_over n
        join tag_application a on a.data_object_id = n.id and a.column_ordinal is null and not a.disabled join tag_over v on v.tag_id = a.tag_id
    ), own as materialized (
      select distinct a.data_object_id as leaf, v.id as tag_id from (select distinct leaf from listed) l
        join tag_application a on a.data_object_id = l.leaf and not a.disabled join tag_over v on v.tag_id = a.tag_id
    ), carried as (
      select l.product, o.tag_id from listed l join own o on o.leaf = l.leaf
      union select l.product, i.tag_id from (select distinct product, node from listed) l join inherited i on i.node = l.node
    )
    select x.name, x.count from (
      select t.name, count(*) as count from carried k join tag t on t.id = k.tag_id group by t.id, t.name
      order by 2 desc, 1 limit ${tagsAtMost}) x order by x.name`.execute(reader);
  return rows.map(({ name, count }) => ({ value: name, label: name, count }));
}
