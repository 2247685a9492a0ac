import type { AssetColumn, searchAssetColumns as operation } from '@stoa/contract/asset-list';
import type { AnswerOf, QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';

/** The columns of an object as the last crawl saw them; none for what has none. */
export async function listAssetColumns(
  reader: Reader,
  id: string,
  query: QueryOf<typeof operation>,
): Promise<AnswerOf<typeof operation>> {
  const { rows: known } = await sql`select from data_object where id = ${id}`.execute(reader);
  if (known.length === 0) throw notFound('asset');
  // No masking policy can be written yet.
  if (query.maskedOnly) return { data: [], meta: offsetMetaOf(query, 0, 0) };
  const { rows } = await sql<AssetColumn>`
    select c.name, c.ordinal, c."nativeType", c."typeFamily", c.nullable, c.comment
    from data_object o cross join lateral jsonb_to_recordset(o.columns)
      as c (name text, ordinal int, "nativeType" text, "typeFamily" text, nullable boolean, comment text)
    where o.id = ${id} and c.name ilike ${likePattern(query.searchText.trim())}
    order by c.ordinal, c.name`.execute(reader);
  const data = rows.slice(query.offset, query.offset + query.limit);
  return { data, meta: offsetMetaOf(query, rows.length, data.length) };
}
