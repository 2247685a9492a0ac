import type { searchAssets as operation } from '@stoa/contract/asset-list';
import type { AnswerOf, QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { queryOf, wordsOf } from '../data-product/search-words.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { presentAssets } from './present-asset.ts';

type Query = QueryOf<typeof operation>;

/** Nobody turns so many pages; a million objects are narrowed down, not listed. */
const countedAtMost = 10_000;

/** A page of assets in the order of their paths; a search shows the ones first that are called just so. */
export async function searchAssets(
  reader: Reader,
  actor: LoadedPerson,
  query: Query,
): Promise<AnswerOf<typeof operation>> {
  const where = sql`${sql.join(conditionsOf(actor, query), sql` and `)}`;
  const { rows: counted } = await sql<{ total: number }>`
    select count(*) as total from (select from data_object o where ${where} limit ${countedAtMost + 1}) c`.execute(
    reader,
  );
  const found = counted[0]?.total ?? 0;
  const isCapped = found > countedAtMost;
  const total = Math.min(found, countedAtMost);
  const ids = query.offset >= total ? [] : await readPage(reader, where, { query, total, isCapped });
  const data = await presentAssets(reader, actor, ids);
  return { data, meta: { ...offsetMetaOf(query, total, data.length), isCapped } };
}

type Page = { query: Query; total: number; isCapped: boolean };

async function readPage(
  reader: Reader,
  where: RawBuilder<unknown>,
  { query, total, isCapped }: Page,
): Promise<string[]> {
  const limit = Math.min(query.limit, total - query.offset);
  const { rows } = await sql<{ id: string }>`
    select o.id from ${pool(query, where, isCapped)} o ${orderOf(query)} offset ${query.offset} limit ${limit}`.execute(
    reader,
  );
  return rows.map((row) => row.id);
}

/** A search that finds more than is counted ranks the first ones it comes upon: sorting a million rows would take seconds. */
const pool = ({ searchText }: Query, where: RawBuilder<unknown>, isCapped: boolean): RawBuilder<unknown> =>
  isCapped && searchText.trim() !== ''
    ? sql`(select * from data_object o where ${where} limit ${countedAtMost})`
    : sql`(select * from data_object o where ${where})`;

/** The order of the unique index on paths, so that a page of the whole list is read without sorting it. */
const orderOf = ({ searchText }: Query): RawBuilder<unknown> =>
  searchText.trim() === ''
    ? sql`order by o.connection_id, o.object_path`
    : sql`order by lower(o.name) = lower(${searchText.trim()}) desc, o.connection_id, o.object_path`;

function conditionsOf(actor: LoadedPerson, query: Query): RawBuilder<unknown>[] {
  const { connectionKey, type, parentId, below, roots, hasOverride, access } = query;
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (connectionKey !== undefined)
    conditions.push(sql`o.connection_id = (select id from connection where connection_key = ${connectionKey})`);
  if (parentId !== undefined) conditions.push(below ? isBelow(parentId) : sql`o.parent_id = ${parentId}`);
  if (roots) conditions.push(sql`o.parent_id is null`);
  if (type !== undefined) conditions.push(sql`o.object_type = any(${type}::text[])`);
  if (hasOverride !== undefined) conditions.push(hasOverride ? isOverridden : sql`not ${isOverridden}`);
  if (access !== undefined)
    conditions.push(
      sql`o.id in (${sql.join(
        access.map((one) => reached[one](actor)),
        sql` union `,
      )})`,
    );
  if (query.searchText.trim() !== '') conditions.push(isFound(query.searchText));
  return conditions;
}

/** Signs alone name nothing, and find nothing. */
function isFound(text: string): RawBuilder<unknown> {
  const words = wordsOf(text);
  return words.length === 0 ? sql`false` : sql`asset_words(o.object_path) @@ to_tsquery('simple', ${queryOf(words)})`;
}

const isBelow = (id: string) => sql`o.id in (
  with recursive below (id) as (
    select id from data_object where parent_id = ${id}
    union all select k.id from below b join data_object k on k.parent_id = b.id)
  select id from below)`;

const isOverridden = sql`exists (select from asset a where a.data_object_id = o.id and num_nonnulls(a.data_access_form_id,
  a.masking_exception_form_id, a.data_access_review_flow, a.masking_exception_review_flow) > 0)`;

const ownOf = (actor: LoadedPerson) => sql`select r.asset_id, r.data_product_id from access_request r
  where r.beneficiary = ${actor.globalUserId} and r.type = 'DATA_ACCESS'`;
const isLive = sql`r.status = 'APPROVED' and (r.expiration is null or r.expiration > now())`;

/** The objects that a person reaches or waits for, from the side of their requests: asset, what lies below it, products. */
const reached = {
  PENDING: (actor: LoadedPerson) => sql`select asset_id from (${ownOf(actor)} and r.status = 'PENDING') p`,
  HAVE: (actor: LoadedPerson) => sql`
    (with recursive mine as materialized (${ownOf(actor)} and ${isLive}),
      below (id) as (
        select asset_id from mine where asset_id is not null
        union select k.id from below b join data_object k on k.parent_id = b.id)
    select id from below union
    select s.data_object_id from mine m join data_product p on p.id = m.data_product_id and p.deleted_at is null and not p.suspended
      join data_product_source ps on ps.data_product_id = p.id join data_source s on s.id = ps.data_source_id and s.enabled)`,
};
