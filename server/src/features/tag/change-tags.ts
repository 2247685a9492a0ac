import { sql } from 'kysely';
import type { AuditActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Call } from '../../http/route.ts';
import { enqueueConnection } from '../../provisioning/enqueue-keys.ts';
import { type DomainMove, recomputeDomains } from '../domain/recompute-domains.ts';
import type { Emission } from '../../work/emission.ts';
import { auditTagChanges } from './audit-tag-changes.ts';
import { hasLevel, watchSensitivity } from './raised-products.ts';

/** Who or what puts tags on things by itself, or the person who does it by hand. */
export type TagSource = 'curated' | 'identification' | 'platform' | 'system';

/** One tag on one thing: a node of the tree (a leaf is a data source), or with `columnOrdinal` a column of a data source. */
export type TagPlace = {
  readonly tagId: number;
  readonly dataObjectId: string;
  readonly columnOrdinal: number | null;
  /** What an identification saw: ratio, sample size, when. */
  readonly evidence?: unknown;
  readonly context?: string | undefined;
};

export type TagChanges = { readonly add?: readonly TagPlace[]; readonly remove?: readonly TagPlace[] };

export type TagChanger = {
  readonly source: TagSource;
  readonly actor: AuditActor;
  readonly globalUserId: string | null;
  readonly call?: Pick<Call, 'id' | 'ip'> | undefined;
};

/** A place where a tag is now, or is no longer. */
export type ChangedPlace = {
  tagId: number;
  tag: string;
  dataObjectId: string;
  connectionId: string;
  dataSourceId: number | null;
  path: string[];
  columnOrdinal: number | null;
  columnName: string | null;
};
export type TagOutcome = { added: ChangedPlace[]; removed: ChangedPlace[]; moves: DomainMove[] };

type Scope = { tx: Tx; after: AfterCommit };

/**
 * Puts tags on things and takes them off, with all that follows, in the caller's transaction: the rows, the dynamic domains
 * that sources join or leave, audit, and where policies are in force a key for every connection concerned. What is as asked for already is left out of
 * the outcome, so that a repeat changes nothing.
 *
 * By hand (`curated`) an addition also brings back what was taken off, and makes the tag a person's own; a removal is kept,
 * so that nothing but a person undoes it. Everybody else adds only where there is no row, and removes only rows of their own.
 */
export async function changeTags(scope: Scope, changes: TagChanges, by: TagChanger): Promise<TagOutcome> {
  const { tx } = scope;
  await lockTags(tx);
  const sensitivity = await watchAdditions(tx, changes.add ?? []);
  const removed = await remove(tx, changes.remove ?? [], by);
  const added = await add(tx, changes.add ?? [], by);
  return settleTags(scope, { added, removed, raised: await sensitivity?.since() }, by);
}

/** Taking tags off raises nothing, nor do tags that say nothing of how sensitive data is. */
async function watchAdditions(tx: Tx, places: readonly TagPlace[]) {
  const tagIds = [...new Set(places.map((place) => place.tagId))];
  if (tagIds.length === 0 || !(await hasLevel(tx, tagIds))) return undefined;
  return watchSensitivity(tx, { objectIds: [...new Set(places.map((place) => place.dataObjectId))] });
}

type Written = Pick<TagOutcome, 'added' | 'removed'> & { readonly raised?: readonly Emission[] | undefined };

/** All that follows from rows that were written; `raised`: what is told of products that hold more sensitive data by them. */
export async function settleTags(
  scope: Scope,
  { added, removed, raised = [] }: Written,
  by: TagChanger,
): Promise<TagOutcome> {
  const { tx } = scope;
  const changed = [...removed, ...added];
  if (changed.length === 0) return { added, removed, moves: [] };
  const nodes = changed.filter((place) => place.columnOrdinal === null).map((place) => place.dataObjectId);
  const moves = await recomputeDomains(scope, { objectIds: [...new Set(nodes)] }, by);
  await auditTagChanges(tx, { added, removed, raised }, by);
  if (await hasPoliciesInForce(tx)) {
    for (const connectionId of new Set(changed.map((place) => place.connectionId)))
      await enqueueConnection(tx, scope.after, { connectionId, cause: 'tag' });
  }
  for (const tagId of new Set(changed.map((place) => place.tagId))) scope.after.changed('tag', String(tagId));
  await announceSources(scope, changed);
  return { added, removed, moves };
}

/** Access goes by tags through policies alone; what a dynamic domain gains or loses has keys of its own. */
async function hasPoliciesInForce(tx: Tx): Promise<boolean> {
  const { rows } = await sql`
    select from policy where state = 'active' and not protected and deleted_at is null limit 1`.execute(tx);
  return rows.length > 0;
}

/** Takes away the rows of what is no longer there, so that nobody can take them off. */
export async function dropTags(scope: Scope, ids: readonly number[], by: TagChanger): Promise<ChangedPlace[]> {
  if (ids.length === 0) return [];
  const { tx } = scope;
  await lockTags(tx);
  const removed = await describePlaces(tx, ids);
  await sql`delete from tag_application where id = any(${[...ids]}::bigint[])`.execute(tx);
  await settleTags(scope, { added: [], removed }, by);
  return removed;
}

/** Shared by changes of tags, so that whoever makes a domain dynamic, alone behind this lock, misses none of them. */
export async function lockTags(tx: Tx, how: 'shared' | 'alone' = 'shared'): Promise<void> {
  const key = sql`hashtextextended('stoa.tags', 0)`;
  await sql`select ${how === 'shared' ? sql`pg_advisory_xact_lock_shared(${key})` : sql`pg_advisory_xact_lock(${key})`}`.execute(
    tx,
  );
}

/** Rows travel as JSON, in one order, so that two who change many places wait for each other and never in a circle. */
const placesOf = (places: readonly TagPlace[]) => sql`
  select distinct on (x.data_object_id, x.column_ordinal, x.tag_id) x.*
  from jsonb_to_recordset(${JSON.stringify(
    places.map((place) => ({
      tag_id: place.tagId,
      data_object_id: place.dataObjectId,
      column_ordinal: place.columnOrdinal,
      evidence: place.evidence ?? null,
      context: place.context ?? null,
    })),
  )}::jsonb) as x (tag_id int, data_object_id uuid, column_ordinal int, evidence jsonb, context text)
  order by x.data_object_id, x.column_ordinal, x.tag_id`;

async function add(tx: Tx, places: readonly TagPlace[], by: TagChanger): Promise<ChangedPlace[]> {
  if (places.length === 0) return [];
  const { rows: inserted } = await sql<{ id: number }>`
    insert into tag_application (tag_id, data_object_id, column_ordinal, column_name, source, context, added_by, evidence)
    select x.tag_id, x.data_object_id, x.column_ordinal, k.name, ${by.source}, x.context, ${by.globalUserId}::uuid,
      nullif(x.evidence, 'null'::jsonb)
    from (${placesOf(places)}) x
      left join data_source s on s.data_object_id = x.data_object_id and x.column_ordinal is not null
      left join data_source_column k on k.data_source_id = s.id and k.ordinal = x.column_ordinal
    where x.column_ordinal is null or k.name is not null
    order by x.data_object_id, x.column_ordinal, x.tag_id
    on conflict on constraint tag_application__once do nothing returning id`.execute(tx);
  const again = by.source === 'curated' ? await takeOver(tx, places, by) : await refreshEvidence(tx, places, by);
  return describePlaces(tx, [...inserted.map((row) => row.id), ...again]);
}

/** Rows that are there but are not a person's own, or were taken off. */
async function takeOver(tx: Tx, places: readonly TagPlace[], by: TagChanger): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    update tag_application a set source = 'curated', context = coalesce(x.context, a.context), added_by = ${by.globalUserId}::uuid,
      added_at = now(), disabled = false, disabled_by = null, disabled_at = null
    from (${placesOf(places)}) x
    where a.tag_id = x.tag_id and a.data_object_id = x.data_object_id and a.column_ordinal is not distinct from x.column_ordinal
      and (a.disabled or a.source <> 'curated')
    returning a.id`.execute(tx);
  return rows.map((row) => row.id);
}

/** The newest sight of what is tagged already, also of what a person took off: nothing changes by it. */
async function refreshEvidence(tx: Tx, places: readonly TagPlace[], by: TagChanger): Promise<number[]> {
  const seen = places.filter((place) => place.evidence !== undefined);
  if (seen.length > 0)
    await sql`update tag_application a set evidence = x.evidence from (${placesOf(seen)}) x
      where a.tag_id = x.tag_id and a.data_object_id = x.data_object_id and a.column_ordinal is not distinct from x.column_ordinal
        and a.source = ${by.source}`.execute(tx);
  return [];
}

async function remove(tx: Tx, places: readonly TagPlace[], by: TagChanger): Promise<ChangedPlace[]> {
  if (places.length === 0) return [];
  const { rows: found } = await sql<{ id: number }>`
    select a.id from tag_application a join (${placesOf(places)}) x on a.tag_id = x.tag_id and a.data_object_id = x.data_object_id
      and a.column_ordinal is not distinct from x.column_ordinal
    where not a.disabled and (${by.source} = 'curated' or a.source = ${by.source})
    order by a.data_object_id, a.column_ordinal, a.tag_id for update of a`.execute(tx);
  const ids = found.map((row) => row.id);
  const described = await describePlaces(tx, ids);
  await (by.source === 'curated'
    ? sql`update tag_application set disabled = true, disabled_by = ${by.globalUserId}::uuid, disabled_at = now() where id = any(${ids}::bigint[])`
    : sql`delete from tag_application where id = any(${ids}::bigint[])`
  ).execute(tx);
  return described;
}

/** What rows of applications say. */
export async function describePlaces(tx: Tx, ids: readonly number[]): Promise<ChangedPlace[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<ChangedPlace>`
    select a.tag_id as "tagId", t.name as tag, a.data_object_id as "dataObjectId", o.connection_id as "connectionId", s.id as "dataSourceId",
      o.object_path as path, a.column_ordinal as "columnOrdinal", a.column_name as "columnName"
    from tag_application a join tag t on t.id = a.tag_id join data_object o on o.id = a.data_object_id
      left join data_source s on s.data_object_id = o.id
    where a.id = any(${[...ids]}::bigint[]) order by t.name, o.object_path, a.column_ordinal`.execute(tx);
  return rows;
}

async function announceSources({ tx, after }: Scope, changed: readonly ChangedPlace[]): Promise<void> {
  const ids = [...new Set(changed.map((place) => place.connectionId))];
  const { rows } = await sql<{ key: string }>`
    select connection_key as key from connection where id = any(${ids}::uuid[])`.execute(tx);
  for (const { key } of rows) after.changed('data-source', key);
}
