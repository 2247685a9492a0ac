import { type RawBuilder, sql } from 'kysely';
import { type Tx, withNext } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { lockDataProduct } from './load-products.ts';

/** A text search document may hold 1 MB; a product of 10,000 tables has more column names than that. */
const longestWords = 300_000;

/**
 * Words as people type them: `customerEmail` and `customer_email` are both found by "email", and by themselves. Only ASCII is
 * taken apart by case, since what a database calls a letter depends on its locale.
 */
const words = (text: RawBuilder<unknown>): RawBuilder<string> => {
  const plain = sql<string>`translate(${text}, '_-./()', '      ')`;
  const parted = sql<string>`regexp_replace(${plain}, '([a-z0-9])([A-Z])', '\\1 \\2', 'g')`;
  return sql<string>`case when ${text} ~ '[a-z0-9][A-Z]' then ${plain} || ' ' || ${parted} else ${plain} end`;
};

/** What a product itself is found by; composed, as `wordsOf` reads what people type. */
const ownDocument = sql`setweight(to_tsvector('simple', ${words(sql`normalize(p.name, nfkc)`)}), 'A')
  || setweight(to_tsvector('simple', normalize(left(coalesce(p.description, ''), 10000), nfkc)), 'B')`;

/**
 * Writes what products are found by, anew: name (A), description (B), sources (C), columns (D). Called by whatever changes
 * one of them, in the same transaction: editing, and a crawl that finds other columns.
 */
export async function refreshSearchDocuments(tx: Tx, productIds: readonly string[]): Promise<void> {
  if (productIds.length === 0) return;
  await sql`
    insert into data_product_search (data_product_id, document, plain)
    select p.id,
      ${ownDocument}
        || setweight(to_tsvector('simple', left(coalesce(${words(sql.ref('source.names'))}, ''), ${longestWords})), 'C')
        || setweight(to_tsvector('simple', left(coalesce(${words(sql.ref('col.names'))}, ''), ${longestWords})), 'D'),
      lower(normalize(p.name, nfc))
    from data_product p
    left join lateral (
      select normalize(string_agg(s.name, ' '), nfkc) as names
      from data_product_source ps join data_source s on s.id = ps.data_source_id where ps.data_product_id = p.id
    ) source on true
    left join lateral (
      select normalize(string_agg(n.name, ' '), nfkc) as names from (
        select distinct c.name from data_product_source ps join data_source_column c on c.data_source_id = ps.data_source_id
        where ps.data_product_id = p.id) n
    ) col on true
    where p.id = any(${[...productIds]}::uuid[]) and p.deleted_at is null
    on conflict (data_product_id) do update set document = excluded.document, plain = excluded.plain, is_stale = false`.execute(
    tx,
  );
}

/**
 * For changes whose access is to be provisioned at once, which a document of 10,000 tables would hold up: the product is found
 * by its name, and by what it was found by before, until `completeSearchSoon` has done it.
 */
export async function markSearchStale(tx: Tx, productIds: readonly string[]): Promise<void> {
  await sql`${withNext}
    insert into data_product_search (data_product_id, document, plain, is_stale)
    select p.id, ${ownDocument}, lower(normalize(p.name, nfc)), true from data_product p where p.id = any(${[...productIds]}::uuid[])
    on conflict (data_product_id) do update set is_stale = true`.execute(tx);
}

/** Reading the columns of more sources than this would hold up granting them; it waits as long as that takes. */
const fewSources = 200;
const largeDocumentPause = 1_000;

/**
 * Belongs after the commit, before the answer: products over few sources are found by all they hold at once, others a little
 * later. What a crash leaves undone is found by `completeStaleSearch`.
 */
export async function completeSearchSoon(deps: Deps, productIds: readonly string[], sources: number): Promise<void> {
  if (sources <= fewSources) await completeSearchDocuments(deps, productIds);
  else setTimeout(() => void completeSearchDocuments(deps, productIds), largeDocumentPause).unref();
}

async function completeSearchDocuments(deps: Deps, productIds: readonly string[]): Promise<void> {
  try {
    for (const id of productIds)
      await transact(deps, async (tx) => {
        // One after the other, each from what is committed by then.
        await lockDataProduct(tx, id);
        await refreshSearchDocuments(tx, [id]);
      });
  } catch (error) {
    deps.log.warn({ err: error }, 'the search document of a data product was not made; it is tried again');
  }
}

const staleAtOnce = 100;

export async function completeStaleSearch(deps: Deps): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select data_product_id as id from data_product_search where is_stale limit ${staleAtOnce}`.execute(deps.db);
  await completeSearchDocuments(
    deps,
    rows.map((row) => row.id),
  );
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
