import type { ColumnMask, ProductColumn } from '@stoa/contract/data-product';
import type { searchDataProductColumns as searchOperation } from '@stoa/contract/data-product-use';
import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { maskOfColumn, policyInfoOf } from '../masking-exception/mask-of-column.ts';
import { tagsOfColumn } from '../tag/stored-tags.ts';

type Query = QueryOf<typeof searchOperation>;
type Row = {
  name: string;
  source_id: number;
  source_name: string;
  native_type: string;
  comment: string | null;
  tags: string[];
  mask: ColumnMask | null;
};

/** The columns of a product by name, with what masks them. */
export async function listColumns(deps: Pick<Deps, 'db' | 'landmarks'>, productId: string, query: Query) {
  const list: List = {
    from: sql`data_product_source ps join data_source_column c on c.data_source_id = ps.data_source_id`,
    where: conditions(productId, query),
    order: [
      { value: sql`c.name`, type: 'text' },
      { value: sql`c.data_source_id`, type: 'integer' },
    ],
    isDescending: query.sortOrder === 'desc' || query.dir === 'DESC',
  };
  const { total, keys } = await readPage(deps, list, query);
  const [names, sources] = [keys.map(([name]) => name), keys.map(([, source]) => Number(source))];
  const { rows } = await sql<Row>`
    select c.name, c.data_source_id as source_id, s.name as source_name, c.native_type, c.comment,
      array(select t.name ${tagsOfColumn} order by t.name) as tags, ${maskOfColumn} as mask
    from unnest(${names}::text[], ${sources}::int[]) with ordinality as page (name, source_id, place)
    join data_source_column c on c.data_source_id = page.source_id and c.name = page.name
    join data_source s on s.id = c.data_source_id order by page.place`.execute(deps.db);
  return { data: rows.map(present), meta: offsetMetaOf(query, total, rows.length) };
}

function conditions(productId: string, query: Query): RawBuilder<boolean> {
  const parts: RawBuilder<unknown>[] = [sql`ps.data_product_id = ${productId}`];
  if (query.searchText !== undefined && query.searchText !== '')
    parts.push(sql`c.name ilike ${likePattern(query.searchText)}`);
  if (query.tagIds.length > 0)
    parts.push(sql`exists (select ${tagsOfColumn} and t.id::text = any(${query.tagIds}::text[]))`);
  if (query.maskedOnly)
    parts.push(
      sql`exists (select from column_mask m where m.data_source_id = c.data_source_id and m.ordinal = c.ordinal)`,
    );
  if (query.dataSourceIds.length > 0) parts.push(sql`c.data_source_id = any(${query.dataSourceIds}::int[])`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

const present = (row: Row): ProductColumn => ({
  name: row.name,
  sourceId: String(row.source_id),
  sourceName: row.source_name,
  tags: row.tags,
  type: row.native_type,
  ...policyInfoOf(row.mask),
  comment: row.comment,
});
