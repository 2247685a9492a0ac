import type { RequestType } from '@stoa/contract/enums';
import { draftDays, requestDraft, type RequestDraft } from '@stoa/contract/request-draft';
import { sql } from 'kysely';
import type { Db, Reader } from '../../db/pool.ts';

export type DraftOf = { targetId: string; type: RequestType };
export type StoredDraft = { draft: RequestDraft; savedAt: Date };

/** More unsent requests than anybody writes; the oldest makes room. */
const draftsAtMost = 100;
const isKept = sql<boolean>`saved_at > now() - make_interval(days => ${draftDays})`;

/** The draft of one person; nobody else's is ever looked at. Undefined when there is none, or when it was kept long enough. */
export async function readDraft(reader: Reader, owner: string, of: DraftOf): Promise<StoredDraft | undefined> {
  const { rows } = await sql<{ content: unknown; saved_at: Date }>`select content, saved_at from request_draft
    where global_user_id = ${owner} and target_id = ${of.targetId} and type = ${of.type} and ${isKept}`.execute(reader);
  const row = rows[0];
  return row && { draft: requestDraft.parse(row.content), savedAt: row.saved_at };
}

/** Puts the draft in the place of the one before. Of two windows that save at once, one wins whole. */
export async function saveDraft(db: Db, owner: string, of: DraftOf & { draft: RequestDraft }): Promise<Date> {
  const { rows } = await sql<{ saved_at: Date }>`
    with crowded as (
      delete from request_draft d where d.global_user_id = ${owner} and (d.target_id, d.type) in (
        select o.target_id, o.type from request_draft o
        where o.global_user_id = ${owner} and (o.target_id, o.type) <> (${of.targetId}::uuid, ${of.type})
        order by o.saved_at desc, o.target_id, o.type offset ${draftsAtMost - 1})
    )
    insert into request_draft (global_user_id, target_id, type, content)
    values (${owner}, ${of.targetId}, ${of.type}, ${JSON.stringify(of.draft)}::jsonb)
    on conflict (global_user_id, target_id, type) do update set content = excluded.content, saved_at = now()
    returning saved_at`.execute(db);
  const savedAt = rows[0]?.saved_at;
  if (savedAt === undefined) throw new Error('a draft was not saved');
  return savedAt;
}

/** Throws it away; true when there was one. */
export async function forgetDraft(tx: Reader, owner: string, of: DraftOf): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from request_draft
    where global_user_id = ${owner} and target_id = ${of.targetId} and type = ${of.type}`.execute(tx);
  return numAffectedRows !== undefined && numAffectedRows > 0n;
}

/** Drafts that nobody came back to. */
export async function forgetOldDrafts(db: Db): Promise<void> {
  await sql`delete from request_draft where not ${isKept}`.execute(db);
}
