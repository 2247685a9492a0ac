import type { Sensitivity, Tag, TagDetail, TagSource } from '@stoa/contract/tag';
import { lastSegmentOf } from '@stoa/core/tags/tag-path';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';

type TagRow = {
  id: number;
  name: string;
  parent_id: number | null;
  source: TagSource;
  description: string;
  sensitivity: Sensitivity | null;
  child_count: number;
  object_count: number;
  column_count: number;
  created_at: Date;
  updated_at: Date;
};

/** What carries each of the tags or one below it is counted for the rows of a page alone. */
const selectTags = (ids: readonly number[]) => sql<TagRow>`
  with recursive below (root, id) as (
    select root, root from unnest(${[...ids]}::int[]) root
    union all select b.root, t.id from below b join tag t on t.parent_id = b.id
  ), carried as (
    select b.root, count(distinct a.data_object_id) filter (where a.column_ordinal is null)::int as objects,
      count(distinct (a.data_object_id, a.column_ordinal)) filter (where a.column_ordinal is not null)::int as columns
    from below b join tag_application a on a.tag_id = b.id and not a.disabled group by b.root
  )
  select t.id, t.name, t.parent_id, t.source, t.description, t.sensitivity, t.created_at, t.updated_at,
    (select count(*)::int from tag child where child.parent_id = t.id) as child_count,
    coalesce(c.objects, 0) as object_count, coalesce(c.columns, 0) as column_count
  from tag t left join carried c on c.root = t.id
  where t.id = any(${[...ids]}::int[]) order by lower(t.name), t.id`;

export type TagFilter = {
  parentId?: readonly number[] | undefined;
  searchText?: string | undefined;
  source?: readonly TagSource[] | undefined;
  sensitivity?: readonly Sensitivity[] | undefined;
};

export async function findTags(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  filter: TagFilter,
  page: { offset: number; limit: number },
): Promise<{ tags: Tag[]; total: number }> {
  const list: List = {
    from: sql`tag t`,
    where: sql.join(conditionsOf(filter), sql` and `),
    order: [
      { value: sql`lower(t.name)`, type: 'text' },
      { value: sql`t.id`, type: 'integer' },
    ],
  };
  const { total, keys } = await readPage(deps, list, page);
  if (keys.length === 0) return { tags: [], total };
  const { rows } = await selectTags(keys.map((key) => Number(key.at(-1)))).execute(deps.db);
  return { tags: rows.map(presentTag), total };
}

function conditionsOf({ parentId, searchText = '', source, sensitivity }: TagFilter): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  const isSearch = searchText !== '' || source !== undefined || sensitivity !== undefined;
  if (parentId !== undefined)
    conditions.push(isSearch ? sql`t.id in (${idsBelow(parentId)})` : sql`t.parent_id = any(${[...parentId]}::int[])`);
  else if (!isSearch) conditions.push(sql`t.parent_id is null`);
  if (searchText !== '') conditions.push(sql`t.name ilike ${likePattern(searchText)}`);
  if (source !== undefined) conditions.push(sql`t.source = any(${[...source]}::text[])`);
  if (sensitivity !== undefined) conditions.push(sql`t.sensitivity = any(${[...sensitivity]}::text[])`);
  return conditions;
}

const idsBelow = (ids: readonly number[]) => sql`
  with recursive below (id) as (
    select tag.id from tag where tag.parent_id = any(${[...ids]}::int[])
    union all select child.id from below b join tag child on child.parent_id = b.id
  ) select below.id from below`;

const presentTag = (row: TagRow): Tag => ({
  id: row.id,
  name: row.name,
  displayName: lastSegmentOf(row.name),
  parentId: row.parent_id,
  source: row.source,
  description: row.description,
  sensitivity: row.sensitivity,
  childCount: row.child_count,
  objectCount: row.object_count,
  columnCount: row.column_count,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});

export async function findTag(db: Reader, id: number): Promise<TagDetail | undefined> {
  const { rows } = await selectTags([id]).execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const { rows: more } = await sql<Pick<TagDetail, 'createdBy' | 'parents'>>`
    with recursive above (id, name, parent_id, depth) as (
      select p.id, p.name, p.parent_id, 1 from tag t join tag p on p.id = t.parent_id where t.id = ${id}
      union all select p.id, p.name, p.parent_id, a.depth + 1 from above a join tag p on p.id = a.parent_id
    )
    select (select coalesce(json_agg(json_build_object('id', a.id, 'name', a.name) order by a.depth desc), '[]') from above a) as parents,
      (select json_build_object('globalUserId', u.global_user_id, 'name', u.name)
        from tag t join app_user u on u.global_user_id = t.created_by where t.id = ${id}) as "createdBy"`.execute(db);
  return {
    ...presentTag(row),
    createdBy: more[0]?.createdBy ?? null,
    parents: more[0]?.parents ?? [],
    uses: await usesOf(db, id),
  };
}

type TagUses = { domains: TagDetail['uses']['domains']; policies: NonNullable<TagDetail['uses']['policies']> };

/** What names a tag or one below it: dynamic domains by its number, policies by its name. */
export async function usesOf(db: Reader, id: number): Promise<TagUses> {
  const { rows } = await sql<TagUses>`
    with recursive below (id, name) as (
      select tag.id, tag.name from tag where tag.id = ${id}
      union all select child.id, child.name from below b join tag child on child.parent_id = b.id
    )
    select (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by lower(d.name)), '[]') from domain d
        where d.mode = 'dynamic' and d.tag_id in (select b.id from below b)) as domains,
      (select coalesce(json_agg(json_build_object('id', p.id, 'policyKey', p.policy_key, 'name', p.name) order by lower(p.name)), '[]')
        from policy p where p.deleted_at is null and exists (select from below b
          where jsonb_path_exists(p.body, '$.**.tag ? (@ == $name)', jsonb_build_object('name', b.name))
            or strpos(p.body::text, trim(both '"' from to_jsonb('@columnTagged(''' || replace(b.name, '''', '''''') || '''')::text)) > 0)) as policies`.execute(
    db,
  );
  return rows[0] ?? { domains: [], policies: [] };
}
