import type { Domain, DomainDetail } from '@stoa/contract/domain';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { prepared, type Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { tagNameOf } from '../tag/stored-tags.ts';

type DomainRow = Pick<
  Domain,
  'id' | 'name' | 'description' | 'mode' | 'tag' | 'dataSourceCount' | 'dataProductCount'
> & {
  created_at: Date;
  updated_at: Date;
};

/** Domains by id. Their sources are kept as a number (`domain_count`) and what came since; their products are counted in one go. */
export async function readDomains(db: Reader, ids: readonly string[]): Promise<Domain[]> {
  const { rows } = await sql<DomainRow>`${prepared('domains')}
    with moved as materialized (
      select domain_id, sum(sources) as sources from domain_change where domain_id = any(${[...ids]}::uuid[]) group by 1
    ), product as materialized (
      select l.domain_id, count(*) as products from data_product_domain l join data_product p on p.id = l.data_product_id
      where l.domain_id = any(${[...ids]}::uuid[]) and p.deleted_at is null group by 1
    )
    select d.id, d.name, d.description, d.mode, d.created_at, d.updated_at,
      case when d.tag_id is not null then json_build_object('id', d.tag_id, 'name', ${tagNameOf(sql`d.tag_id`)}) end as tag,
      (coalesce(c.sources, 0) + coalesce(m.sources, 0))::int as "dataSourceCount", coalesce(n.products, 0) as "dataProductCount"
    from domain d left join domain_count c on c.domain_id = d.id left join moved m on m.domain_id = d.id
      left join product n on n.domain_id = d.id
    where d.id = any(${[...ids]}::uuid[]) order by lower(d.name)`.execute(db);
  return rows.map(presentDomain);
}

export async function findDomains(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  searchText: string | undefined,
  page: { offset: number; limit: number },
): Promise<{ domains: Domain[]; total: number }> {
  const pattern = searchText ? likePattern(searchText) : null;
  const list: List = {
    from: sql`domain w`,
    where: sql`(${pattern}::text is null or w.name ilike ${pattern} or w.description ilike ${pattern})`,
    order: [
      { value: sql`lower(w.name)`, type: 'text' },
      { value: sql`w.id`, type: 'uuid' },
    ],
  };
  const { total, keys } = await readPage(deps, list, page);
  const ids = keys.map((key) => key.at(-1) ?? '');
  return { domains: await readDomains(deps.db, ids), total };
}

export async function findDomain(db: Reader, id: string): Promise<DomainDetail | undefined> {
  const [domain] = await readDomains(db, [id]);
  if (!domain) return undefined;
  const permissions = await sql<DomainDetail['permissions'][number]>`
    select p.permission, p.principal_type as "principalType", coalesce(p.user_id::text, p.group_id::text) as "principalId",
      coalesce(u.name, g.name) as "principalName"
    from domain_permission p left join app_user u on u.global_user_id = p.user_id left join user_group g on g.id = p.group_id
    where p.domain_id = ${id} order by p.permission, "principalName", "principalId"`.execute(db);
  const sources = await sql<{ id: number }>`
    select data_source_id as id from domain_data_source where domain_id = ${id} order by 1`.execute(db);
  return {
    ...domain,
    permissions: permissions.rows,
    dataSourceIds: sources.rows.map((source) => source.id),
  };
}

const presentDomain = ({ created_at, updated_at, ...row }: DomainRow): Domain => ({
  ...row,
  createdAt: created_at.toISOString(),
  updatedAt: updated_at.toISOString(),
});
