import type { Sensitivity } from '@stoa/contract/tag';
import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import type { Emission } from '../../work/emission.ts';
import { levels, rankOf } from './sensitivity.ts';

/** By product: the rank of the most sensitive data in it; none where nothing in it is said to be sensitive. */
type Ranks = ReadonlyMap<string, number>;
/** Where tags land, or which tags changes are about. */
type Where = { readonly objectIds: readonly string[] } | { readonly tagIds: readonly number[] };

/**
 * Keeps what change of tags raises the sensitivity of a product for those who look after it: what it was is read before the
 * change, and what was raised is told by `since`, once the change is made.
 */
export async function watchSensitivity(
  tx: Tx,
  where: Where,
): Promise<{ readonly since: () => Promise<readonly Emission[]> }> {
  const productIds = await productsAt(tx, where);
  if (productIds.length === 0) return { since: () => Promise.resolve([]) };
  const before = await ranksOf(tx, productIds);
  return {
    since: async () => {
      const now = await ranksOf(tx, productIds);
      const raised = [...now].filter(([id, rank]) => rank < (before.get(id) ?? levels.length + 1));
      return emissionsOf(tx, raised, before);
    },
  };
}

/** Whether any of these tags says of data that it is sensitive, itself or by one above it. */
export async function hasLevel(tx: Tx, tagIds: readonly number[]): Promise<boolean> {
  const { rows } = await sql`
    with recursive above (id, parent_id, level) as (
      select id, parent_id, sensitivity from tag where id = any(${[...tagIds]}::int[])
      union select t.id, t.parent_id, t.sensitivity from above a join tag t on t.id = a.parent_id
    ) select from above where level is not null limit 1`.execute(tx);
  return rows.length > 0;
}

/** The products that list a source at or below these nodes, or at or below what carries one of these tags or a child of it. */
async function productsAt(tx: Tx, where: Where): Promise<string[]> {
  const start =
    'objectIds' in where
      ? sql`select unnest(${[...where.objectIds]}::uuid[])`
      : sql`select a.data_object_id from tag_application a where not a.disabled and a.tag_id in (
          with recursive down (id) as (
            select unnest(${[...where.tagIds]}::int[]) union select t.id from down join tag t on t.parent_id = down.id
          ) select id from down)`;
  const { rows } = await sql<{ id: string }>`
    with recursive below (id) as (
      ${start} union select o.id from below join data_object o on o.parent_id = below.id
    )
    select distinct p.id from below join data_source s on s.data_object_id = below.id
      join data_product_source ps on ps.data_source_id = s.id
      join data_product p on p.id = ps.data_product_id and p.deleted_at is null`.execute(tx);
  return rows.map(({ id }) => id);
}

async function ranksOf(tx: Tx, productIds: readonly string[]): Promise<Ranks> {
  const { rows } = await sql<{ id: string; rank: number }>`
    with recursive source as materialized (
      select ps.data_product_id as product_id, s.data_object_id from data_product_source ps
        join data_source s on s.id = ps.data_source_id where ps.data_product_id = any(${[...productIds]}::uuid[])
    ), place (product_id, node_id) as (
      select product_id, data_object_id from source
      union select p.product_id, o.parent_id from place p join data_object o on o.id = p.node_id where o.parent_id is not null
    ), mark as materialized (
      select p.product_id, a.tag_id from place p
        join tag_application a on a.data_object_id = p.node_id and a.column_ordinal is null and not a.disabled
      union select s.product_id, a.tag_id from source s
        join tag_application a on a.data_object_id = s.data_object_id and a.column_ordinal is not null and not a.disabled
    ), above (tag_id, parent_id, level) as (
      select t.id, t.parent_id, t.sensitivity from tag t where t.id in (select tag_id from mark)
      union select b.tag_id, t.parent_id, t.sensitivity from above b join tag t on t.id = b.parent_id
    )
    select m.product_id as id, min(${rankOf(sql`b.level`)}) as rank from mark m
      join above b on b.tag_id = m.tag_id and b.level is not null group by 1`.execute(tx);
  return new Map(rows.map(({ id, rank }) => [id, rank]));
}

const levelOf = (rank: number | undefined): Sensitivity | null => levels[(rank ?? levels.length + 1) - 1] ?? null;

async function emissionsOf(
  tx: Tx,
  raised: readonly (readonly [string, number])[],
  before: Ranks,
): Promise<readonly Emission[]> {
  if (raised.length === 0) return [];
  const { rows } = await sql<{ id: string; name: string; domain_ids: string[]; members: number }>`
    select p.id, p.name, array(select pd.domain_id from data_product_domain pd where pd.data_product_id = p.id order by 1) as domain_ids,
      (select count(distinct r.beneficiary)::int from access_request r
        where r.data_product_id = p.id and r.type = 'DATA_ACCESS' and r.status = 'APPROVED') as members
    from data_product p where p.id = any(${raised.map(([id]) => id)}::uuid[]) order by p.id`.execute(tx);
  const ranks = new Map(raised);
  return rows.map(({ id, name, domain_ids: domainIds, members }) => ({
    type: 'stoa.data_product.sensitivity_raised',
    targetId: id,
    domainId: domainIds[0],
    data: {
      name,
      domainIds,
      dataProduct: { id, name },
      sensitivity: levelOf(ranks.get(id)),
      before: levelOf(before.get(id)),
      members,
    },
  }));
}
