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

const columns = sql`d.id, d.name, d.description, d.mode,
  case when d.tag_id is not null then json_build_object('id', d.tag_id, 'name', ${tagNameOf(sql`d.tag_id`)}) end as tag, d.created_at, d.updated_at,
  (coalesce((select c.sources from domain_count c where c.domain_id = d.id), 0)
    + coalesce((select sum(x.sources) from domain_change x where x.domain_id = d.id), 0))::int as "dataSourceCount",
  (select count(*) from data_product_domain l join data_product p on p.id = l.data_product_id
    where l.domain_id = d.id and p.deleted_at is null) as "dataProductCount"`;

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
  const { rows } = await sql<DomainRow>`${prepared('domains')}
    select ${columns} from domain d where d.id = any(${ids}::uuid[]) order by lower(d.name)`.execute(deps.db);
  return { domains: rows.map(presentDomain), total };
}

export async function findDomain(db: Reader, id: string): Promise<DomainDetail | undefined> {
  const { rows } = await sql<DomainRow>`select ${columns} from domain d where d.id = ${id}`.execute(db);
  const row = rows[0];
  if (!row) return undefined;
  const permissions = await sql<DomainDetail['permissions'][number]>`
    select p.permission, p.principal_type as "principalType", coalesce(p.user_id::text, p.group_id::text) as "principalId",
      coalesce(u.name, g.name) as "principalName"
    from domain_permission p left join app_user u on u.global_user_id = p.user_id left join user_group g on g.id = p.group_id
    where p.domain_id = ${id} order by p.permission, "principalName", "principalId"`.execute(db);
  const sources = await sql<{ id: number }>`
    select data_source_id as id from domain_data_source where domain_id = ${id} order by 1`.execute(db);
  return {
    ...presentDomain(row),
    permissions: permissions.rows,
    dataSourceIds: sources.rows.map((source) => source.id),
  };
}

const presentDomain = ({ created_at, updated_at, ...row }: DomainRow): Domain => ({
  ...row,
  createdAt: created_at.toISOString(),
  updatedAt: updated_at.toISOString(),
});
