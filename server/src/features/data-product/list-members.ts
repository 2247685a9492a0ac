import type { AccessRequestPage, searchDataProductMembers as searchOperation } from '@stoa/contract/access-request';
import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import { may } from '@stoa/core/permissions/may';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { readSwitches } from '../../settings-store.ts';
import { loadRequests } from '../access-request/load-requests.ts';
import { presentRequest } from '../access-request/present-request.ts';
import { toRequestObject } from '../access-request/request-object.ts';
import { requestOrder, requestsWithProduct } from '../access-request/search-requests.ts';
import type { LoadedPerson } from '../user/load-people.ts';

type Query = QueryOf<typeof searchOperation>;

/**
 * Who has access by an approved request that still holds; `status` asks for former members instead. A masking exception makes
 * nobody a member: it opens no table.
 */
export async function listMembers(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  actor: LoadedPerson,
  { productId, query }: { productId: string; query: Query },
): Promise<AccessRequestPage> {
  const list: List = {
    from: requestsWithProduct,
    where: conditions(productId, query),
    // One product alone is listed.
    order: requestOrder(query.sortBy === 'dataProduct' ? 'createdAt' : query.sortBy),
    isDescending: query.sortOrder === 'desc',
  };
  const { total, keys } = await readPage(deps, list, query);
  const ids = keys.map((key) => key.at(-1) ?? '');
  const switches = await readSwitches(deps.db);
  const data = (await loadRequests(deps.db, ids)).map((request) => {
    const shown = presentRequest(request, { actor, switches });
    if (may(actor, 'access-request.read', toRequestObject(request, switches)).allowed) return shown;
    // Everybody may see who the members are; why they asked and how it was decided is for the readers of the request.
    const { form: _form, decisionReason: _reason, metadata: _metadata, ...rest } = shown;
    const { requestedDuration: _asked, grantedDuration: _granted, ...open } = rest;
    return open;
  });
  return { data, meta: offsetMetaOf(query, total, data.length) };
}

function conditions(productId: string, query: Query): RawBuilder<boolean> {
  const parts: RawBuilder<unknown>[] = [sql`r.target_id = ${productId}`, sql`r.type = 'DATA_ACCESS'`];
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
