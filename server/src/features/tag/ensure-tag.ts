import { tagOf } from '@stoa/core/tags/system-tags';
import { lastSegmentOf, parentsOf } from '@stoa/core/tags/tag-path';
import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import type { TagSource } from './change-tags.ts';

type Made = { id: number; name: string; isNew: boolean };
type How = { source: TagSource; globalUserId: string | null };

/** The tag of this name, made with the tags above it where it does not exist; names differ by more than case. */
export async function ensureTag(tx: Tx, name: string, how: How): Promise<Made> {
  let parent: Made | null = null;
  for (const path of [...parentsOf(name), name]) parent = await ensureOne(tx, { path, parent }, how);
  if (parent === null) throw new Error('a tag has no name');
  return parent;
}

/** Below a tag that is written in another case, the name goes on from that. */
async function ensureOne(tx: Tx, { path, parent }: { path: string; parent: Made | null }, how: How): Promise<Made> {
  const name = parent === null ? path : `${parent.name}.${tagOf([lastSegmentOf(path)])}`;
  const { rows: made } = await sql<Made>`
    insert into tag (name, parent_id, source, created_by)
    select ${name}, ${parent?.id ?? null}::int, ${how.source}, ${how.globalUserId}::uuid
    where not exists (select from tag where lower(name) = lower(${name}))
    on conflict do nothing returning id, name, true as "isNew"`.execute(tx);
  if (made[0] !== undefined) return made[0];
  const { rows: known } = await sql<Made>`
    select id, name, false as "isNew" from tag where lower(name) = lower(${name})`.execute(tx);
  if (known[0] === undefined) throw new Error('a tag went while it was looked up');
  return known[0];
}
