import type { Technology } from '@stoa/contract/enums';
import type { ProductStats } from '@stoa/contract/data-product';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { hasUsableSource } from './caller-access.ts';

/** What cards and pages count of a product. */
export type ProductNumbers = {
  id: string;
  source_count: number;
  sources_out_of_domain: number;
  technologies: Technology[];
  has_usable_source: boolean;
  pending: number;
  approved: number;
  revoked: number;
  canceled: number;
  denied: number;
  expired: number;
  total: number;
  members: number;
  median_hours: number | null;
};

/** Counts of a page of products. The median looks at the latest fifty decisions: it says what to expect now. */
export async function readProductNumbers(reader: Reader, ids: readonly string[]): Promise<Map<string, ProductNumbers>> {
  const { rows } = await sql<ProductNumbers>`
    select p.id, n.source_count, n.sources_out_of_domain, ${hasUsableSource} as has_usable_source,
      (select coalesce(json_agg(distinct c.technology), '[]') from container k join connection c on c.id = k.connection_id
        where k.target_id = p.id and (select true from data_product_source ps where ps.data_product_id = p.id
          and (select s.connection_id from data_source s where s.id = ps.data_source_id) = k.connection_id limit 1)) as technologies,
      r.pending, r.approved, r.revoked, r.canceled, r.denied, r.expired, r.total, r.members, d.median_hours
    from data_product p
    left join lateral (
      select count(*) as source_count, count(*) - (
        select count(*) from data_product_source i where i.data_product_id = p.id and exists (
          select from domain_data_source x where x.data_source_id = i.data_source_id and x.domain_id = any(array(
            select pd.domain_id from data_product_domain pd where pd.data_product_id = p.id)) offset 0)) as sources_out_of_domain
      from data_product_source ps where ps.data_product_id = p.id
    ) n on true
    left join lateral (
      select count(*) filter (where status = 'PENDING') as pending, count(*) filter (where status = 'APPROVED') as approved,
        count(*) filter (where status = 'REVOKED') as revoked, count(*) filter (where status = 'CANCELED') as canceled,
        count(*) filter (where status = 'DENIED') as denied, count(*) filter (where status = 'EXPIRED') as expired, count(*) as total,
        count(distinct beneficiary) filter (where status = 'APPROVED' and type = 'DATA_ACCESS' and (expiration is null or expiration > now())) as members
      from access_request where target_id = p.id
    ) r on true
    left join lateral (
      select percentile_cont(0.5) within group (order by extract(epoch from decided_at - created_at) / 3600) as median_hours
      from (select decided_at, created_at from access_request
        where target_id = p.id and decided_at is not null and event ->> 'type' = 'review' order by created_at desc limit 50) latest
    ) d on true
    where p.id = any(${[...ids]}::uuid[])`.execute(reader);
  return new Map(rows.map((row) => [row.id, row]));
}

export const statsOf = (n: ProductNumbers): ProductStats & { expiredRequestCount: number } => ({
  dataSourceCount: n.source_count,
  pendingRequestCount: n.pending,
  approvedRequestCount: n.approved,
  revokedRequestCount: n.revoked,
  canceledRequestCount: n.canceled,
  deniedRequestCount: n.denied,
  expiredRequestCount: n.expired,
  totalRequestCount: n.total,
});
