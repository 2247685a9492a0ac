import type { Technology } from '@stoa/contract/enums';
import type { ProductStats } from '@stoa/contract/data-product';
import { type RawBuilder, sql } from 'kysely';
import { prepared, type Reader, unseen } from '../../db/pool.ts';
import { hasUsableSource } from './caller-access.ts';
import { medianHours, membersMoved } from './kept-counts.ts';

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
  members: number;
  median_hours: number | null;
};

const statuses = ['pending', 'approved', 'revoked', 'canceled', 'denied', 'expired'] as const;
const perStatus = (of: (status: string) => RawBuilder<unknown>) => sql.join(statuses.map((status) => of(status)));

/** How many members product `p` has, those included whose end has passed and is not recorded yet. */
export const memberNumber = sql<number>`(coalesce((select c.members from product_count c where c.data_product_id = p.id), 0)
  + coalesce((select ${membersMoved} from (select x.data_product_id, x.beneficiary, sum(x.held) as held from product_change x
      where x.data_product_id = p.id and x.beneficiary is not null group by 1, 2) k), 0))`;

/**
 * Counts of a page of products. Those of requests are kept: what was added up (`product_count`), and what came since. Access
 * whose end has passed counts no member, though it was not ended yet.
 */
export async function readProductNumbers(reader: Reader, ids: readonly string[]): Promise<Map<string, ProductNumbers>> {
  const { rows } = await sql<ProductNumbers>`${prepared('product-numbers')}
    with page as materialized (select unnest(${unseen(ids, 'uuid')}) as id
    ), change as materialized (
      select x.* from page join product_change x on x.data_product_id = page.id
    ), moved as materialized (
      select data_product_id, ${perStatus((status) => sql`sum(${sql.ref(status)})::int as ${sql.ref(status)}`)} from change group by 1
    ), due as materialized (
      select data_product_id, beneficiary from access_request
      where status = 'APPROVED' and expiration <= now() and type = 'DATA_ACCESS' and data_product_id is not null
    ), pair as (
      select data_product_id, beneficiary, sum(held) as held from (
        select data_product_id, beneficiary, held from change where beneficiary is not null
        union all select data_product_id, beneficiary, -1 from due where data_product_id in (select id from page)) x group by 1, 2
    ), joined as materialized (
      select k.data_product_id, ${membersMoved}::int as members from pair k group by 1
    )
    select p.id, n.source_count, n.sources_out_of_domain, ${hasUsableSource} as has_usable_source,
      (select coalesce(json_agg(distinct c.technology), '[]') from container k join connection c on c.id = k.connection_id
        where k.target_id = p.id and (select true from data_product_source ps where ps.data_product_id = p.id
          and (select s.connection_id from data_source s where s.id = ps.data_source_id) = k.connection_id limit 1)) as technologies,
      ${perStatus((status) => sql`coalesce(c.${sql.ref(status)}, 0) + coalesce(m.${sql.ref(status)}, 0) as ${sql.ref(status)}`)},
      coalesce(c.members, 0) + coalesce(j.members, 0) as members,
      case when m.data_product_id is null then c.median_hours else ${medianHours(sql`p.id`)} end as median_hours
    from page join data_product p on p.id = page.id
    left join product_count c on c.data_product_id = p.id
    left join moved m on m.data_product_id = p.id
    left join joined j on j.data_product_id = p.id
    cross join lateral (
      select count(*) as source_count, count(*) - (
        select count(*) from data_product_source i where i.data_product_id = p.id and exists (
          select from domain_data_source x where x.data_source_id = i.data_source_id and x.domain_id = any(array(
            select pd.domain_id from data_product_domain pd where pd.data_product_id = p.id)) offset 0)) as sources_out_of_domain
      from data_product_source ps where ps.data_product_id = p.id
    ) n`.execute(reader);
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
  totalRequestCount: statuses.reduce((sum, status) => sum + n[status], 0),
});
