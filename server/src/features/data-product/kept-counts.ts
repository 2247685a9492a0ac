import { type RawBuilder, sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import { loopLockClass, loopLocks } from '../../work/advisory-locks.ts';

/** Hours from asking to the decision: the median of the latest fifty of a product that people decided. It says what to expect now. */
export const medianHours = (productId: RawBuilder<unknown>): RawBuilder<number | null> => sql<number | null>`
  (select percentile_cont(0.5) within group (order by extract(epoch from latest.decided_at - latest.created_at) / 3600)
    from (select r.decided_at, r.created_at from access_request r
      where r.target_id = ${productId} and r.decided_at is not null and r.event ->> 'type' = 'review'
      order by r.created_at desc, r.id desc limit 50) latest)`;

/** How the members of products change when people come to hold them by `k.held` more requests each; a row is a product and a person. */
const heldBefore = sql`coalesce((select h.held from product_holder h where h.data_product_id = k.data_product_id and h.beneficiary = k.beneficiary), 0)`;
export const membersMoved = sql<number>`sum((${heldBefore} + k.held > 0)::int - (${heldBefore} > 0)::int)`;

const usualBatch = 5_000;

/**
 * Adds up what was appended since, oldest first, one replica at a time. Each statement takes rows away and adds them in one
 * snapshot, so that a reader finds each change once: as a row, or in the sum. Answers whether there may be more.
 */
export async function addUpCounts({ db }: Pick<Deps, 'db'>, batch = usualBatch): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ held: boolean; products: boolean; domains: boolean }>`
      select pg_try_advisory_xact_lock(${loopLockClass}::int, ${loopLocks.counts}::int) as held,
        exists (select from product_change) as products, exists (select from domain_change) as domains`.execute(tx);
    const [found] = rows;
    if (found?.held !== true) return false;
    const products = found.products ? await addUpProducts(batch).execute(tx) : undefined;
    if (products) await sql`delete from product_holder where held = 0`.execute(tx);
    const domains = found.domains ? await addUpDomains(batch).execute(tx) : undefined;
    return [products, domains].some((added) => (added?.rows[0]?.taken ?? 0) >= batch);
  });
}

type Taken = { taken: number };

const addUpProducts = (batch: number): RawBuilder<Taken> => sql<Taken>`
  with taken as (
    delete from product_change where id in (select id from product_change order by id limit ${batch}) returning *
  ), held as (
    select data_product_id, beneficiary, sum(held)::int as held from taken where beneficiary is not null
    group by 1, 2 having sum(held) <> 0
  ), stored as (
    insert into product_holder as h (data_product_id, beneficiary, held) select data_product_id, beneficiary, held from held
    on conflict (data_product_id, beneficiary) do update set held = h.held + excluded.held
  ), joined as (
    select k.data_product_id, ${membersMoved} as members from held k group by 1
  ), added as (
    insert into product_count as c (data_product_id, pending, approved, revoked, canceled, denied, expired, members, median_hours)
    select t.data_product_id, sum(t.pending), sum(t.approved), sum(t.revoked), sum(t.canceled), sum(t.denied), sum(t.expired),
      coalesce((select j.members from joined j where j.data_product_id = t.data_product_id), 0), ${medianHours(sql`t.data_product_id`)}
    from taken t group by t.data_product_id
    on conflict (data_product_id) do update set pending = c.pending + excluded.pending, approved = c.approved + excluded.approved,
      revoked = c.revoked + excluded.revoked, canceled = c.canceled + excluded.canceled, denied = c.denied + excluded.denied,
      expired = c.expired + excluded.expired, members = c.members + excluded.members, median_hours = excluded.median_hours
  )
  select count(*)::int as taken from taken`;

const addUpDomains = (batch: number): RawBuilder<Taken> => sql<Taken>`
  with taken as (
    delete from domain_change where id in (select id from domain_change order by id limit ${batch}) returning domain_id, sources
  ), added as (
    insert into domain_count as c (domain_id, sources) select domain_id, sum(sources) from taken group by 1
    on conflict (domain_id) do update set sources = c.sources + excluded.sources
  )
  select count(*)::int as taken from taken`;
