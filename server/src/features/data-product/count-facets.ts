import type { ProductFacets } from '@stoa/contract/data-product';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { SearchConditions } from './search-conditions.ts';

/** Counts look at this many products; beyond it a page says how to go on, not how far. */
export const countedAtMost = 10_000;

const labels: Record<string, string> = {
  HAVE: 'You have access',
  AUTO: 'Approved automatically',
  ASK: 'Needs approval',
  PENDING: 'Pending',
  EXPIRED: 'Ended',
  BLOCKED: 'Blocked',
};

type Count = { facet: keyof ProductFacets; value: string; label: string | null; count: number };

/** How many products each value of each facet would leave. `found`: tables and joins that name `p` and `mine`. */
export async function countFacets(
  reader: Reader,
  found: { with: RawBuilder<unknown>; from: RawBuilder<unknown> },
  conditions: SearchConditions,
): Promise<ProductFacets> {
  const { rows } = await sql<Count>`
    ${found.with}, base as materialized (
      select p.id, ${conditions.domain} as in_domain, ${conditions.technology} as in_technology, ${conditions.state} as in_state, ${conditions.tag} as in_tag,
        ${conditions.stateOf} as state
      ${found.from} where ${conditions.base} limit ${countedAtMost}
    )
    (select 'domain' as facet, d.id::text as value, d.name as label, count(*) as count
      from base b join data_product_domain pd on pd.data_product_id = b.id join domain d on d.id = pd.domain_id
      where in_technology and in_state and in_tag group by d.id, d.name order by 4 desc, 3, 2 limit 200)
    union all
    (select 'technology', c.technology, c.technology, count(distinct b.id)
      from base b join container k on k.target_id = b.id join connection c on c.id = k.connection_id
      where in_domain and in_state and in_tag group by c.technology order by 4 desc, 3)
    union all
    (select 'state', b.state, null, count(*) from base b where in_domain and in_technology and in_tag group by b.state order by 4 desc, 2)`.execute(
    reader,
  );
  const of = (facet: keyof ProductFacets) =>
    rows.flatMap((row) =>
      row.facet === facet
        ? [{ value: row.value, label: row.label ?? labels[row.value] ?? row.value, count: row.count }]
        : [],
    );
  return { domain: of('domain'), technology: of('technology'), state: of('state') };
}
