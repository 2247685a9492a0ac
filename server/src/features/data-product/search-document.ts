import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';

/** A text search document may hold 1 MB; a product of 10,000 tables has more column names than that. */
const longestWords = 300_000;

/**
 * Words as people type them: `customerEmail` and `customer_email` are both found by "email", and by themselves. Only ASCII is
 * taken apart by case, since what a database calls a letter depends on its locale.
 */
const words = (column: RawBuilder<unknown>): RawBuilder<string> => {
  const plain = sql<string>`translate(${column}, '_-./()', '      ')`;
  const parted = sql<string>`regexp_replace(${plain}, '([a-z0-9])([A-Z])', '\\1 \\2', 'g')`;
  return sql<string>`case when ${column} ~ '[a-z0-9][A-Z]' then ${plain} || ' ' || ${parted} else ${plain} end`;
};

/**
 * Writes what products are found by, anew: name (A), description (B), sources (C), columns (D). Called by whatever changes
 * one of them, in the same transaction: publishing, editing, and a crawl that finds other columns.
 */
export async function refreshSearchDocuments(tx: Tx, productIds: readonly string[]): Promise<void> {
  if (productIds.length === 0) return;
  await sql`
    insert into data_product_search (data_product_id, document, plain)
    select p.id,
      setweight(to_tsvector('simple', ${words(sql.ref('p.name'))}), 'A')
        || setweight(to_tsvector('simple', left(coalesce(p.description, ''), 10000)), 'B')
        || setweight(to_tsvector('simple', left(coalesce(source.words, ''), ${longestWords})), 'C')
        || setweight(to_tsvector('simple', left(coalesce(col.words, ''), ${longestWords})), 'D'),
      lower(p.name)
    from data_product p
    left join lateral (
      select string_agg(distinct ${words(sql.ref('s.name'))}, ' ') as words
      from data_product_source ps join data_source s on s.id = ps.data_source_id where ps.data_product_id = p.id
    ) source on true
    left join lateral (
      select string_agg(${words(sql.ref('n.name'))}, ' ') as words from (
        select distinct c.name from data_product_source ps join data_source_column c on c.data_source_id = ps.data_source_id
        where ps.data_product_id = p.id) n
    ) col on true
    where p.id = any(${[...productIds]}::uuid[]) and p.deleted_at is null
    on conflict (data_product_id) do update set document = excluded.document, plain = excluded.plain`.execute(tx);
}

/** The same for every product over some data sources. */
export async function refreshSearchOfSources(tx: Tx, dataSourceIds: readonly number[]): Promise<void> {
  if (dataSourceIds.length === 0) return;
  const { rows } = await sql<{ id: string }>`
    select distinct data_product_id as id from data_product_source where data_source_id = any(${[...dataSourceIds]}::int[])`.execute(
    tx,
  );
  await refreshSearchDocuments(
    tx,
    rows.map((row) => row.id),
  );
}
