import type { SetGroupMembersBody } from '@stoa/contract/group';
import type { PersonRef } from '@stoa/core/person';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { enqueuePeople } from '../../provisioning/enqueue-policy-keys.ts';
import { requireNoneSaid, requireNotKept } from '../provider-sign-in/said.ts';
import { type GroupChange, groupEntry, lockGroup } from './lock-group.ts';
import { attributesOf } from './queries.ts';

type Member = PersonRef & { name: string; source: string | null };
/** So many people one audit row names at most. */
const peoplePerRow = 500;

/** Replaces the members. Who stays keeps the time of joining, since four eyes looks at that. */
export async function setGroupMembers(
  deps: Deps,
  { actor, id, body, call }: GroupChange<SetGroupMembersBody>,
): Promise<void> {
  requireMay(actor, 'group.manage', nothing);
  const wanted = [...new Set(body.globalUserIds.map((one) => one.toLowerCase()))];
  await transact(deps, async (tx, after) => {
    const group = await lockGroup(tx, id);
    const { added, removed } = await compareMembers(tx, id, wanted);
    requireMay(actor, 'group.manage', { kind: 'group', name: group.name, affected: [...added, ...removed] });
    if (added.length + removed.length === 0) return;
    if (added.length > 0) await requireNotKept(tx, group);
    await requireNoneSaid(tx, group.name, removed);
    await sql`delete from group_member where group_id = ${id} and global_user_id = any(${removed.map((m) => m.globalUserId)}::uuid[])`.execute(
      tx,
    );
    await sql`insert into group_member (group_id, global_user_id, added_by)
      select ${id}, unnest(${added.map((m) => m.globalUserId)}::uuid[]), ${actor.globalUserId}`.execute(tx);
    await sql`update user_group set updated_at = now() where id = ${id}`.execute(tx);
    await enqueuePeople(tx, after, {
      people: sql`select unnest(${[...added, ...removed].map((m) => m.globalUserId)}::uuid[])`,
      groups: [group.name],
      attributes: await attributesOf(tx, id),
      cause: 'group',
    });
    const entry = groupEntry({ actor, call }, group);
    await appendAudit(tx, [
      ...memberEntries(entry, 'GroupMemberAdded', added),
      ...memberEntries(entry, 'GroupMemberRemoved', removed),
    ]);
    after.changed('group', String(id));
  });
}

async function compareMembers(
  tx: Tx,
  id: number,
  wanted: readonly string[],
): Promise<{ added: Member[]; removed: Member[] }> {
  const { rows } = await sql<Member & { is_member: boolean; is_wanted: boolean }>`
    select u.global_user_id as "globalUserId", u.person_id as "personId", u.name, m.source,
      m.global_user_id is not null as is_member, u.global_user_id = any(${wanted}::uuid[]) as is_wanted
    from app_user u left join group_member m on m.global_user_id = u.global_user_id and m.group_id = ${id}
    where m.group_id is not null or u.global_user_id = any(${wanted}::uuid[])`.execute(tx);
  const known = new Set(rows.map((row) => row.globalUserId));
  const unknown = wanted.filter((one) => !known.has(one));
  if (unknown.length > 0) {
    throw new Refusal('group.member_unknown', {
      detail: `There is no user ${unknown.slice(0, 10).join(', ')}. The members stayed as they were.`,
      extra: { globalUserIds: unknown.slice(0, 1_000) },
    });
  }
  return {
    added: rows.filter((row) => row.is_wanted && !row.is_member),
    removed: rows.filter((row) => row.is_member && !row.is_wanted),
  };
}

/** Who joined or left one group, in rows that stay readable. */
export function memberEntries(
  entry: Omit<AuditEntry, 'action' | 'payload'>,
  action: string,
  people: readonly { readonly globalUserId: string; readonly name: string }[],
): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let from = 0; from < people.length; from += peoplePerRow) {
    const some = people.slice(from, from + peoplePerRow);
    const relatedResources = some.map((p) => ({ type: 'USER', id: p.globalUserId, name: p.name }));
    entries.push({ ...entry, action, relatedResources, payload: { count: some.length } });
  }
  return entries;
}
