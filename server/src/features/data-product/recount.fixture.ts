import { sql } from 'kysely';
import type { Db } from '../../db/pool.ts';
import { readDomains } from '../domain/queries.ts';
import { readProductNumbers } from './read-product-numbers.ts';

type Counted = Record<string, number | null>;

/** Everything that is kept of products and domains and is not what counting anew gives, as the database is at one moment. */
export async function countsThatDiffer(db: Db): Promise<string[]> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const { rows: products } = await sql<{ id: string } & Counted>`
        select p.id, r.*, d.median_hours from data_product p
        cross join lateral (
          select count(*) filter (where status = 'PENDING') as pending, count(*) filter (where status = 'APPROVED') as approved,
            count(*) filter (where status = 'REVOKED') as revoked, count(*) filter (where status = 'CANCELED') as canceled,
            count(*) filter (where status = 'DENIED') as denied, count(*) filter (where status = 'EXPIRED') as expired,
            count(distinct beneficiary) filter (where status = 'APPROVED' and type = 'DATA_ACCESS'
              and (expiration is null or expiration > now())) as members
          from access_request where data_product_id = p.id
        ) r
        cross join lateral (
          select percentile_cont(0.5) within group (order by extract(epoch from decided_at - created_at) / 3600) as median_hours
          from (select decided_at, created_at from access_request
            where data_product_id = p.id and decided_at is not null and event ->> 'type' = 'review' order by created_at desc, id desc limit 50) latest
        ) d`.execute(tx);
      const { rows: domains } = await sql<{ id: string } & Counted>`
        select d.id, (select count(*) from domain_data_source s where s.domain_id = d.id) as "dataSourceCount",
          (select count(*) from data_product_domain l join data_product p on p.id = l.data_product_id
            where l.domain_id = d.id and p.deleted_at is null) as "dataProductCount" from domain d`.execute(tx);
      const keptProducts = await readProductNumbers(
        tx,
        products.map(({ id }) => id),
      );
      const keptDomains = await readDomains(
        tx,
        domains.map(({ id }) => id),
      );
      return [
        ...products.flatMap((counted) => differences('product', counted, keptProducts.get(counted.id))),
        ...domains.flatMap((counted) =>
          differences(
            'domain',
            counted,
            keptDomains.find(({ id }) => id === counted.id),
          ),
        ),
      ];
    });
}

const differences = (what: string, { id, ...counted }: { id: string } & Counted, kept: object | undefined): string[] =>
  Object.entries(counted).flatMap(([name, value]) => {
    const shown: unknown = new Map(Object.entries(kept ?? {})).get(name);
    return shown === value ? [] : [`${what} ${id}: ${name} is ${value}, and ${String(shown)} is shown`];
  });
