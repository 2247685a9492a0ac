import type { RequestStatus } from '@stoa/contract/enums';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

/** The caller's most telling request for the asset itself: access that holds, else what waits, else the latest. */
type OwnRequest = {
  id: string;
  request_id: string;
  status: RequestStatus;
  expiration: Date | null;
  /** Approved, but its agreements are still to be accepted. */
  awaits_acceptance: boolean;
};
/** Live access that reaches the asset by another target: an asset above it, or a product that holds it. */
export type AccessThrough = {
  id: string;
  type: 'DATA_PRODUCT' | 'DATA_OBJECT';
  target_id: string;
  name: string;
  request_id: string;
  expiration: Date | null;
};
export type CallerAssetAccess = { own: OwnRequest | undefined; through: AccessThrough[] };

const isLive = sql`r.status = 'APPROVED' and r.type = 'DATA_ACCESS' and not r.awaits_acceptance and (r.expiration is null or r.expiration > now())`;

/** What one person has on each of the assets, by any road. It grows with the person's requests and the depth of the tree. */
export async function readAssetAccess(
  reader: Reader,
  globalUserId: string,
  ids: readonly string[],
): Promise<(id: string) => CallerAssetAccess> {
  const { rows: own } = await sql<OwnRequest>`
    select distinct on (r.asset_id) r.asset_id as id, r.id as request_id, r.expiration, r.awaits_acceptance,
      case when r.status = 'APPROVED' and r.expiration <= now() then 'EXPIRED' else r.status end as status
    from access_request r
    where r.beneficiary = ${globalUserId} and r.type = 'DATA_ACCESS' and r.asset_id = any(${[...ids]}::uuid[])
    order by r.asset_id, case when ${isLive} then 0 when r.status = 'PENDING' or r.awaits_acceptance and r.status = 'APPROVED' then 1 else 2 end,
      case when r.status = 'APPROVED' then r.expiration end desc nulls first, r.created_at desc, r.id desc`.execute(
    reader,
  );
  const { rows: through } = await sql<AccessThrough>`
    with recursive mine as materialized (
      select r.id, r.target_id, r.data_product_id, r.expiration from access_request r where r.beneficiary = ${globalUserId} and ${isLive}),
    upwards (start, id, parent_id) as (
      select o.id, o.id, o.parent_id from data_object o where o.id = any(${[...ids]}::uuid[])
      union all select u.start, p.id, p.parent_id from upwards u join data_object p on p.id = u.parent_id)
    select u.start as id, 'DATA_OBJECT' as type, o.id as target_id, o.name, r.id as request_id, r.expiration
    from upwards u join mine r on r.target_id = u.id join data_object o on o.id = u.id where u.id <> u.start
    union all
    select s.data_object_id, 'DATA_PRODUCT', p.id, p.name, r.id, r.expiration
    from data_source s join data_product_source ps on ps.data_source_id = s.id
    join data_product p on p.id = ps.data_product_id and p.deleted_at is null and not p.suspended
    join mine r on r.data_product_id = p.id
    where s.data_object_id = any(${[...ids]}::uuid[]) and s.enabled`.execute(reader);
  return (id) => ({ own: own.find((row) => row.id === id), through: through.filter((row) => row.id === id) });
}
