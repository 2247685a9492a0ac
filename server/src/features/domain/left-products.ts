import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import type { Emission } from '../../work/emission.ts';

type Move = { readonly domainId: string; readonly removed: readonly number[] };
/** A tag on a database may move a hundred thousand: so many are named. */
const mostNamed = 500;

/**
 * That products list data sources which are in none of their domains any more: one event a product, however many domains a
 * change has taken them from. Called once the domains hold what they will hold.
 */
export async function leftProducts(tx: Tx, moves: readonly Move[]): Promise<Emission[]> {
  const pairs = moves.flatMap(({ domainId, removed }) => removed.map((id) => ({ domainId, id })));
  if (pairs.length === 0) return [];
  const { rows } = await sql<{ id: string; name: string; domain_ids: string[]; source_ids: number[]; count: number }>`
    with gone as (
      select distinct pd.data_product_id as product_id, x.source_id
      from unnest(${pairs.map((pair) => pair.domainId)}::uuid[], ${pairs.map((pair) => pair.id)}::int[]) as x (domain_id, source_id)
        join data_product_domain pd on pd.domain_id = x.domain_id
        join data_product_source ps on ps.data_product_id = pd.data_product_id and ps.data_source_id = x.source_id
      where not exists (select from domain_data_source d join data_product_domain own on own.domain_id = d.domain_id
        where d.data_source_id = x.source_id and own.data_product_id = pd.data_product_id)
    )
    select p.id, p.name, array(select pd.domain_id from data_product_domain pd where pd.data_product_id = p.id order by 1) as domain_ids,
      (array_agg(g.source_id order by g.source_id))[1:${mostNamed}] as source_ids, count(*)::int as count
    from gone g join data_product p on p.id = g.product_id and p.deleted_at is null
    group by p.id, p.name order by p.id`.execute(tx);
  return rows.map(({ id, name, domain_ids: domainIds, source_ids: dataSourceIds, count }) => ({
    type: 'stoa.data_product.sources_left_domain',
    targetId: id,
    domainId: domainIds[0],
    data: { name, domainIds, dataProduct: { id, name }, dataSourceIds, count },
  }));
}
