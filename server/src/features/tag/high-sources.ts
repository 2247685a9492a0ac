import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

/** A data source that is highly sensitive, by name, as part of a product, with a tag that says so. */
export type HighSource = { readonly product: string; readonly source: string; readonly tag: string };

type Where = { readonly productIds: readonly string[]; readonly sourceIds?: readonly number[] };

/** The first few highly sensitive sources of these products: by a tag on them, on a column, or on what they lie in. */
export async function highSourcesOf(db: Reader, { productIds, sourceIds }: Where): Promise<HighSource[]> {
  const { rows } = await sql<HighSource>`
    with recursive high (id) as (
      select id from tag where sensitivity = 'high' union select t.id from high join tag t on t.parent_id = high.id
    ), source as materialized (
      select p.name as product, s.id, s.name, s.data_object_id from data_product p
        join data_product_source ps on ps.data_product_id = p.id join data_source s on s.id = ps.data_source_id
      where p.id = any(${[...productIds]}::uuid[]) and exists (select from high)
        ${sourceIds === undefined ? sql`` : sql`and s.id = any(${[...sourceIds]}::int[])`}
    ), place (source_id, own_id, node_id) as (
      select id, data_object_id, data_object_id from source
      union select p.source_id, p.own_id, o.parent_id from place p join data_object o on o.id = p.node_id where o.parent_id is not null
    )
    select s.product, s.name as source, min(t.name) as tag from place p
      join tag_application a on a.data_object_id = p.node_id and not a.disabled and (a.column_ordinal is null or p.node_id = p.own_id)
      join tag t on t.id = a.tag_id and t.id in (select id from high)
      join source s on s.id = p.source_id
    group by s.product, s.id, s.name order by s.product, s.name limit 5`.execute(db);
  return rows;
}
