import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { describePlaces, lockTags, settleTags } from './change-tags.ts';
import { lockTag, tagEntry } from './create-tag.ts';
import { usesOf } from './queries.ts';

type Input = { actor: LoadedPerson; id: number; confirmCount?: number | undefined; call: Pick<Call, 'id' | 'ip'> };

/** Deletes a tag and those below it, and takes them off all that carries them, with what follows from that. */
export async function deleteTag(deps: Deps, { actor, id, confirmCount, call }: Input): Promise<void> {
  requireMay(actor, 'tag.manage', nothing);
  await transact(deps, async (tx, after) => {
    await lockTags(tx, 'alone');
    const tag = await lockTag(tx, id);
    if (tag.source === 'system')
      throw new Refusal('tag.protected', { detail: `“${tag.name}” belongs to Stoa itself.` });
    await requireUnused(tx, tag);
    const { tagIds, places } = await loadBelow(tx, id);
    const removed = await describePlaces(tx, places);
    const count = new Set(removed.map((place) => `${place.dataObjectId} ${place.columnOrdinal ?? ''}`)).size;
    if (count > 0 && confirmCount !== count)
      throw new Refusal('tag.confirm_count', {
        detail: `“${tag.name}”, or a tag below it, is on ${count} ${count === 1 ? 'object or column' : 'objects and columns'}.`,
        extra: { count },
      });
    await sql`delete from tag_application where tag_id = any(${tagIds}::int[])`.execute(tx);
    await sql`delete from tag where id = any(${tagIds}::int[])`.execute(tx);
    await settleTags(
      { tx, after },
      { added: [], removed },
      { source: 'curated', actor: userActor(actor), globalUserId: actor.globalUserId, call },
    );
    await appendAudit(tx, {
      ...tagEntry({ actor, call }, tag),
      action: 'TagDeleted',
      payload: { tags: tagIds.length, takenOff: count },
    });
    after.changed('tag', String(id));
  });
}

async function requireUnused(tx: Tx, tag: { id: number; name: string }): Promise<void> {
  const uses = await usesOf(tx, tag.id);
  const names = [...uses.domains, ...uses.policies].map((one) => `“${one.name}”`);
  if (names.length === 0) return;
  const shown = `${names.slice(0, 10).join(', ')}${names.length > 10 ? ' and others' : ''}`;
  throw new Refusal('tag.in_use', {
    detail: `“${tag.name}”, or a tag below it, is named by ${shown}. Nothing was deleted.`,
    extra: uses,
  });
}

async function loadBelow(tx: Tx, id: number): Promise<{ tagIds: number[]; places: number[] }> {
  const { rows } = await sql<{ tagIds: number[]; places: number[] }>`
    with recursive below (id) as (
      select ${id}::int union all select child.id from below b join tag child on child.parent_id = b.id
    ) select array(select id from below) as "tagIds",
      array(select a.id::float8 from tag_application a where a.tag_id in (select id from below) and not a.disabled) as places`.execute(
    tx,
  );
  return rows[0] ?? { tagIds: [], places: [] };
}
