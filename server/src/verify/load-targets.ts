import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type { TargetFactRow } from './facts.ts';

/** What each product and each asset that somebody ever got opens. */
export async function loadTargets(db: Reader): Promise<Map<string, TargetFactRow>> {
  const targets = new Map<string, { id: string; label: string; isClosed: boolean; sources: Map<number, Listed> }>();
  const { rows: products } = await sql<{ id: string; label: string; isClosed: boolean }>`
    select id, name as label, suspended or deleted_at is not null as "isClosed" from data_product`.execute(db);
  for (const product of products) targets.set(product.id, { ...product, sources: new Map() });
  const { rows: listed } = await sql<{ target: string; source: number; isOutside: boolean }>`
    select x.data_product_id as target, x.data_source_id as source,
      not exists (select from data_product_domain p join domain_data_source d on d.domain_id = p.domain_id
        where p.data_product_id = x.data_product_id and d.data_source_id = x.data_source_id) as "isOutside"
    from data_product_source x`.execute(db);
  for (const { target, source, isOutside } of listed) targets.get(target)?.sources.set(source, { isOutside });
  const { rows: below } = await sql<{ target: string; label: string; source: number | null }>`
    with recursive asset (id) as (
      select target_id from access_request where asset_id is not null union select target_id from container where kind = 'as'
    ), below (target, id) as (
      select o.id, o.id from asset a join data_object o on o.id = a.id
      union all
      select b.target, o.id from below b join data_object o on o.parent_id = b.id and o.missing_since is null
    )
    select b.target, array_to_string(o.object_path, '.') as label, s.id as source
    from below b join data_object o on o.id = b.target left join data_source s on s.data_object_id = b.id`.execute(db);
  for (const { target, label, source } of below) {
    const known = targets.get(target) ?? { id: target, label, isClosed: false, sources: new Map<number, Listed>() };
    targets.set(target, known);
    if (source !== null) known.sources.set(source, { isOutside: false });
  }
  return targets;
}

type Listed = { readonly isOutside: boolean };
