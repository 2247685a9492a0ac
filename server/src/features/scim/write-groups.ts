import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import { notFound } from '../../http/refusal.ts';
import { enqueuePeople } from '../../provisioning/enqueue-policy-keys.ts';
import { flowsThatName } from '../group/delete-group.ts';
import { lockGroup } from '../group/lock-group.ts';
import { attributesOf } from '../group/queries.ts';
import { memberEntries } from '../group/set-members.ts';
import { policiesNaming, requireNoPolicyNames } from '../policy/policies-naming.ts';
import { isUuid } from './find-kept.ts';
import { findKeptGroup, membersOf } from './find-groups.ts';
import { type GroupResource, type KeptGroup, patchGroup, readGroup } from './group-resource.ts';
import { taken } from './match-user.ts';
import { valueRefused } from './read-values.ts';
import { actorOf, type FromDirectory, keep, type Keeping } from './source.ts';

type Known = { readonly id: number; readonly name: string };
type Group = Known & { readonly entries: readonly AuditEntry[] };

/** Makes a group, or takes up one that the directory had before. Answers the id. */
export async function createGroup(from: FromDirectory, body: unknown): Promise<string> {
  const said = readGroup(body);
  const name = requireName(said);
  return keep(from, async (keeping) => {
    const group = await takeUpGroup(keeping, said, name);
    await write(keeping, group, said);
    return String(group.id);
  });
}

export const replaceGroup = async (from: FromDirectory, id: string, body: unknown): Promise<void> => {
  const said = readGroup(body);
  requireName(said);
  return change(from, id, ({ externalId }) => ({ ...(externalId === undefined ? {} : { externalId }), ...said }));
};

export const changeGroup = (from: FromDirectory, id: string, body: unknown): Promise<void> =>
  change(from, id, (before) => patchGroup(before, body));

function requireName(said: GroupResource): string {
  if (said.displayName === undefined) throw valueRefused('displayName', 'is missing');
  return said.displayName;
}

const change = (from: FromDirectory, id: string, edit: (before: GroupResource) => GroupResource): Promise<void> =>
  keep(from, async (keeping) => {
    const row = await lockKept(keeping, id);
    const members = (await membersOf(keeping.tx, keeping.source.id, [row.id])).get(row.id) ?? [];
    const said = edit({
      displayName: row.name,
      ...(row.external_id === null ? {} : { externalId: row.external_id }),
      members: new Set(members.map((one) => one.value)),
    });
    await write(keeping, { id: row.id, name: row.name, entries: [] }, said);
  });

async function lockKept({ tx, source }: Keeping, id: string): Promise<KeptGroup> {
  const row = await findKeptGroup(tx, source.id, id);
  if (row === undefined) throw notFound('group');
  return { ...row, ...(await lockGroup(tx, row.id)) };
}

type Holder = Known & {
  readonly keeper: string | null;
  readonly externalId: string | null;
  readonly hasLeft: boolean;
  readonly isByExternalId: boolean;
};

/** One that the directory had and let go comes back to it. One of the same name that is not its own is not taken, unless that was said. */
async function takeUpGroup(keeping: Keeping, said: GroupResource, name: string): Promise<Group> {
  const { tx, after, source } = keeping;
  const { rows } = await sql<Holder>`
    select g.id, g.name, s.provider_id as keeper, s.external_id as "externalId", s.left_at is not null as "hasLeft",
      coalesce(s.provider_id = ${source.id} and s.external_id = ${said.externalId ?? null}, false) as "isByExternalId"
    from user_group g left join scim_group s on s.group_id = g.id
    where s.provider_id = ${source.id} and s.external_id = ${said.externalId ?? null}
      or g.name_key = ${foldName(name)} or lower(g.name) = lower(${name})`.execute(tx);
  const holder = rows.find((one) => one.isByExternalId) ?? rows[0];
  if (holder === undefined) {
    const { id } = await tx
      .insertInto('user_group')
      .values({ name, name_key: foldName(name), iam_id: source.id })
      .returning('id')
      .executeTakeFirstOrThrow();
    after.changed('group', String(id));
    const made = { id, name };
    return { ...made, entries: [{ ...entryOf(keeping, made), action: 'GroupCreated' }] };
  }
  const isOwn = holder.keeper === source.id;
  if (isOwn && !holder.hasLeft) throw taken(`The group ${holder.name} is here already.`);
  // A name is given again: by another externalId it is another group, and the rights of the former one are not its own.
  const isAnother = !holder.isByExternalId && holder.externalId !== null && said.externalId !== undefined;
  const isForeign = !isOwn && holder.keeper !== null;
  if (isForeign || ((!isOwn || isAnother) && !source.takesOverGroups))
    throw taken(
      `A group ${holder.name} is here that ${source.name} does not keep. An application admin may let it take over groups of the same name; else one of the two needs another name.`,
    );
  await lockGroup(tx, holder.id);
  await sql`update user_group set iam_id = ${source.id} where id = ${holder.id}`.execute(tx);
  const entry = { ...entryOf(keeping, holder), action: 'GroupUpdated', payload: { takenOverBy: source.id } };
  return { id: holder.id, name: holder.name, entries: [entry] };
}

const entryOf = ({ source, call }: Keeping, { id, name }: Known): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: actorOf(source),
  actorIp: call.ip,
  targetType: 'GROUP',
  targets: [{ id: String(id), name }],
  requestId: call.id,
});

async function write(keeping: Keeping, group: Group, said: GroupResource): Promise<void> {
  const { tx, after, source } = keeping;
  const { id } = group;
  const name = requireName(said);
  const members = await setMembers(keeping, group, said.members);
  const renamed = await rename(keeping, group, name);
  const { rows } =
    await sql`insert into scim_group (group_id, provider_id, external_id) values (${id}, ${source.id}, ${said.externalId ?? null})
    on conflict (group_id) do update set external_id = excluded.external_id, updated_at = now(), left_at = null
      where scim_group.provider_id = excluded.provider_id returning 1`.execute(tx);
  if (rows.length === 0) throw taken(`Another directory has begun to keep the group ${group.name}.`);
  await appendAudit(tx, [...group.entries, ...members, ...renamed]);
  after.changed('group', String(id));
}

async function rename(keeping: Keeping, group: Known, name: string): Promise<AuditEntry[]> {
  const { tx, after } = keeping;
  if (name === group.name) return [];
  await requireNoPolicyNames(tx, group.name);
  await sql`update user_group set name = ${name}, name_key = ${foldName(name)}, updated_at = now() where id = ${group.id}`.execute(
    tx,
  );
  await enqueuePeople(tx, after, { people: everybodyIn(group.id), groups: [group.name, name], cause: 'group' });
  const payload = { before: { name: group.name }, after: { name } };
  return [{ ...entryOf(keeping, group), action: 'GroupUpdated', payload }];
}

const everybodyIn = (id: number) => sql`select global_user_id from group_member where group_id = ${id}`;

type Person = { readonly globalUserId: string; readonly name: string };

/**
 * Makes those whom the directory says to be in the group exactly these. Who was put there by hand, and is named now, is the directory's
 * from then on, so that they leave when it says so. Who is there by another provider, or by a sign-in without being kept, stays.
 */
async function setMembers(keeping: Keeping, group: Known, wanted: ReadonlySet<string>): Promise<AuditEntry[]> {
  const { tx, after, source } = keeping;
  const ids = [...wanted].filter((one) => isUuid.test(one));
  const { rows } = await sql<Person & { isWanted: boolean; isSaid: boolean; isMember: boolean; isKept: boolean }>`
    select u.global_user_id as "globalUserId", u.name, u.global_user_id = any(${ids}::uuid[]) as "isWanted",
      m.source is not null as "isMember", s.global_user_id is not null as "isKept",
      coalesce(m.source = ${source.id}, false) and s.global_user_id is not null as "isSaid"
    from app_user u left join group_member m on m.global_user_id = u.global_user_id and m.group_id = ${group.id}
      left join scim_person s on s.global_user_id = u.global_user_id and s.provider_id = ${source.id} and s.left_at is null
    where u.global_user_id in (select unnest(${ids}::uuid[])
      union select global_user_id from group_member where group_id = ${group.id} and source = ${source.id})`.execute(
    tx,
  );
  const kept = new Set(rows.filter((one) => one.isWanted && one.isKept).map((one) => one.globalUserId));
  const unknown = [...wanted].filter((one) => !kept.has(one));
  if (unknown.length > 0)
    throw valueRefused('members', `names ${unknown.slice(0, 5).join(', ')}, whom this directory does not keep`);
  const joined = rows.filter((one) => one.isWanted && !one.isMember);
  const left = rows.filter((one) => !one.isWanted && one.isSaid);
  const moved = [...joined, ...left];
  const { rows: takenOver } = await sql<{ id: string }>`update group_member set source = ${source.id}
    where group_id = ${group.id} and source = 'local' and global_user_id = any(${[...kept]}::uuid[])
    returning global_user_id as id`.execute(tx);
  const takingOver = takenOver.length === 0 ? [] : [takenOverEntry(keeping, group, takenOver)];
  if (moved.length === 0) return takingOver;
  const idsOf = (people: readonly Person[]) => people.map((one) => one.globalUserId);
  await sql`delete from group_member where group_id = ${group.id} and source = ${source.id}
    and global_user_id = any(${idsOf(left)}::uuid[])`.execute(tx);
  await sql`insert into group_member (group_id, global_user_id, source)
    select ${group.id}, unnest(${idsOf(joined)}::uuid[]), ${source.id}`.execute(tx);
  await sql`update user_group set updated_at = now() where id = ${group.id}`.execute(tx);
  await enqueuePeople(tx, after, {
    people: sql`select unnest(${idsOf(moved)}::uuid[])`,
    groups: [group.name],
    attributes: await attributesOf(tx, group.id),
    cause: 'group',
  });
  const entry = entryOf(keeping, group);
  const moves = [
    ...memberEntries(entry, 'GroupMemberAdded', joined),
    ...memberEntries(entry, 'GroupMemberRemoved', left),
  ].map((one) => ({ ...one, payload: { ...one.payload, source: source.id } }));
  return [...takingOver, ...moves];
}

/** Members of whom the directory decides from now on, and a user admin no longer; the first hundred. */
const takenOverEntry = (keeping: Keeping, group: Known, taken: readonly { readonly id: string }[]): AuditEntry => ({
  ...entryOf(keeping, group),
  action: 'GroupUpdated',
  payload: {
    membersTakenOverBy: keeping.source.id,
    members: taken.slice(0, 100).map(({ id }) => id),
    count: taken.length,
  },
});

/** Whom it named leaves. The group itself goes where nothing else is known of it, and nothing would miss it. */
export const deleteGroup = (from: FromDirectory, id: string): Promise<void> =>
  keep(from, async (keeping) => {
    const { tx, after } = keeping;
    const group = await lockKept(keeping, id);
    const entries = await setMembers(keeping, group, new Set());
    const isGone = !(await isMissed(keeping, group));
    if (isGone) await sql`delete from user_group where id = ${group.id}`.execute(tx);
    else {
      await sql`update scim_group set left_at = now(), updated_at = now() where group_id = ${group.id}`.execute(tx);
      await sql`update user_group set iam_id = 'bim' where id = ${group.id}`.execute(tx);
    }
    const last = isGone
      ? { action: 'GroupDeleted' }
      : { action: 'GroupUpdated', payload: { keptNoLonger: keeping.source.id } };
    await appendAudit(tx, [...entries, { ...entryOf(keeping, group), ...last }]);
    after.changed('group', String(group.id));
  });

async function isMissed({ tx }: Keeping, group: KeptGroup): Promise<boolean> {
  const { rows } = await sql<{ isUsed: boolean }>`
    select exists (select from group_member where group_id = ${group.id})
      or exists (select from attribute where principal_type = 'group' and principal_id = ${String(group.id)})
      or exists (select from domain_permission where group_id = ${group.id})
      or exists (select from data_object_role where group_id = ${group.id}) as "isUsed"`.execute(tx);
  if (rows[0]?.isUsed === true) return true;
  if ((await flowsThatName(tx, group)).length > 0) return true;
  return (await policiesNaming(tx, 'group', group.name)).length > 0;
}
