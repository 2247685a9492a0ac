import { tagsInComment } from '@stoa/core/tags/comment-tags';
import { type RawBuilder, sql } from 'kysely';
import { appendAudit, systemActor } from '../audit/append.ts';
import type { Tx } from '../db/pool.ts';
import type { AfterCommit } from '../db/transact.ts';
import { changeTags, type TagPlace } from '../features/tag/change-tags.ts';
import { ensureTag } from '../features/tag/ensure-tag.ts';

type Commented = { objectId: string; ordinal: number | null; comment: string };
type Applied = { tagId: number; name: string; objectId: string; ordinal: number | null; disabled: boolean };

const byPlatform = { source: 'platform', actor: systemActor, globalUserId: null } as const;

/**
 * Brings the tags that come from comments in line with the comments last crawled: those written there are on, those that are
 * gone are off. Where the connection does not read them, none is. Of some objects alone when `objectIds` names them.
 */
export async function syncCommentTags(
  scope: { tx: Tx; after: AfterCommit },
  connectionId: string,
  objectIds?: readonly string[],
): Promise<void> {
  const { tx } = scope;
  const only = objectIds === undefined ? sql`true` : sql`o.id = any(${[...objectIds]}::uuid[])`;
  const { rows: settings } = await sql<{ reads: boolean | null }>`
    select (settings ->> 'readCommentTags')::boolean as reads from connection where id = ${connectionId}`.execute(tx);
  const applied = await loadApplied(tx, connectionId, only);
  const written = settings[0]?.reads === true ? await loadCommented(tx, connectionId, only) : [];
  if (applied.length + written.length === 0) return;
  const keyOf = (one: { name: string; objectId: string; ordinal: number | null }) =>
    `${one.name.toLowerCase()}\0${one.objectId}\0${one.ordinal ?? ''}`;
  const wanted = written.flatMap(({ comment, ...place }) => tagsInComment(comment).map((name) => ({ ...place, name })));
  const wantedKeys = new Set(wanted.map(keyOf));
  const knownKeys = new Set(applied.map(keyOf));
  const missing = wanted.filter((one) => !knownKeys.has(keyOf(one)));
  const ids = await ensureAll(tx, [...new Set(missing.map((one) => one.name))]);
  const placeOf = (tagId: number, one: { objectId: string; ordinal: number | null }): TagPlace => ({
    tagId,
    dataObjectId: one.objectId,
    columnOrdinal: one.ordinal,
    context: 'comment',
  });
  await changeTags(
    scope,
    {
      add: missing.map((one) => placeOf(ids.get(one.name) ?? 0, one)),
      remove: applied
        .filter((one) => !one.disabled && !wantedKeys.has(keyOf(one)))
        .map((one) => placeOf(one.tagId, one)),
    },
    byPlatform,
  );
}

/** Comments of what lies in the tree, and of the columns of data sources; few hold the mark, whatever their number. */
async function loadCommented(tx: Tx, connectionId: string, only: RawBuilder<unknown>): Promise<Commented[]> {
  const { rows } = await sql<Commented>`
    select o.id as "objectId", null::int as ordinal, o.comment from data_object o
    where o.connection_id = ${connectionId} and o.comment ilike '%[tag:%' and ${only}
    union all
    select o.id, k.ordinal, k.comment from data_object o join data_source s on s.data_object_id = o.id
      join data_source_column k on k.data_source_id = s.id
    where o.connection_id = ${connectionId} and k.comment ilike '%[tag:%' and ${only}`.execute(tx);
  return rows;
}

async function loadApplied(tx: Tx, connectionId: string, only: RawBuilder<unknown>): Promise<Applied[]> {
  const { rows } = await sql<Applied>`
    select t.id as "tagId", t.name, a.data_object_id as "objectId", a.column_ordinal as ordinal, a.disabled
    from tag_application a join tag t on t.id = a.tag_id join data_object o on o.id = a.data_object_id
    where a.source = 'platform' and o.connection_id = ${connectionId} and ${only}`.execute(tx);
  return rows;
}

async function ensureAll(tx: Tx, names: readonly string[]): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const name of names) {
    const made = await ensureTag(tx, name, { source: 'platform', globalUserId: null });
    ids.set(name, made.id);
    if (made.isNew)
      await appendAudit(tx, {
        action: 'TagCreated',
        actor: systemActor,
        targetType: 'TAG',
        targets: [{ id: String(made.id), name: made.name }],
        payload: { source: 'platform' },
      });
  }
  return ids;
}
