import type { AccessStatus, RequestType } from '@stoa/contract/enums';
import { offsetMetaOf } from '@stoa/contract/page';
import type { AccessRequestPage } from '@stoa/contract/access-request';
import type { Actor } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { type List, type OrderKey, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { type ApplicationSwitches, readSwitches } from '../../settings-store.ts';
import { assetName, loadRequests } from './load-requests.ts';
import { presentRequest } from './present-request.ts';
import { isSnoozedBy, loadSnoozes, snoozedUntil } from './snooze.ts';
import {
  fillsSlot,
  isReadable,
  type Naming,
  readNaming,
  readsAll,
  type RequestRole,
  standingTables,
} from './standing-in-sql.ts';

/** The filters F of the published API, parsed. */
export type RequestFilters = {
  searchText?: string | undefined;
  status?: AccessStatus[] | undefined;
  type?: RequestType[] | undefined;
  userIds?: string[] | undefined;
  expiration?: boolean | undefined;
  includeTemporary?: boolean | undefined;
  dataProductId?: string | undefined;
  assetId?: string | undefined;
  assetType?: ('DATA_PRODUCT' | 'DATA_OBJECT')[] | undefined;
  targetType?: string[] | undefined;
  snoozed?: boolean | undefined;
  reviewStatus?: ('noReviews' | 'reviewedByYou' | 'awaitingReviewFromYou')[] | undefined;
  offset: number;
  limit: number;
  sortOrder: 'asc' | 'desc';
  sortBy: 'status' | 'dataProduct' | 'createdAt' | 'updatedAt' | 'expiration';
};
type Search = { filters: RequestFilters; roles: readonly RequestRole[]; actor: Actor };

const isUuid = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

const targetIs = (id: string): RawBuilder<boolean> => (isUuid(id) ? sql`r.target_id = ${id}` : sql`false`);

function matchesText(text: string): RawBuilder<boolean> {
  const pattern = likePattern(text);
  const people = sql`select u.global_user_id from app_user u where u.name ilike ${pattern} or u.username ilike ${pattern} or u.email ilike ${pattern}`;
  return sql`(r.id = ${text} or r.data_product_id in (select p.id from data_product p where p.name ilike ${pattern})
    or r.asset_id in (select t.id from requested_asset t left join data_object o on o.id = t.id
      where array_to_string(coalesce(o.object_path, t.object_path), '.') ilike ${pattern})
    or r.beneficiary in (${people}) or r.requesting_user in (${people}))`;
}

function matchesTargetTypes(types: readonly string[]): RawBuilder<boolean> {
  return sql`((${types.includes('DATA_PRODUCT')} and r.data_product_id is not null and r.type = 'DATA_ACCESS')
    or (${types.includes('COLUMNS')} and r.type = 'MASKING_EXCEPTION')
    or r.asset_id in (select t.id from requested_asset t left join data_object o on o.id = t.id
      where lower(coalesce(o.object_type, t.object_type)) = any(${types.map((t) => t.toLowerCase())}::text[])))`;
}

const byMe = sql`a.status in ('APPROVED', 'DENIED') and a.action_by in (select global_user_id from persons)`;
const decidedByMe = sql`exists (select from approval_record a where a.access_request_id = r.id and ${byMe})`;
/** On the route in force: an approval that a re-route dropped keeps nobody from deciding. */
const decidedPartByMe = sql`exists (select from approval_record a
  where a.access_request_id = r.id and a.left_behind_at is null and ${byMe})`;

/** What `abilities` would call "may determine now": an open slot, four eyes, and no second slot where people must differ. */
function awaitsMe(switches: ApplicationSwitches): RawBuilder<boolean> {
  const notMine = sql`r.requesting_user not in (select global_user_id from persons) and r.beneficiary not in (select global_user_id from persons)`;
  const mySlot = fillsSlot({ honest: switches.fourEyes });
  return sql`(r.status = 'PENDING' and ${switches.fourEyes ? notMine : sql`true`}
    and exists (select from approval_record a where a.access_request_id = r.id and a.status = 'PENDING' and ${mySlot}
      ${switches.fourEyes ? sql`and coalesce(a.routed_by not in (select global_user_id from persons), true)` : sql``})
    ${switches.distinctReviewers ? sql`and not ${decidedPartByMe}` : sql``})`;
}

function matchesReview(statuses: readonly string[], switches: ApplicationSwitches): RawBuilder<boolean> {
  const parts: RawBuilder<unknown>[] = [];
  if (statuses.includes('noReviews'))
    parts.push(
      sql`not exists (select from approval_record a where a.access_request_id = r.id and a.status in ('APPROVED', 'DENIED'))`,
    );
  if (statuses.includes('reviewedByYou')) parts.push(decidedByMe);
  if (statuses.includes('awaitingReviewFromYou')) parts.push(awaitsMe(switches));
  return sql`(${sql.join(parts, sql` or `)})`;
}

/** Every condition on request `r`: what the caller may read, and what was asked for. */
function conditions(
  { filters, roles, actor }: Search,
  { switches, naming }: { switches: ApplicationSwitches; naming: Naming },
): RawBuilder<boolean> {
  const parts: RawBuilder<unknown>[] = [isReadable(actor, roles, naming)];
  const { searchText, status, type, userIds, expiration, dataProductId, assetId, assetType, targetType, reviewStatus } =
    filters;
  if (searchText !== undefined && searchText.trim() !== '') parts.push(matchesText(searchText.trim()));
  if (status !== undefined && status.length > 0) parts.push(sql`r.status = any(${status}::text[])`);
  if (type !== undefined && type.length > 0) parts.push(sql`r.type = any(${type}::text[])`);
  if (userIds !== undefined && userIds.length > 0)
    parts.push(
      sql`r.beneficiary in (select u.global_user_id from app_user u where u.global_user_id::text = any(${userIds}::text[]) or u.id::text = any(${userIds}::text[]))`,
    );
  if (expiration === true) parts.push(sql`r.expiration is not null`);
  if (expiration === false && filters.includeTemporary !== true) parts.push(sql`r.expiration is null`);
  if (dataProductId !== undefined) parts.push(sql`(r.data_product_id is not null and ${targetIs(dataProductId)})`);
  if (assetId !== undefined) parts.push(sql`(r.asset_id is not null and ${targetIs(assetId)})`);
  if (assetType !== undefined && assetType.length > 0)
    parts.push(
      sql`((${assetType.includes('DATA_PRODUCT')} and r.data_product_id is not null) or (${assetType.includes('DATA_OBJECT')} and r.asset_id is not null))`,
    );
  if (targetType !== undefined && targetType.length > 0) parts.push(matchesTargetTypes(targetType));
  if (reviewStatus !== undefined && reviewStatus.length > 0) parts.push(matchesReview(reviewStatus, switches));
  if (filters.snoozed === true) parts.push(isSnoozedBy(actor));
  if (filters.snoozed === false) parts.push(sql`not ${isSnoozedBy(actor)}`);
  return sql`${sql.join(parts, sql` and `)}`;
}

/** The requests as `r`; the database leaves the join out where nothing asks for it. */
export const requestsWithProduct = sql`access_request r left join data_product ordered on ordered.id = r.data_product_id`;

/** Orders `requestsWithProduct`. Requests without an end come after all others, and assets after the products. */
export const requestOrder = (sortBy: RequestFilters['sortBy']): readonly OrderKey[] => {
  const id: OrderKey = { value: sql`r.id`, type: 'text' };
  switch (sortBy) {
    case 'status':
      return [{ value: sql`r.status`, type: 'text' }, id];
    case 'dataProduct': {
      const name = sql`coalesce(lower(ordered.name), lower(${assetName}), '')`;
      return [{ value: sql`(ordered.name is null)`, type: 'boolean' }, { value: name, type: 'text' }, id];
    }
    case 'createdAt':
      return [{ value: sql`r.created_at`, type: 'timestamptz' }, id];
    case 'updatedAt':
      return [{ value: sql`r.updated_at`, type: 'timestamptz' }, id];
    case 'expiration':
      return [{ value: sql`coalesce(r.expiration, 'infinity')`, type: 'timestamptz' }, id];
  }
};

/** One page of the requests that the caller may read; the total counts no others. */
export async function searchRequests(deps: Pick<Deps, 'db' | 'landmarks'>, search: Search): Promise<AccessRequestPage> {
  const { filters, roles, actor } = search;
  const switches = await readSwitches(deps.db);
  const naming = await readNaming(deps.db, actor);
  const list: List = {
    tables: sql`with ${standingTables(actor)}`,
    from: requestsWithProduct,
    where: conditions(search, { switches, naming }),
    order: requestOrder(filters.sortBy),
    isDescending: filters.sortOrder === 'desc',
    isFoundWhole: !readsAll(actor, roles),
  };
  const { total, keys } = await readPage(deps, list, filters);
  const ids = keys.map((key) => key.at(-1) ?? '');
  const snoozes = await loadSnoozes(deps.db, actor, ids);
  const data = (await loadRequests(deps.db, ids)).map((request) => ({
    ...presentRequest(request, { actor, switches }),
    ...snoozedUntil(snoozes.get(request.id)),
  }));
  return { data, meta: offsetMetaOf(filters, total, data.length) };
}
