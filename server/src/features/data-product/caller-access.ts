import type { RequestStatus } from '@stoa/contract/enums';
import { type RawBuilder, sql } from 'kysely';
import { prepared, type Reader } from '../../db/pool.ts';

/** What one person has, or asked for, by their most telling request for a product. */
export type CallerAccess = {
  id: string;
  request_id: string;
  status: RequestStatus;
  expiration: Date | null;
  /** Approved, but its agreements are still to be accepted. */
  awaits_acceptance: boolean;
};

/**
 * One row per product that the person ever asked for: access that holds (the longest), else what waits for a decision or an acceptance, else the latest. An end
 * that has passed counts as expired, whether or not the sweep has been there. It grows with the person's requests alone.
 */
export const accessOf = (globalUserId: string, ids?: readonly string[]): RawBuilder<CallerAccess> => sql<CallerAccess>`
  select distinct on (r.data_product_id) r.data_product_id as id, r.id as request_id, r.expiration, r.awaits_acceptance,
    case when r.status = 'APPROVED' and r.expiration <= now() then 'EXPIRED' else r.status end as status
  from access_request r
  where r.beneficiary = ${globalUserId} and r.type = 'DATA_ACCESS' and r.data_product_id is not null
    ${ids === undefined ? sql`` : sql`and r.data_product_id = any(${[...ids]}::uuid[])`}
  order by r.data_product_id,
    case when r.status = 'APPROVED' and not r.awaits_acceptance and (r.expiration is null or r.expiration > now()) then 0
      when r.status = 'PENDING' or (r.status = 'APPROVED' and r.awaits_acceptance) then 1 else 2 end,
    case when r.status = 'APPROVED' then r.expiration end desc nulls first, r.created_at desc, r.id desc`;

export async function readCallerAccess(
  reader: Reader,
  globalUserId: string,
  ids: readonly string[],
): Promise<Map<string, CallerAccess>> {
  const { rows } = await sql<CallerAccess>`${prepared('caller-access')} ${accessOf(globalUserId, ids)}`.execute(reader);
  return new Map(rows.map((row) => [row.id, row]));
}

/** True for sources that could be granted now; the surrounding query names `data_source` as `s` and `data_object` as `o`. */
export const isUsable = sql<boolean>`(s.enabled and o.hold is null and o.missing_since is null)`;
/**
 * The same of a product's sources; the surrounding query names `data_product` as `p`. They are looked up one by one until the
 * first usable one: a join may read every source there is.
 */
export const hasUsableSource = sql<boolean>`exists (select from data_product_source ps where ps.data_product_id = p.id
  and (select ${isUsable} from data_source s join data_object o on o.id = s.data_object_id where s.id = ps.data_source_id))`;
