import type { DataProduct, DataProductPage } from '@stoa/contract/data-product';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { accessOf } from './caller-access.ts';
import { countedAtMost, countFacets } from './count-facets.ts';
import { countTags } from './count-tags.ts';
import { findMatches } from './find-matches.ts';
import { loadDataProducts } from './load-products.ts';
import { type PageToken, readToken, writeToken } from './page-token.ts';
import { presentProducts } from './present-products.ts';
import { memberNumber } from './read-product-numbers.ts';
import { type ProductQuery, type SearchConditions, searchConditions } from './search-conditions.ts';
import { correctedQuery, queryOf, resembling, wordsOf } from './search-words.ts';

/** More than this many matches are not ranked: the first words of such a search say too little to rank by. */
const rankedAtMost = 1_000;
/** The dictionary for typos is read from this many products. */
const dictionaryProducts = 2_000;

type Hit = { id: string; key: string };
type Found = Hits & { tsquery: string | undefined; isCorrected: boolean };
/** `total`: of all that match, where the page told it. */
type Hits = { hits: Hit[]; total: number | undefined };
type Search = { reader: Reader; actor: LoadedPerson; query: ProductQuery; conditions: SearchConditions };

/** Products the caller may see, a page by keyset; a search by words is ranked, and forgives a slip of the keyboard. */
export async function searchProducts(
  reader: Reader,
  actor: LoadedPerson,
  query: ProductQuery,
): Promise<DataProductPage> {
  const conditions = await searchConditions(reader, actor, query);
  const search: Search = { reader, actor, query, conditions };
  const after = readToken(query.nextToken);
  const found = await find(search, after);
  const page = found.hits.slice(0, query.limit);
  const last = page.at(-1);
  const ids = page.map((hit) => hit.id);
  const products = await presentProducts(
    reader,
    actor,
    ids,
    await loadDataProducts(reader, ids, actor, conditions.forms),
  );
  const matches = found.tsquery === undefined ? undefined : await findMatches(reader, ids, found.tsquery);
  const totalCount = found.total ?? (await countAll(search, found.tsquery));
  const hasMore = found.hits.length > query.limit && last !== undefined;
  return {
    data: products.map(
      (product): DataProduct => ({ ...product, ...(matches ? { matches: matches.get(product.id) ?? [] } : {}) }),
    ),
    meta: {
      nextToken: hasMore ? writeToken({ ...last, ...(found.isCorrected ? { isCorrected: true } : {}) }) : null,
      limit: query.limit,
      ...(totalCount > countedAtMost ? {} : { totalCount }),
    },
    ...(query.facets === true
      ? { facets: await countFacets(reader, tablesOf(search, found.tsquery), conditions) }
      : {}),
    ...(query.tagFacet === true
      ? { tagFacet: await countTags(reader, tablesOf(search, found.tsquery), conditions) }
      : {}),
  };
}

const noHits: Hits = { hits: [], total: 0 };

async function find(search: Search, after: PageToken | undefined): Promise<Found> {
  const text = search.query.q?.trim() ?? '';
  if (text === '') return { ...(await readHits(search, undefined, after)), tsquery: undefined, isCorrected: false };
  const words = wordsOf(text);
  // Signs alone are in no document.
  if (words.length === 0) return { ...noHits, tsquery: '', isCorrected: false };
  if (after?.isCorrected !== true) {
    const tsquery = queryOf(words);
    const found = await readHits(search, tsquery, after);
    if (found.hits.length > 0 || after !== undefined) return { ...found, tsquery, isCorrected: false };
  }
  const dictionary = await readDictionary(search);
  const tsquery = correctedQuery(words.map((word) => resembling(word, dictionary))) ?? '';
  return { ...(tsquery === '' ? noHits : await readHits(search, tsquery, after)), tsquery, isCorrected: true };
}

/** Distinct words of what the caller may see: a correction must not give away that a hidden product exists. */
async function readDictionary(search: Search): Promise<string[]> {
  const { rows } = await sql<{ word: string }>`
    ${tablesOf(search, undefined).with}
    select distinct w.word from (
      select s.document from data_product p left join mine on mine.id = p.id join data_product_search s on s.data_product_id = p.id
      where ${search.conditions.base} limit ${dictionaryProducts}) d,
      unnest(tsvector_to_array(d.document)) as w (word) limit 200000`.execute(search.reader);
  return rows.map((row) => row.word).filter((word) => wordsOf(word)[0] === word);
}

/** The caller's access beside every product and, for a search by words, only those that hold them. */
function tablesOf(
  { actor }: Search,
  tsquery: string | undefined,
): { with: RawBuilder<unknown>; from: RawBuilder<unknown> } {
  const joined =
    tsquery === undefined
      ? sql``
      : sql`join data_product_search s on s.data_product_id = p.id and s.document @@ ${tsquery}::tsquery`;
  return {
    with: sql`with mine as materialized (${accessOf(actor.globalUserId)})`,
    from: sql`from data_product p left join mine on mine.id = p.id ${joined}`,
  };
}

const isOfFacets = ({ conditions }: Search): RawBuilder<boolean> =>
  sql<boolean>`${conditions.base} and ${conditions.domain} and ${conditions.technology} and ${conditions.state} and ${conditions.tag}`;

type Order = { key: RawBuilder<unknown>; type: RawBuilder<unknown>; isDescending: boolean };

function orderOf({ query }: Search, tsquery: string | undefined): Order {
  const isDescending = query.sortOrder === 'desc';
  switch (query.sortBy ?? (tsquery === undefined ? 'name' : 'relevance')) {
    case 'relevance':
      return tsquery === undefined
        ? { key: sql`lower(p.name)`, type: sql`text`, isDescending }
        : { key: scoreOf(tsquery, query.q ?? ''), type: sql`bigint`, isDescending: true };
    case 'name':
      return { key: sql`lower(p.name)`, type: sql`text`, isDescending };
    case 'createdAt':
      return { key: sql`p.created_at`, type: sql`timestamptz`, isDescending };
    case 'updatedAt':
      return { key: sql`p.updated_at`, type: sql`timestamptz`, isDescending };
    case 'members':
      return {
        key: memberNumber,
        type: sql`bigint`,
        isDescending,
      };
  }
}

/** Whole numbers, so that a page can go on exactly where the last one ended. What is called so comes before what speaks of it. */
const scoreOf = (tsquery: string, text: string): RawBuilder<number> => sql<number>`(
  case when s.plain = lower(${text.trim().normalize('NFC')}) then 2000000 when starts_with(s.plain, lower(${text.trim().normalize('NFC')})) then 1000000 else 0 end
  + round(ts_rank(s.document, ${tsquery}::tsquery)::numeric * 1000000))::bigint`;

async function readHits(search: Search, tsquery: string | undefined, after: PageToken | undefined): Promise<Hits> {
  const { reader, query } = search;
  const tables = tablesOf(search, tsquery);
  const order = orderOf(search, tsquery);
  const direction = order.isDescending ? sql`desc` : sql`asc`;
  const beyond = order.isDescending ? sql`<` : sql`>`;
  const rest = after ? sql`where (h.key, h.id) ${beyond} (${after.key}::${order.type}, ${after.id}::uuid)` : sql``;
  const cap = tsquery === undefined ? sql`` : sql`limit ${rankedAtMost}`;
  const { rows } = await sql<Hit & { total: number }>`
    ${tables.with}
    select h.id, h.key::text as key, count(*) over () as total from (
      select p.id, ${order.key} as key ${tables.from} where ${isOfFacets(search)} ${cap}
    ) h ${rest} order by h.key ${direction}, h.id ${direction} limit ${query.limit + 1}`.execute(reader);
  const matching = rows[0]?.total ?? 0;
  const isWhole = after === undefined && (tsquery === undefined || matching < rankedAtMost);
  return { hits: rows.map(({ id, key }) => ({ id, key })), total: isWhole ? matching : undefined };
}

async function countAll(search: Search, tsquery: string | undefined): Promise<number> {
  if (tsquery === '') return 0;
  const tables = tablesOf(search, tsquery);
  const { rows } = await sql<{ total: number }>`
    ${tables.with} select count(*) as total from (
      select ${tables.from} where ${isOfFacets(search)} limit ${countedAtMost + 1}) counted`.execute(search.reader);
  return rows[0]?.total ?? 0;
}
