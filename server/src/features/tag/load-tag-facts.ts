import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { derivedTagsOfSources, nodeName } from './derived-tags.ts';
import { tagsOfColumns, tagsOfSources } from './stored-tags.ts';

/** The names of the tags, as dot paths, that decisions ask about. Neither map holds what has no tag. */
export type TagFacts = {
  readonly sources: ReadonlyMap<number, readonly string[]>;
  readonly columns: ReadonlyMap<number, ReadonlyMap<string, readonly string[]>>;
};

type Node = { id: string; parent_id: string | null; derived: string; stored: string[] | null };
type Leaf = { id: number; parent_id: string | null; stored: string[] | null };
type Tagged = { id: number; names: string[] };
type TaggedColumn = { id: number; column: string; names: string[] };

/**
 * All tags of the data sources of a connection and of their columns. What a source inherits is read once per node above it
 * and shared, so that 100,000 sources cost one scan of them.
 */
export async function loadTagFacts(db: Reader, connectionId: string, sourceIds?: readonly number[]): Promise<TagFacts> {
  if (sourceIds !== undefined && sourceIds.length <= fewSources) return loadFew(db, sourceIds);
  const only = sourceIds === undefined ? sql`true` : sql`s.id = any(${[...sourceIds]}::int[])`;
  const inherited = await loadInherited(db, connectionId);
  const published = await loadPublished(db, connectionId, sourceIds);
  const { rows } = await sql<Leaf>`
    select s.id, o.parent_id, own.stored from data_source s join data_object o on o.id = s.data_object_id
      left join (${storedByObject(connectionId)}) own on own.data_object_id = o.id
    where s.connection_id = ${connectionId} and ${only}`.execute(db);
  const sources = new Map<number, readonly string[]>();
  for (const { id, parent_id, stored } of rows) {
    const above = inherited.get(parent_id ?? '') ?? [];
    const own = [...(stored ?? []), ...(published.get(id) ?? [])];
    const names = own.length === 0 ? above : [...new Set([...above, ...own])];
    if (names.length > 0) sources.set(id, names);
  }
  return { sources, columns: await loadColumns(db, connectionId, sourceIds) };
}

/** Of so few sources each is asked about by itself, upwards: nothing of the rest of the connection is read. */
const fewSources = 200;

async function loadFew(db: Reader, sourceIds: readonly number[]): Promise<TagFacts> {
  const ids = sql`${[...sourceIds]}::int[]`;
  const { rows } = await sql<Tagged & { column: string | null }>`
    select t.data_source_id as id, null as column, array_agg(distinct t.name) as names
    from (${tagsOfSources(ids, sql`true`)}) t group by 1
    union all
    select t.data_source_id, t.column_name, array_agg(t.name) from (${tagsOfColumns(ids)}) t group by 1, 2`.execute(db);
  const sources = new Map<number, readonly string[]>();
  const columns = new Map<number, Map<string, readonly string[]>>();
  for (const { id, column, names } of rows) {
    if (column === null) sources.set(id, names);
    else columns.set(id, (columns.get(id) ?? new Map<string, readonly string[]>()).set(column, names));
  }
  return { sources, columns };
}

const storedByObject = (connectionId: string) => sql`
  select a.data_object_id, array_agg(t.name order by t.name) as stored
  from tag_application a join tag t on t.id = a.tag_id join data_object x on x.id = a.data_object_id
  where a.column_ordinal is null and not a.disabled and x.connection_id = ${connectionId} group by 1`;

/** What each node that holds others hands down: its connection tag, its own tags and those of the nodes above it. */
async function loadInherited(db: Reader, connectionId: string): Promise<Map<string, readonly string[]>> {
  const { rows } = await sql<Node>`
    select o.id, o.parent_id, own.stored,
      ${nodeName} as derived
    from data_object o join connection c on c.id = o.connection_id
      left join (${storedByObject(connectionId)}) own on own.data_object_id = o.id
    where o.connection_id = ${connectionId} and o.object_type in ('database', 'schema')
    order by cardinality(o.object_path)`.execute(db);
  const stored = new Map<string, readonly string[]>();
  const handed = new Map<string, readonly string[]>();
  for (const row of rows) {
    const all = [...new Set([...(stored.get(row.parent_id ?? '') ?? []), ...(row.stored ?? [])])];
    stored.set(row.id, all);
    handed.set(row.id, [row.derived, ...all]);
  }
  return handed;
}

/** What sources are published in, and which of them are assets. */
async function loadPublished(
  db: Reader,
  connectionId: string,
  sourceIds: readonly number[] | undefined,
): Promise<Map<number, readonly string[]>> {
  const ids =
    sourceIds === undefined
      ? sql`array(select id from data_source where connection_id = ${connectionId})`
      : sql`${[...sourceIds]}::int[]`;
  const { rows } = await sql<Tagged>`
    select t.data_source_id as id, array_agg(t.name order by t.name) as names
    from (${derivedTagsOfSources(ids, sql`true`)}) t where t.source = 'system' group by 1`.execute(db);
  return new Map(rows.map((row) => [row.id, row.names]));
}

async function loadColumns(
  db: Reader,
  connectionId: string,
  sourceIds: readonly number[] | undefined,
): Promise<Map<number, Map<string, readonly string[]>>> {
  const only = sourceIds === undefined ? sql`true` : sql`s.id = any(${[...sourceIds]}::int[])`;
  const { rows } = await sql<TaggedColumn>`
    select s.id, k.name as column, array_agg(t.name order by t.name) as names
    from data_source s
      join tag_application a on a.data_object_id = s.data_object_id and a.column_ordinal is not null and not a.disabled
      join data_source_column k on k.data_source_id = s.id and k.ordinal = a.column_ordinal
      join tag t on t.id = a.tag_id
    where s.connection_id = ${connectionId} and ${only} group by 1, 2`.execute(db);
  const columns = new Map<number, Map<string, readonly string[]>>();
  for (const { id, column, names } of rows) {
    const known = columns.get(id) ?? new Map<string, readonly string[]>();
    columns.set(id, known.set(column, names));
  }
  return columns;
}
