import { foldName } from '@stoa/core/folded-name';
import { type GroupRow, judgeGroups, judgeMembers, type MemberRow } from '@stoa/core/people-import/judge-groups';
import { sql } from 'kysely';
import type { AuditEntry } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { enqueuePeople } from '../../provisioning/enqueue-policy-keys.ts';
import { memberEntries } from '../group/set-members.ts';
import { entryFor, type ImportBy, type ImportPlan, rowsThat } from './plan.ts';

export const lockGroups = async (tx: Tx, names: readonly string[]): Promise<void> => {
  await sql`select from user_group
    where lower(name) in (select lower(n) from unnest(${names}::text[]) n) or name_key = any(${names.map(foldName)}::text[])
    order by id for update`.execute(tx);
};

type GroupCells = Omit<GroupRow, 'key' | 'known'>;

/** Groups from a file. A new one has no members yet, so that nothing on a platform changes. */
export async function planGroups(tx: Tx, by: ImportBy, cells: readonly GroupCells[]): Promise<ImportPlan> {
  const names = cells.map((row) => row.name);
  if (!by.isDryRun) await lockGroups(tx, names);
  const { rows: found } = await sql<{ key: string; id: number | null; name: string | null; email: string | null }>`
    select coalesce(lower(g.name), n.key) as key, g.id, g.name, g.email
    from unnest(${names}::text[], ${names.map(foldName)}::text[]) with ordinality n (name, key, at)
      left join lateral (select id, name, email from user_group where lower(name) = lower(n.name) or name_key = n.key
        order by lower(name) = lower(n.name) desc limit 1) g on true
    order by n.at`.execute(tx);
  const rows = cells.map((row, at): GroupRow => {
    const { key = '', id = null, name = null, email = null } = found[at] ?? {};
    return { ...row, key, known: id === null || name === null ? null : { id, name, email } };
  });
  const judged = judgeGroups(by.actor, rows);
  return {
    rows: judged,
    peopleCount: 0,
    apply: async (t, after) => [
      ...(await addGroups(t, after, { by, rows: rowsThat(['created'], rows, judged) })),
      ...(await changeAddresses(t, after, { by, rows: rowsThat(['changed'], rows, judged) })),
    ],
  };
}

type Write<Row> = { by: ImportBy; rows: readonly Row[] };

async function addGroups(tx: Tx, after: AfterCommit, { by, rows }: Write<GroupRow>): Promise<AuditEntry[]> {
  if (rows.length === 0) return [];
  const { rows: added } = await sql<{ id: number; name: string }>`
    insert into user_group (name, name_key, email)
    select * from unnest(${rows.map((row) => row.name)}::text[], ${rows.map((row) => foldName(row.name))}::text[],
      ${rows.map((row) => row.email ?? null)}::text[])
    returning id, name`.execute(tx);
  after.changed('group', String(added[0]?.id));
  return added.map(({ id, name }) => ({
    ...entryFor(by, { type: 'GROUP', id: String(id), name }),
    action: 'GroupCreated',
  }));
}

async function changeAddresses(tx: Tx, after: AfterCommit, { by, rows }: Write<GroupRow>): Promise<AuditEntry[]> {
  const changed = rows.flatMap(({ known, email }) => (known === null || email === undefined ? [] : [{ known, email }]));
  if (changed.length === 0) return [];
  await sql`update user_group g set email = n.email, updated_at = now()
    from unnest(${changed.map(({ known }) => known.id)}::int[], ${changed.map(({ email }) => email)}::text[]) as n (id, email)
    where g.id = n.id`.execute(tx);
  after.changed('group', String(changed[0]?.known.id));
  return changed.map(({ known, email }) => ({
    ...entryFor(by, { type: 'GROUP', id: String(known.id), name: known.name }),
    action: 'GroupUpdated',
    payload: { before: { name: known.name, email: known.email }, after: { name: known.name, email } },
  }));
}

type MemberCells = Omit<MemberRow, 'known' | 'user' | 'isMember' | 'keeper' | 'isSaid'>;
type Sure = MemberRow & { known: NonNullable<MemberRow['known']>; user: NonNullable<MemberRow['user']> };

/** Who joins and who leaves, from a file; members that it does not name stay. */
export async function planMembers(tx: Tx, by: ImportBy, cells: readonly MemberCells[]): Promise<ImportPlan> {
  const groups = cells.map((row) => row.group);
  if (!by.isDryRun) await lockGroups(tx, groups);
  const rows = await loadMembers(tx, cells, groups);
  const judged = judgeMembers(by.actor, rows);
  const isSure = (row: MemberRow): row is Sure => row.known !== null && row.user !== null;
  const joining = rowsThat(['created'], rows, judged).filter(isSure);
  const leaving = rowsThat(['removed'], rows, judged).filter(isSure);
  return {
    rows: judged,
    peopleCount: new Set([...joining, ...leaving].map((row) => row.user.globalUserId)).size,
    apply: (t, after) => writeMembers(t, after, { by, joining, leaving }),
  };
}

type FoundMember = {
  groupId: number | null;
  groupName: string | null;
  globalUserId: string | null;
  personId: string | null;
  name: string | null;
  isMember: boolean;
  isSaid: boolean;
  keeper: string | null;
};

async function loadMembers(tx: Tx, cells: readonly MemberCells[], groups: readonly string[]): Promise<MemberRow[]> {
  const usernames = cells.map((row) => row.username.normalize('NFKC'));
  const { rows } = await sql<FoundMember>`
    select g.id as "groupId", g.name as "groupName", u.global_user_id as "globalUserId", u.person_id as "personId", u.name,
      m.group_id is not null as "isMember", coalesce(m.source <> 'local', false) as "isSaid",
      (select p.name from scim_group s join scim_access a on a.provider_id = s.provider_id
        join identity_provider p on p.id = s.provider_id where s.group_id = g.id and s.left_at is null) as keeper
    from unnest(${groups}::text[], ${usernames}::text[]) with ordinality n (group_name, username, at)
      left join user_group g on lower(g.name) = lower(n.group_name)
      left join app_user u on lower(u.username) = lower(n.username)
      left join group_member m on m.group_id = g.id and m.global_user_id = u.global_user_id
    order by n.at`.execute(tx);
  return cells.map((row, at): MemberRow => {
    const found = rows[at];
    const { groupId = null, groupName = null, globalUserId = null, personId = null, name = null } = found ?? {};
    return {
      ...row,
      known: groupId === null || groupName === null ? null : { id: groupId, name: groupName },
      user: globalUserId === null || personId === null || name === null ? null : { globalUserId, personId, name },
      isMember: found?.isMember === true,
      isSaid: found?.isSaid === true,
      keeper: found?.keeper ?? null,
    };
  });
}

async function writeMembers(
  tx: Tx,
  after: AfterCommit,
  { by, joining, leaving }: { by: ImportBy; joining: readonly Sure[]; leaving: readonly Sure[] },
): Promise<AuditEntry[]> {
  const pairs = (rows: readonly Sure[]) =>
    sql`unnest(${rows.map((row) => row.known.id)}::int[], ${rows.map((row) => row.user.globalUserId)}::uuid[])`;
  await sql`delete from group_member m using ${pairs(leaving)} as n (group_id, id)
    where m.group_id = n.group_id and m.global_user_id = n.id`.execute(tx);
  await sql`insert into group_member (group_id, global_user_id, added_by)
    select n.group_id, n.id, ${by.actor.globalUserId} from ${pairs(joining)} as n (group_id, id)`.execute(tx);
  const moved = [...joining, ...leaving];
  const groups = new Map(moved.map(({ known }) => [known.id, known.name]));
  const ids = [...groups.keys()];
  await sql`update user_group set updated_at = now() where id = any(${ids}::int[])`.execute(tx);
  const { rows: brought } = await sql<{ name: string }>`
    select distinct name from attribute where principal_type = 'group' and principal_id = any(${ids.map(String)}::text[])`.execute(
    tx,
  );
  await enqueuePeople(tx, after, {
    people: sql`select distinct unnest(${moved.map((row) => row.user.globalUserId)}::uuid[])`,
    groups: [...groups.values()],
    attributes: brought.map((row) => row.name),
    cause: 'group',
  });
  after.changed('group', String(ids[0]));
  const [joined, left] = [usersByGroup(joining), usersByGroup(leaving)];
  return [...groups].flatMap(([id, name]) => {
    const entry = entryFor(by, { type: 'GROUP', id: String(id), name });
    return [
      ...memberEntries(entry, 'GroupMemberAdded', joined.get(id) ?? []),
      ...memberEntries(entry, 'GroupMemberRemoved', left.get(id) ?? []),
    ];
  });
}

function usersByGroup(rows: readonly Sure[]): Map<number, Sure['user'][]> {
  const users = new Map<number, Sure['user'][]>();
  for (const { known, user } of rows) {
    const list = users.get(known.id) ?? [];
    list.push(user);
    users.set(known.id, list);
  }
  return users;
}
