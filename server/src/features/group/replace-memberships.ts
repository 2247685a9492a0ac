import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import type { AuditActor, AuditEntry } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { enqueuePeople } from '../../provisioning/enqueue-policy-keys.ts';
import { memberEntries } from './set-members.ts';

type Moved = { readonly id: number; readonly name: string };
/** Who had it done, and by which call. */
export type MembershipsBy = { readonly actor: AuditActor; readonly actorIp?: string; readonly requestId?: string };
type Change = {
  readonly person: { readonly globalUserId: string; readonly name: string };
  /** The names of the groups; those that do not exist, or that another provider's directory keeps, are passed over. */
  readonly wanted: readonly string[];
  /** Who says so. */
  readonly source: string;
  readonly by: MembershipsBy;
};

/** Makes the groups that a source names for a person exactly those wanted. Who is in a group by others stays there. */
export async function replaceMemberships(tx: Tx, after: AfterCommit, change: Change): Promise<AuditEntry[]> {
  const first = await compare(tx, change);
  if (first.joined.length + first.left.length === 0) return [];
  // What is changed is locked in one order, and looked at again: somebody may have changed a group meanwhile.
  await sql`select from user_group where id = any(${[...first.joined, ...first.left].map(({ id }) => id)}::int[])
    order by id for no key update`.execute(tx);
  const { joined, left } = await compare(tx, change);
  const moved = [...joined, ...left];
  if (moved.length === 0) return [];
  const { person, source, by } = change;
  const ids = moved.map(({ id }) => id);
  await sql`delete from group_member where global_user_id = ${person.globalUserId} and source = ${source}
    and group_id = any(${left.map(({ id }) => id)}::int[])`.execute(tx);
  await sql`insert into group_member (group_id, global_user_id, source)
    select unnest(${joined.map(({ id }) => id)}::int[]), ${person.globalUserId}, ${source}`.execute(tx);
  await sql`update user_group set updated_at = now() where id = any(${ids}::int[])`.execute(tx);
  const { rows: brought } = await sql<{ name: string }>`
    select distinct name from attribute where principal_type = 'group' and principal_id = any(${ids.map(String)}::text[])`.execute(
    tx,
  );
  await enqueuePeople(tx, after, {
    people: sql`select ${person.globalUserId}::uuid`,
    groups: moved.map(({ name }) => name),
    attributes: brought.map(({ name }) => name),
    cause: 'group',
  });
  for (const { id } of moved) after.changed('group', String(id));
  const entryOf = ({ id, name }: Moved) => ({ ...by, targetType: 'GROUP', targets: [{ id: String(id), name }] });
  return [
    ...joined.flatMap((group) => memberEntries(entryOf(group), 'GroupMemberAdded', [person])),
    ...left.flatMap((group) => memberEntries(entryOf(group), 'GroupMemberRemoved', [person])),
  ].map((entry) => ({ ...entry, payload: { ...entry.payload, source } }));
}

async function compare(tx: Tx, { person, wanted, source }: Change): Promise<{ joined: Moved[]; left: Moved[] }> {
  const keys = [...new Set(wanted.map(foldName))];
  const isWanted = sql<boolean>`(g.name_key = any(${keys}::text[])
    or (g.name_key is null and lower(g.name) = any(${wanted.map((name) => name.toLowerCase())}::text[])))`;
  const { rows } = await sql<
    Moved & { isWanted: boolean; isMember: boolean; isOfSource: boolean; isKeptElsewhere: boolean }
  >`
    select g.id, g.name, ${isWanted} as "isWanted", m.group_id is not null as "isMember",
      coalesce(m.source = ${source}, false) as "isOfSource",
      exists (select from scim_group s join scim_access a on a.provider_id = s.provider_id
        where s.group_id = g.id and s.left_at is null and s.provider_id <> ${source}) as "isKeptElsewhere"
    from user_group g left join group_member m on m.group_id = g.id and m.global_user_id = ${person.globalUserId}
    where ${isWanted} or m.source = ${source} order by g.id`.execute(tx);
  return {
    joined: rows.filter((row) => row.isWanted && !row.isMember && !row.isKeptElsewhere),
    left: rows.filter((row) => !row.isWanted && row.isOfSource),
  };
}
