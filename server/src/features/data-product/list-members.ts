import type { AccessRequestPage, searchDataProductMembers as searchOperation } from '@stoa/contract/access-request';
import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import { may } from '@stoa/core/permissions/may';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { readSwitches } from '../../settings-store.ts';
import { loadRequests } from '../access-request/load-requests.ts';
import { presentRequest } from '../access-request/present-request.ts';
import { toRequestObject } from '../access-request/request-object.ts';
import type { LoadedPerson } from '../user/load-people.ts';

type Query = QueryOf<typeof searchOperation>;

const sortKeys: Record<Query['sortBy'], RawBuilder<unknown>> = {
  status: sql`r.status`,
  // One product alone is listed.
  dataProduct: sql`r.created_at`,
  createdAt: sql`r.created_at`,
  updatedAt: sql`r.updated_at`,
  expiration: sql`r.expiration`,
};

/** Who has access by an approved request that still holds; `status` asks for former members instead. */
export async function listMembers(
  reader: Reader,
  actor: LoadedPerson,
  { productId, query }: { productId: string; query: Query },
): Promise<AccessRequestPage> {
  const where = conditions(productId, query);
  const { rows } = await sql<{ total: number }>`select count(*) as total from access_request r where ${where}`.execute(
    reader,
  );
  const total = rows[0]?.total ?? 0;
  const ids = query.offset >= total ? [] : await pageOfIds(reader, { where, query, total });
  const switches = await readSwitches(reader);
  const data = (await loadRequests(reader, ids)).map((request) => {
    const shown = presentRequest(request, { actor, switches });
    if (may(actor, 'access-request.read', toRequestObject(request, switches)).allowed) return shown;
    // Everybody may see who the members are; why they asked and how it was decided is for the readers of the request.
    const { form: _form, decisionReason: _reason, metadata: _metadata, requestedDuration: _duration, ...open } = shown;
    return open;
  });
  return { data, meta: offsetMetaOf(query, total, data.length) };
}

function conditions(productId: string, query: Query): RawBuilder<boolean> {
  const parts: RawBuilder<unknown>[] = [sql`r.target_id = ${productId}`];
  if (query.status?.length) parts.push(sql`r.status = any(${query.status}::text[])`);
  else parts.push(sql`r.status = 'APPROVED' and (r.expiration is null or r.expiration > now())`);
  if (query.type?.length) parts.push(sql`r.type = any(${query.type}::text[])`);
  if (query.expiration !== undefined) parts.push(sql`(r.expiration is not null) = ${query.expiration}`);
  if (query.dataProductId !== undefined && query.dataProductId !== productId) parts.push(sql`false`);
  // Members of a product have come to it by its own requests, never by those of an asset.
  if (query.assetId !== undefined || (query.assetType?.length && !query.assetType.includes('DATA_PRODUCT')))
    parts.push(sql`false`);
  if (query.userIds?.length)
    parts.push(sql`r.beneficiary in (select u.global_user_id from app_user u
      where u.global_user_id::text = any(${query.userIds}::text[]) or u.id::text = any(${query.userIds}::text[]))`);
  const text = query.searchText?.trim() ?? '';
  if (text !== '')
    parts.push(sql`r.beneficiary in (select u.global_user_id from app_user u where u.name ilike ${likePattern(text)}
      or u.username ilike ${likePattern(text)} or u.email ilike ${likePattern(text)})`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

type Page = { where: RawBuilder<boolean>; query: Query; total: number };

/** Walks ids alone, from the nearer end of the list. */
async function pageOfIds(reader: Reader, { where, query, total }: Page): Promise<string[]> {
  const limit = Math.min(query.limit, total - query.offset);
  const fromEnd = total - query.offset - limit;
  const isBackwards = fromEnd < query.offset;
  const isAscending = (query.sortOrder === 'asc') !== isBackwards;
  const order = isAscending ? sql`asc nulls last` : sql`desc nulls first`;
  const { rows } = await sql<{ id: string }>`
    select r.id from access_request r where ${where} order by ${sortKeys[query.sortBy]} ${order}, r.id ${isAscending ? sql`asc` : sql`desc`}
    limit ${limit} offset ${isBackwards ? fromEnd : query.offset}`.execute(reader);
  const ids = rows.map((row) => row.id);
  return isBackwards ? ids.reverse() : ids;
}
