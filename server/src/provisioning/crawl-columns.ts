import { sql } from 'kysely';
import { systemActor } from '../audit/append.ts';
import type { Tx } from '../db/pool.ts';
import type { AfterCommit } from '../db/transact.ts';
import { changeTags, dropTags, type TagPlace } from '../features/tag/change-tags.ts';

type Touched = {
  /** Objects that the crawl found changed. */
  objectIds: readonly string[];
  /** Of these, those that are another object under the old path: their columns are known by name alone. */
  recreated: readonly string[];
};
type NewColumn = { objectId: string; ordinal: number };

const bySystem = { source: 'system', actor: systemActor, globalUserId: null } as const;

/** Columns that data sources known before did not have; asked before their columns are written anew. */
export async function findNewColumns(tx: Tx, { objectIds, recreated }: Touched): Promise<NewColumn[]> {
  const { rows } = await sql<NewColumn>`
    select o.id as "objectId", c.ordinal from data_object o join data_source s on s.data_object_id = o.id,
      jsonb_to_recordset(o.columns) as c (ordinal int, name text)
    where o.id = any(${[...objectIds]}::uuid[])
      and exists (select from data_source_column k where k.data_source_id = s.id)
      and not exists (select from data_source_column k where k.data_source_id = s.id
        and case when o.id = any(${[...recreated]}::uuid[]) then k.name = c.name else k.ordinal = c.ordinal end)`.execute(
    tx,
  );
  return rows;
}

/** Tags stay with their columns through renames and new tables, go with columns that are gone, and mark those that are new. */
export async function followColumns(
  scope: { tx: Tx; after: AfterCommit },
  touched: Touched,
  added: readonly NewColumn[],
): Promise<void> {
  const { tx } = scope;
  const objects = [...touched.objectIds];
  const made = [...touched.recreated];
  const isMade = sql`a.data_object_id = any(${made}::uuid[])`;
  const { rows: gone } = await sql<{ id: number }>`
    select a.id from tag_application a join data_source s on s.data_object_id = a.data_object_id
    where a.data_object_id = any(${objects}::uuid[]) and a.column_ordinal is not null
      and not exists (select from data_source_column k where k.data_source_id = s.id
        and case when ${isMade} then k.name = a.column_name else k.ordinal = a.column_ordinal end)`.execute(tx);
  await dropTags(
    scope,
    gone.map((row) => row.id),
    bySystem,
  );
  // In two steps, since two columns that carry one tag may have changed places.
  await sql`update tag_application a set column_ordinal = -k.ordinal from data_source s, data_source_column k
    where ${isMade} and s.data_object_id = a.data_object_id and k.data_source_id = s.id and k.name = a.column_name`.execute(
    tx,
  );
  await sql`update tag_application set column_ordinal = -column_ordinal
    where data_object_id = any(${made}::uuid[]) and column_ordinal < 0`.execute(tx);
  await sql`update tag_application a set column_name = k.name from data_source s, data_source_column k
    where a.data_object_id = any(${objects}::uuid[]) and s.data_object_id = a.data_object_id and k.data_source_id = s.id
      and k.ordinal = a.column_ordinal and k.name <> a.column_name`.execute(tx);
  await markNew(scope, added);
}

async function markNew(scope: { tx: Tx; after: AfterCommit }, added: readonly NewColumn[]): Promise<void> {
  if (added.length === 0) return;
  const { rows } = await sql<{ id: number }>`select id from tag where name = 'Stoa New.Column'`.execute(scope.tx);
  const places = rows.flatMap(({ id }) =>
    added.map(({ objectId, ordinal }): TagPlace => ({ tagId: id, dataObjectId: objectId, columnOrdinal: ordinal })),
  );
  await changeTags(scope, { add: places }, bySystem);
}
