import type { TagApplication } from '@stoa/contract/tag';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound, notOne } from '../../http/refusal.ts';
import { assetsOver } from '../../provisioning/sources-of-target.ts';
import { isReadable, type Viewer } from '../data-source/queries.ts';

type Query = {
  tagId?: number | undefined;
  dataSourceId?: number | undefined;
  dataObjectId?: string | undefined;
  withDisabled?: boolean | undefined;
  offset: number;
  limit: number;
};

type Row = Omit<TagApplication, 'addedAt' | 'disabledAt'> & { added_at: Date; disabled_at: Date | null; total: number };

const authorOf = (column: 'added_by' | 'disabled_by') => sql`
  (select json_build_object('globalUserId', u.global_user_id, 'name', u.name) from app_user u where u.global_user_id = ${sql.ref(`a.${column}`)})`;

/**
 * What carries a tag or one below it, as far as the caller may see it; or the tags on a data source, its columns and the nodes
 * above it. A removal by a person is among them when asked for, so that it can be seen and undone.
 */
export async function listApplications(
  db: Reader,
  viewer: Viewer,
  query: Query,
): Promise<{ data: TagApplication[]; total: number }> {
  const objectId = await requireObject(db, viewer, query);
  const { rows } = await sql<Row>`
    select json_build_object('id', t.id, 'name', t.name, 'sensitivity', t.sensitivity) as tag, a.data_object_id as "dataObjectId",
      s.id as "dataSourceId", o.object_path as "objectPath", o.object_type as "objectType", a.column_name as "columnName", a.source,
      a.context, ${authorOf('added_by')} as "addedBy", a.added_at, a.evidence, a.disabled, ${authorOf('disabled_by')} as "disabledBy",
      a.disabled_at, a.data_object_id is distinct from coalesce(${objectId}::uuid, a.data_object_id) as inherited,
      count(*) over ()::int as total
    from tag_application a join tag t on t.id = a.tag_id join data_object o on o.id = a.data_object_id
      left join data_source s on s.data_object_id = o.id
    where ${sql.join(conditionsOf(viewer, query, objectId), sql` and `)}
    order by a.column_ordinal nulls first, cardinality(o.object_path) desc, lower(t.name), o.object_path, a.id
    offset ${query.offset} limit ${query.limit}`.execute(db);
  return { data: rows.map(present), total: rows[0]?.total ?? 0 };
}

async function requireObject(db: Reader, viewer: Viewer, query: Query): Promise<string | null> {
  const { tagId, dataSourceId, dataObjectId } = query;
  if ([tagId, dataSourceId, dataObjectId].filter((one) => one !== undefined).length !== 1)
    throw notOne('query', ['tagId', 'dataSourceId', 'dataObjectId']);
  if (tagId !== undefined) {
    const { rows } = await sql`select from tag where id = ${tagId}`.execute(db);
    if (rows.length === 0) throw notFound('tag');
    return null;
  }
  const where = dataSourceId === undefined ? sql`o.id = ${dataObjectId}::uuid` : sql`s.id = ${dataSourceId}`;
  const { rows } = await sql<{ id: string }>`
    select o.id from data_object o left join data_source s on s.data_object_id = o.id
    where ${where} and (s.id is null or ${isReadable(viewer)})`.execute(db);
  if (rows[0] === undefined) throw notFound('data source');
  return rows[0].id;
}

function conditionsOf(viewer: Viewer, query: Query, objectId: string | null): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [];
  if (query.withDisabled !== true) conditions.push(sql`not a.disabled`);
  if (objectId === null) {
    conditions.push(sql`a.tag_id in (${idsOf(query.tagId ?? 0)})`, sql`(s.id is null or ${isReadable(viewer)})`);
    return conditions;
  }
  conditions.push(sql`a.data_object_id in (${assetsOver(objectId)})`);
  conditions.push(sql`(a.column_ordinal is null or a.data_object_id = ${objectId}::uuid)`);
  // What was taken off above says nothing about what is below.
  conditions.push(sql`(not a.disabled or a.data_object_id = ${objectId}::uuid)`);
  return conditions;
}

const idsOf = (id: number) => sql`
  with recursive below_tag (id) as (
    select ${id}::int union all select child.id from below_tag b join tag child on child.parent_id = b.id
  ) select below_tag.id from below_tag`;

const present = ({ added_at, disabled_at, total: _total, ...row }: Row): TagApplication => ({
  ...row,
  addedAt: added_at.toISOString(),
  disabledAt: disabled_at?.toISOString() ?? null,
});
