import type { MetadataDataSource, MetadataDomain, MetadataGroup } from '@stoa/contract/metadata';
import type { Person } from '@stoa/contract/person';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';

export async function findDomainsNamed(db: Reader): Promise<MetadataDomain[]> {
  const { rows } = await sql<MetadataDomain>`select id, name, description from domain order by lower(name)`.execute(db);
  return rows;
}

export async function findDomainNamed(db: Reader, id: string): Promise<MetadataDomain | undefined> {
  const { rows } = await sql<MetadataDomain>`select id, name, description from domain where id = ${id}`.execute(db);
  return rows[0];
}

type SourceFilter = {
  domainId: string;
  searchText?: string | undefined;
  dataSourceIds?: readonly number[] | undefined;
  offset: number;
  limit: number;
};
type SourceRow = {
  dataSourceId: number;
  name: string;
  platform: string;
  created_at: Date;
  hostname: string | null;
  database: string | null;
  object_path: string[];
  comment: string | null;
  columnCount: number;
};

/** Enabled sources of the domain that are still on their platform, by name. */
export async function findSourcesOfDomain(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  filter: SourceFilter,
): Promise<{ sources: MetadataDataSource[]; total: number }> {
  const pattern = filter.searchText ? likePattern(filter.searchText) : null;
  const ids = filter.dataSourceIds ?? null;
  const list: List = {
    from: sql`domain_data_source l join data_source s on s.id = l.data_source_id join data_object o on o.id = s.data_object_id`,
    where: sql`l.domain_id = ${filter.domainId} and s.enabled and o.missing_since is null
      and (${ids}::int[] is null or s.id = any(${ids}::int[]))
      and (${pattern}::text is null or s.name ilike ${pattern} or array_to_string(o.object_path, '.') ilike ${pattern})`,
    order: [
      { value: sql`lower(s.name)`, type: 'text' },
      { value: sql`s.id`, type: 'integer' },
    ],
  };
  const { total, keys } = await readPage(deps, list, filter);
  const found = keys.map((key) => Number(key.at(-1)));
  const { rows } = await sql<SourceRow>`
    select s.id as "dataSourceId", s.name, c.technology as platform, s.created_at, c.config->>'host' as hostname,
      c.config->>'database' as database, o.object_path, o.comment,
      (select count(*) from data_source_column k where k.data_source_id = s.id) as "columnCount"
    from data_source s join data_object o on o.id = s.data_object_id join connection c on c.id = s.connection_id
    where s.id = any(${found}::int[]) order by lower(s.name), s.id`.execute(deps.db);
  return { sources: rows.map(presentSource), total };
}

const presentSource = ({ created_at, object_path, ...row }: SourceRow): MetadataDataSource => ({
  ...row,
  createdAt: created_at.toISOString(),
  prefix: null,
  schema: object_path.at(-2) ?? null,
  table: object_path.at(-1) ?? null,
});

type PersonRow = Omit<Person, 'globalUserId' | 'iamId'> & { global_user_id: string; iam_id: string };

/** People by name, username or e-mail. Disabled ones are found by their id alone, so that old rows keep their names. */
export async function findPeople(
  db: Reader,
  filter: { limit: number; filter?: string | undefined; globalUserId?: readonly string[] | undefined },
): Promise<Person[]> {
  const pattern = filter.filter ? likePattern(filter.filter) : null;
  const ids = filter.globalUserId ?? null;
  const { rows } = await sql<PersonRow>`
    select u.id, u.global_user_id, u.iam_id, u.username, u.name, u.email,
      coalesce((select json_object_agg(a.name, a.values) from (
        select name, json_agg(distinct value order by value) as values from attribute
        where (principal_type = 'user' and principal_id = u.global_user_id::text)
           or (principal_type = 'group' and principal_id in
             (select m.group_id::text from group_member m where m.global_user_id = u.global_user_id))
        group by name) a), '{}') as authorizations
    from app_user u
    where (case when ${ids}::uuid[] is null then u.status = 'active' else u.global_user_id = any(${ids}::uuid[]) end)
      and (${pattern}::text is null or u.name ilike ${pattern} or u.username ilike ${pattern} or u.email ilike ${pattern})
    order by lower(u.username) limit ${filter.limit}`.execute(db);
  return rows.map(({ global_user_id, iam_id, ...row }) => ({ ...row, globalUserId: global_user_id, iamId: iam_id }));
}

export async function findGroupsNamed(
  db: Reader,
  filter: { limit: number; filter?: string | undefined },
): Promise<MetadataGroup[]> {
  const pattern = filter.filter ? likePattern(filter.filter) : null;
  const { rows } = await sql<MetadataGroup>`
    select id, iam_id as "iamId", name, email from user_group
    where ${pattern}::text is null or name ilike ${pattern} order by lower(name) limit ${filter.limit}`.execute(db);
  return rows;
}

/** The wire has no page for these; a picker narrows by typing. */
const mostAttributes = 1_000;

export async function findAttributes(
  db: Reader,
  filter: { search?: string | undefined; type?: string | undefined },
): Promise<{ type: string; value: string }[]> {
  const pattern = filter.search ? likePattern(filter.search) : null;
  const { rows } = await sql<{ type: string; value: string }>`
    select distinct name as type, value from attribute
    where (${pattern}::text is null or name ilike ${pattern} or value ilike ${pattern})
      and (${filter.type || null}::text is null or name = ${filter.type || null})
    order by 1, 2 limit ${mostAttributes}`.execute(db);
  return rows;
}
