import type { ProductColumn } from '@stoa/contract/data-product';
import type { searchDataProductColumns as searchOperation } from '@stoa/contract/data-product-use';
import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';

type Query = QueryOf<typeof searchOperation>;
type Row = { name: string; source_id: number; source_name: string; native_type: string; comment: string | null };

/** The columns of a product by name. No column carries a mask or a tag yet, so asking for those finds none. */
export async function listColumns(reader: Reader, productId: string, query: Query) {
  if (query.maskedOnly || query.tagIds.length > 0) return { data: [], meta: offsetMetaOf(query, 0, 0) };
  const where = conditions(productId, query);
  const from = sql`data_product_source ps join data_source_column c on c.data_source_id = ps.data_source_id`;
  const { rows: counted } = await sql<{ total: number }>`select count(*) as total from ${from} where ${where}`.execute(
    reader,
  );
  const isDescending = query.sortOrder === 'desc' || query.dir === 'DESC';
  const order = isDescending ? sql`desc` : sql`asc`;
  // Keys alone are sorted and skipped; names of sources, types and comments are read for the page.
  const { rows } = await sql<Row>`
    select c.name, c.data_source_id as source_id, s.name as source_name, c.native_type, c.comment from (
      select c.name, c.data_source_id from ${from} where ${where}
      order by c.name ${order}, c.data_source_id ${order} offset ${query.offset} limit ${query.limit}) page
    join data_source_column c on c.data_source_id = page.data_source_id and c.name = page.name
    join data_source s on s.id = c.data_source_id
    order by c.name ${order}, c.data_source_id ${order}`.execute(reader);
  return { data: rows.map(present), meta: offsetMetaOf(query, counted[0]?.total ?? 0, rows.length) };
}

function conditions(productId: string, query: Query): RawBuilder<boolean> {
  const parts: RawBuilder<unknown>[] = [sql`ps.data_product_id = ${productId}`];
  if (query.searchText !== undefined && query.searchText !== '')
    parts.push(sql`c.name ilike ${likePattern(query.searchText)}`);
  if (query.dataSourceIds.length > 0) parts.push(sql`c.data_source_id = any(${query.dataSourceIds}::int[])`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

const present = (row: Row): ProductColumn => ({
  name: row.name,
  sourceId: String(row.source_id),
  sourceName: row.source_name,
  tags: [],
  type: row.native_type,
  globalPolicyInfo: null,
  localPolicyInfo: null,
  comment: row.comment,
});
