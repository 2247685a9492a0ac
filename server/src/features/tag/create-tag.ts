import type { CreateTagBody, UpdateTagBody } from '@stoa/contract/tag';
import { nothing } from '@stoa/core/permissions/objects';
import { canonicalTagName, faultOfTagName, type TagNameFault } from '@stoa/core/tags/tag-path';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { watchSensitivity } from './raised-products.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { lockTags } from './change-tags.ts';
import { ensureTag } from './ensure-tag.ts';

export type TagEdit<Body> = { actor: LoadedPerson; body: Body; call: Pick<Call, 'id' | 'ip'> };

const why: Readonly<Record<Exclude<TagNameFault, 'reserved'>, string>> = {
  empty_segment: 'A segment is empty, or has a space at one of its ends.',
  backslash: 'A backslash may stand before a dot alone.',
  control: 'It holds a control character.',
  too_deep: 'It has more than ten segments.',
  too_long: 'It is longer than 255 characters.',
};

export async function createTag(deps: Deps, { actor, body, call }: TagEdit<CreateTagBody>): Promise<number> {
  requireMay(actor, 'tag.manage', nothing);
  const name = canonicalTagName(body.name);
  const fault = faultOfTagName(name);
  if (fault === 'reserved') throw new Refusal('tag.name_reserved');
  if (fault !== null) throw new Refusal('tag.name_invalid', { detail: why[fault] });
  return transact(deps, async (tx, after) => {
    await lockTags(tx);
    const made = await ensureTag(tx, name, { source: 'curated', globalUserId: actor.globalUserId });
    if (!made.isNew)
      throw new Refusal('tag.name_taken', { detail: `“${made.name}” exists already.`, extra: { id: made.id } });
    await sql`update tag set description = ${body.description}, sensitivity = ${body.sensitivity} where id = ${made.id}`.execute(
      tx,
    );
    await appendAudit(tx, { ...tagEntry({ actor, call }, made), action: 'TagCreated' });
    after.changed('tag', String(made.id));
    return made.id;
  });
}

export const tagEntry = (
  { actor, call }: Omit<TagEdit<never>, 'body'>,
  tag: { id: number; name: string },
): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'TAG',
  targets: [{ id: String(tag.id), name: tag.name }],
  requestId: call.id,
});

type LockedTag = { id: number; name: string; source: string; description: string; sensitivity: string | null };

export async function lockTag(tx: Tx, id: number): Promise<LockedTag> {
  const { rows } = await sql<LockedTag>`
    select id, name, source, description, sensitivity from tag where id = ${id} for update`.execute(tx);
  if (rows[0] === undefined) throw notFound('tag');
  return rows[0];
}

/** Describes a tag; its name stays, since policies and conditions know it by that. */
export async function updateTag(
  deps: Deps,
  { actor, id, body, call }: TagEdit<UpdateTagBody> & { id: number },
): Promise<void> {
  requireMay(actor, 'tag.manage', nothing);
  await transact(deps, async (tx, after) => {
    const tag = await lockTag(tx, id);
    if (tag.source === 'system')
      throw new Refusal('tag.protected', { detail: `“${tag.name}” is described by Stoa itself.` });
    const before = { description: tag.description, sensitivity: tag.sensitivity };
    const now = {
      description: body.description ?? before.description,
      sensitivity: body.sensitivity === undefined ? before.sensitivity : body.sensitivity,
    };
    if (now.description === before.description && now.sensitivity === before.sensitivity) return;
    const isSameLevel = now.sensitivity === before.sensitivity;
    const sensitivity = isSameLevel ? undefined : await watchSensitivity(tx, { tagIds: [id] });
    await sql`update tag set description = ${now.description}, sensitivity = ${now.sensitivity}, updated_at = now() where id = ${id}`.execute(
      tx,
    );
    await appendAudit(tx, {
      ...tagEntry({ actor, call }, tag),
      action: 'TagUpdated',
      payload: { before, after: now },
      emits: (await sensitivity?.since()) ?? [],
    });
    after.changed('tag', String(id));
  });
}
