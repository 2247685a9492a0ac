import { sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import { leafTypes } from './crawl-tree.ts';

export type CrawlToMerge = { crawlId: string; connectionId: string; path: readonly string[]; isLossConfirmed: boolean };
export type MovedObject = { id: string; oldPath: string[]; newPath: string[]; what: 'renamed' | 'recreated' | 'held' };
export type MergedCrawl = {
  found: number;
  known: number;
  /** Fewer than half of the known objects were there: nothing was marked as gone. */
  isSuspect: boolean;
  added: number;
  moved: MovedObject[];
  gone: { id: string; path: string[] }[];
  /** Objects whose data sources may have to change: also those with other columns, and those that are back. */
  touched: string[];
  /** Objects that may have to be granted or revoked, and those that something was moved out of. */
  structural: string[];
};

/**
 * Merges what a crawl gathered into the tree (governance.md 2). An object is known again by its platform id, then by its
 * path; that can only be judged when all of it is known, since a renamed object and a new one may have swapped names.
 */
export async function mergeCrawl(tx: Tx, crawl: CrawlToMerge): Promise<MergedCrawl> {
  // The gathered rows have no statistics yet; taken for few, they would be joined by a loop over a loop.
  await sql`set local enable_nestloop = off`.execute(tx);
  await matchObjects(tx, crawl);
  const counts = await countKnown(tx, crawl);
  const isSuspect = counts.kept * 2 < counts.known && !crawl.isLossConfirmed;
  const moved = await findMoved(tx, crawl);
  const left = await findLeftParents(tx, crawl);
  const changed = await findChanged(tx, crawl);
  await makeWay(tx, crawl);
  await updateKnown(tx, crawl);
  const added = await insertNew(tx, crawl);
  const gone = isSuspect ? [] : await markGone(tx, crawl);
  await sql`set local enable_nestloop = on`.execute(tx);
  const structural = [...[...moved, ...gone, ...changed.filter((row) => row.is_back)].map((row) => row.id), ...left];
  return {
    found: counts.found,
    known: counts.known,
    isSuspect,
    added: added.length,
    moved,
    gone,
    touched: [...new Set([...structural, ...changed.map((row) => row.id), ...added])],
    structural: [...new Set(structural)],
  };
}

/** Ids are unique among nodes of one depth only: PostgreSQL numbers schemas and tables apart. */
async function matchObjects(tx: Tx, { crawlId, connectionId }: CrawlToMerge): Promise<void> {
  await sql`update crawl_object set object_id = null, matched = null where crawl_id = ${crawlId} and matched is not null`.execute(
    tx,
  );
  await sql`
    update crawl_object s set object_id = o.id, matched = 'id' from data_object o
    where s.crawl_id = ${crawlId} and o.connection_id = ${connectionId} and o.platform_id = s.platform_id
      and cardinality(o.object_path) = s.depth`.execute(tx);
  await sql`
    update crawl_object s set object_id = o.id, matched = 'path' from data_object o
    where s.crawl_id = ${crawlId} and s.matched is null and o.connection_id = ${connectionId} and o.object_path = s.object_path
      and not exists (select from crawl_object t where t.crawl_id = ${crawlId} and t.object_id = o.id)`.execute(tx);
  await sql`update crawl_object set object_id = new_id, matched = 'new' where crawl_id = ${crawlId} and matched is null`.execute(
    tx,
  );
}

/** Inside the crawled path, its ancestors included. */
const isInScope = (path: readonly string[]) => sql<boolean>`(o.object_path[1:${path.length}::int] = ${[...path]}::text[]
  or o.object_path = (${[...path]}::text[])[1:cardinality(o.object_path)])`;

async function countKnown(tx: Tx, { crawlId, connectionId, path }: CrawlToMerge) {
  const { rows } = await sql<{ found: number; known: number; kept: number }>`
    select (select count(*)::int from crawl_object where crawl_id = ${crawlId}) as found,
      count(*)::int as known, count(s.object_id)::int as kept
    from data_object o left join crawl_object s on s.crawl_id = ${crawlId} and s.object_id = o.id
    where o.connection_id = ${connectionId} and o.missing_since is null and ${isInScope(path)}`.execute(tx);
  return rows[0] ?? { found: 0, known: 0, kept: 0 };
}

/** Another owner or another kind behind a name that people were granted: not the same thing, until a person says so. */
const isAnother = sql<boolean>`s.matched = 'path'
  and (o.object_type <> s.object_type or coalesce(o.owner_platform_id <> s.owner_platform_id, o.owner is distinct from s.owner))`;

async function findMoved(tx: Tx, { crawlId }: CrawlToMerge): Promise<MovedObject[]> {
  const { rows } = await sql<MovedObject>`
    select o.id, o.object_path as "oldPath", s.object_path as "newPath",
      case when s.matched = 'id' then 'renamed' when ${isAnother} then 'held' else 'recreated' end as what
    from crawl_object s join data_object o on o.id = s.object_id
    where s.crawl_id = ${crawlId} and (s.matched = 'path' or o.object_path <> s.object_path)
    order by s.object_path`.execute(tx);
  return rows;
}

/** What objects were moved out of: an asset there gives them no longer, and the objects themselves will not name it any more. */
async function findLeftParents(tx: Tx, { crawlId }: CrawlToMerge): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct o.parent_id as id
    from crawl_object s join data_object o on o.id = s.object_id
      left join crawl_object p on p.crawl_id = s.crawl_id and p.depth = s.depth - 1 and p.platform_id = s.parent_platform_id
    where s.crawl_id = ${crawlId} and o.parent_id is not null and o.parent_id is distinct from p.object_id`.execute(tx);
  return rows.map((row) => row.id);
}

async function findChanged(tx: Tx, { crawlId }: CrawlToMerge): Promise<{ id: string; is_back: boolean }[]> {
  const { rows } = await sql<{ id: string; is_back: boolean }>`
    select o.id, o.missing_since is not null or o.owner_platform_id is distinct from s.owner_platform_id as is_back
    from crawl_object s join data_object o on o.id = s.object_id
    where s.crawl_id = ${crawlId} and (o.missing_since is not null or o.columns <> s.columns
      or o.owner_platform_id is distinct from s.owner_platform_id)`.execute(tx);
  return rows;
}

/** Paths are unique at every moment, so whoever stands on a path that another one takes steps aside first. */
async function makeWay(tx: Tx, { crawlId, connectionId }: CrawlToMerge): Promise<void> {
  await sql`
    update data_object o set object_path = o.object_path[1:cardinality(o.object_path) - 1] || (o.name || ' (former ' || o.id || ')')
    where o.connection_id = ${connectionId} and o.id in (
      select k.id from crawl_object s join data_object k on k.id = s.object_id
        where s.crawl_id = ${crawlId} and s.object_path <> k.object_path
      union
      select k.id from crawl_object s join data_object k on k.connection_id = ${connectionId} and k.object_path = s.object_path
        where s.crawl_id = ${crawlId} and s.object_id <> k.id)`.execute(tx);
}

/** Rows that are as they were are not written: a crawl that finds nothing new costs reads alone. */
async function updateKnown(tx: Tx, { crawlId }: CrawlToMerge): Promise<void> {
  await sql`
    update data_object o set object_path = s.object_path, name = s.object_path[s.depth], object_type = s.object_type,
      platform_id = s.platform_id, owner = s.owner, owner_platform_id = s.owner_platform_id, comment = s.comment,
      columns = s.columns, parent_id = p.object_id, missing_since = null, last_seen_at = now(), updated_at = now(),
      hold = case when ${isAnother} then 'Another object took this name: it was a ' || replace(o.object_type, '_', ' ')
        || coalesce(' of ' || o.owner, '') || ' and is now a ' || replace(s.object_type, '_', ' ') || coalesce(' of ' || s.owner, '')
        || '. Nothing is granted on it until it is enabled again by hand.' else o.hold end
    from crawl_object s left join crawl_object p
      on p.crawl_id = s.crawl_id and p.depth = s.depth - 1 and p.platform_id = s.parent_platform_id
    where s.crawl_id = ${crawlId} and s.object_id = o.id and s.matched <> 'new'
      and (o.object_path, o.object_type, o.platform_id, o.owner, o.owner_platform_id, o.comment, o.columns, o.parent_id, o.missing_since)
        is distinct from (s.object_path, s.object_type, s.platform_id, s.owner, s.owner_platform_id, s.comment, s.columns,
          p.object_id, null::timestamptz)`.execute(tx);
}

/** A new child is stored with the `newChildState` of its parent, which `inherit` asks upwards; a new root is disabled. */
async function insertNew(tx: Tx, { crawlId, connectionId }: CrawlToMerge): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive tree (depth, platform_id, object_id, child_state) as (
      select s.depth, s.platform_id, s.object_id, coalesce(o.new_child_state, 'inherit')
      from crawl_object s left join data_object o on o.id = s.object_id
      where s.crawl_id = ${crawlId} and s.parent_platform_id is null
      union all
      select s.depth, s.platform_id, s.object_id,
        case coalesce(o.new_child_state, 'inherit') when 'inherit' then t.child_state else o.new_child_state end
      from tree t join crawl_object s on s.crawl_id = ${crawlId} and s.depth = t.depth + 1 and s.parent_platform_id = t.platform_id
        left join data_object o on o.id = s.object_id
      where s.object_type <> all(${leafTypes}::text[])
    )
    insert into data_object (id, connection_id, parent_id, object_path, name, object_type, platform_id, owner,
      owner_platform_id, comment, columns, state)
    select s.object_id, ${connectionId}, t.object_id, s.object_path, s.object_path[s.depth], s.object_type, s.platform_id, s.owner,
      s.owner_platform_id, s.comment, s.columns, case when s.parent_platform_id is null then 'disabled' else t.child_state end
    from crawl_object s left join tree t on t.depth = s.depth - 1 and t.platform_id = s.parent_platform_id
    where s.crawl_id = ${crawlId} and s.matched = 'new' and (s.parent_platform_id is null or t.object_id is not null)
    returning id`.execute(tx);
  return rows.map((row) => row.id);
}

async function markGone(tx: Tx, crawl: CrawlToMerge): Promise<{ id: string; path: string[] }[]> {
  const { crawlId, connectionId, path } = crawl;
  const { rows } = await sql<{ id: string; path: string[] }>`
    update data_object o set missing_since = now(), updated_at = now()
    where o.connection_id = ${connectionId} and o.missing_since is null and ${isInScope(path)}
      and not exists (select from crawl_object s where s.crawl_id = ${crawlId} and s.object_id = o.id)
    returning o.id, o.object_path as path`.execute(tx);
  return rows;
}
