import type { Group, GroupDetail } from '@stoa/contract/group';
import type { PersonRef } from '@stoa/core/person';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { keeperOf } from '../provider-sign-in/said.ts';

type GroupRow = Omit<Group, 'createdAt' | 'updatedAt' | 'iamId' | 'memberCount' | 'abilities'> & {
  iam_id: string;
  member_count: number;
  created_at: Date;
  updated_at: Date;
};

const columns = sql`g.id, g.iam_id, g.name, g.email, g.created_at, g.updated_at,
  (select count(*) from group_member m where m.group_id = g.id) as member_count,
  coalesce((select json_object_agg(a.name, a.values) from (
    select name, json_agg(value order by value) as values from attribute
    where principal_type = 'group' and principal_id = g.id::text group by name) a), '{}') as attributes`;

export async function findGroups(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  searchText: string | undefined,
  page: { offset: number; limit: number },
): Promise<{ groups: Group[]; total: number }> {
  const pattern = searchText ? likePattern(searchText) : null;
  const list: List = {
    from: sql`user_group w`,
    where: sql`(${pattern}::text is null or w.name ilike ${pattern} or w.email ilike ${pattern})`,
    order: [
      { value: sql`lower(w.name)`, type: 'text' },
      { value: sql`w.id`, type: 'integer' },
    ],
  };
  const { total, keys } = await readPage(deps, list, page);
  const ids = keys.map((key) => Number(key.at(-1)));
  const { rows } = await sql<GroupRow>`
    select ${columns} from user_group g where g.id = any(${ids}::int[]) order by lower(g.name)`.execute(deps.db);
  return { groups: rows.map(presentGroup), total };
}

export async function findGroup(db: Reader, id: number): Promise<GroupDetail | undefined> {
  const { rows } = await sql<GroupRow>`select ${columns} from user_group g where g.id = ${id}`.execute(db);
  const row = rows[0];
  if (!row) return undefined;
  const members = await sql<GroupDetail['members'][number]>`
    select u.global_user_id as "globalUserId", u.username, u.name
    from group_member m join app_user u on u.global_user_id = m.global_user_id
    where m.group_id = ${id} order by u.name, u.username`.execute(db);
  return { ...presentGroup(row), members: members.rows, keptBy: (await keeperOf(db, id)) ?? null };
}

/** The logins of the actor's own person among the members; all that the permission needs to know of them. */
export async function ownLoginsAmongMembers(db: Reader, id: number, actor: PersonRef): Promise<PersonRef[]> {
  const { rows } = await sql<PersonRef>`
    select u.global_user_id as "globalUserId", u.person_id as "personId"
    from group_member m join app_user u on u.global_user_id = m.global_user_id
    where m.group_id = ${id} and u.person_id = ${actor.personId}`.execute(db);
  return rows;
}

const presentGroup = (row: GroupRow): Group => ({
  id: row.id,
  iamId: row.iam_id,
  name: row.name,
  email: row.email,
  attributes: row.attributes,
  memberCount: row.member_count,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});

/** The names of the attributes that members have by their group. */
export async function attributesOf(tx: Tx, groupId: number): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct name from attribute where principal_type = 'group' and principal_id = ${String(groupId)}`.execute(
    tx,
  );
  return rows.map((row) => row.name);
}
