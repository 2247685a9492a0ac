import type { NodeRole } from '@stoa/contract/enums';
import type { ChangeTagsBody } from '@stoa/contract/tag';
import type { DomainRef, TagTargetObject } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { notFound, notOne, Refusal } from '../../http/refusal.ts';
import { leafTypes } from '../../provisioning/crawl-tree.ts';
import { rolesOn } from '../data-object/held-roles.ts';
import { conditionsOf, isReadable, type Viewer } from '../data-source/queries.ts';

/** One thing that tags are put on or taken off, with what the right to do so is judged by. */
export type TagTarget = {
  dataObjectId: string;
  dataSourceId: number | null;
  columnOrdinal: number | null;
  name: string;
  object: TagTargetObject;
};

type Row = {
  dataObjectId: string;
  dataSourceId: number | null;
  path: string[];
  isAbove: boolean;
  isReadable: boolean;
  domains: DomainRef[];
  callerRoles: NodeRole[];
};

const most = 1_000;

/** The targets a body names, in one way of four; those that the caller may not see are not there. */
export async function loadTagTargets(tx: Tx, viewer: Viewer, targets: ChangeTagsBody['targets']): Promise<TagTarget[]> {
  const { dataSourceIds, dataObjectIds, columns, filter } = targets;
  const named = [dataSourceIds, dataObjectIds, columns, filter].filter((one) => one !== undefined);
  if (named.length !== 1) throw notOne('body.targets', ['dataSourceIds', 'dataObjectIds', 'columns', 'filter']);
  if (columns !== undefined) return loadColumns(tx, viewer, columns);
  if (dataObjectIds !== undefined) return loadObjects(tx, viewer, dataObjectIds);
  if (dataSourceIds !== undefined) return (await loadSources(tx, viewer, dataSourceIds)).map(targetOf);
  const { rows } = await sql<{ id: number }>`
    select s.id from data_source s where ${sql.join(conditionsOf(viewer, filter ?? {}), sql` and `)} limit ${most + 1}`.execute(
    tx,
  );
  if (rows.length > most) throw new Refusal('tag.too_many_targets');
  return (
    await loadSources(
      tx,
      viewer,
      rows.map((row) => row.id),
    )
  ).map(targetOf);
}

/** Nobody deletes them while their tags are changed. */
const selectRows = (viewer: Viewer, from: RawBuilder<unknown>) => sql<Row>`
  select o.id as "dataObjectId", s.id as "dataSourceId", o.object_path as path, o.object_type <> all(${leafTypes}::text[]) as "isAbove",
    s.id is null or ${isReadable(viewer)} as "isReadable",
    (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name), '[]')
      from domain_data_source x join domain d on d.id = x.domain_id where x.data_source_id = s.id) as domains,
    ${rolesOn(viewer.actor, sql`o.id`)} as "callerRoles"
  ${from} order by o.id for key share of o`;

async function loadSources(tx: Tx, viewer: Viewer, ids: readonly number[]): Promise<Row[]> {
  const wanted = [...new Set(ids)];
  const { rows } = await selectRows(
    viewer,
    sql`from data_source s join data_object o on o.id = s.data_object_id where s.id = any(${wanted}::int[])`,
  ).execute(tx);
  if (rows.length < wanted.length || rows.some((row) => !row.isReadable)) throw notFound('data source');
  return rows;
}

async function loadObjects(tx: Tx, viewer: Viewer, ids: readonly string[]): Promise<TagTarget[]> {
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
  const { rows } = await selectRows(
    viewer,
    sql`from data_object o left join data_source s on s.data_object_id = o.id where o.id = any(${wanted}::uuid[])`,
  ).execute(tx);
  if (rows.length < wanted.length) throw notFound('data object');
  return rows.map(targetOf);
}

async function loadColumns(
  tx: Tx,
  viewer: Viewer,
  columns: readonly { dataSourceId: number; name: string }[],
): Promise<TagTarget[]> {
  const sources = new Map(
    (
      await loadSources(
        tx,
        viewer,
        columns.map((one) => one.dataSourceId),
      )
    ).map((row) => [row.dataSourceId, row]),
  );
  const { rows } = await sql<{ id: number; name: string; ordinal: number }>`
    select data_source_id as id, name, ordinal from data_source_column where data_source_id = any(${[...sources.keys()]}::int[])`.execute(
    tx,
  );
  const ordinals = new Map(rows.map((row) => [`${row.id}\0${row.name}`, row.ordinal]));
  const keyOf = (one: { dataSourceId: number; name: string }) => `${one.dataSourceId}\0${one.name}`;
  const unknown = columns.filter((one) => !ordinals.has(keyOf(one)));
  if (unknown.length > 0)
    throw new Refusal('tag.column_unknown', {
      detail: `There is no column ${unknown
        .slice(0, 10)
        .map((one) => `“${one.name}”`)
        .join(', ')}.`,
      extra: { columns: unknown.slice(0, 100) },
    });
  return [...new Map(columns.map((one) => [keyOf(one), one])).values()].flatMap((one) => {
    const row = sources.get(one.dataSourceId);
    if (row === undefined) return [];
    const target = targetOf(row);
    return [{ ...target, columnOrdinal: ordinals.get(keyOf(one)) ?? null, name: `${target.name}.${one.name}` }];
  });
}

const targetOf = (row: Row): TagTarget => ({
  dataObjectId: row.dataObjectId,
  dataSourceId: row.dataSourceId,
  columnOrdinal: null,
  name: row.path.join('.'),
  object: { kind: 'tag-target', domains: row.domains, callerRoles: row.callerRoles, isAbove: row.isAbove },
});
