import type { User, UserDetail } from '@stoa/contract/user';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { findReasons } from './find-reasons.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';

export type UserFilter = {
  searchText?: string | undefined;
  status?: readonly string[] | undefined;
  groupId?: number | undefined;
  attributeName?: string | undefined;
  attributeValue?: string | undefined;
  permission?: readonly string[] | undefined;
};
type Page = { offset: number; limit: number };

type UserRow = Omit<User, 'globalUserId' | 'iamId' | 'createdAt' | 'updatedAt' | 'lastLoginAt' | 'abilities'> & {
  global_user_id: string;
  person_id: string;
  iam_id: string;
  created_at: Date;
  updated_at: Date;
  last_login_at: Date | null;
  second_factor_since: Date | null;
};

// Attributes are the person's own, as PATCH replaces them; those of groups stand with the groups, and what a provider says with its source.
const columns = sql`u.id, u.global_user_id, u.person_id, u.iam_id, u.username, u.name, u.email, u.status, u.kind, u.created_at, u.updated_at,
  coalesce((select json_agg(p.permission order by p.permission) from global_permission p
    where p.global_user_id = u.global_user_id), '[]') as permissions,
  coalesce((select json_object_agg(a.name, a.values) from (
    select name, json_agg(value order by value) as values from attribute
    where principal_type = 'user' and principal_id = u.global_user_id::text and source = 'local' group by name) a), '{}') as attributes,
  coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name) order by g.name)
    from group_member m join user_group g on g.id = m.group_id where m.global_user_id = u.global_user_id), '[]') as groups,
  (select e.event_timestamp from audit_event e where e.actor_id = u.global_user_id::text and e.action = 'UserLogin'
    and e.action_status = 'SUCCESS' order by e.sequence desc limit 1) as last_login_at,
  (select f.activated_at from second_factor f where f.global_user_id = u.global_user_id) as second_factor_since`;

/** Whoever carries the attribute, or is in a group that does. */
const holdersOf = ({ attributeName, attributeValue }: UserFilter) => sql`
  select coalesce(m.global_user_id, a.principal_id::uuid) from attribute a
    left join group_member m on a.principal_type = 'group' and m.group_id::text = a.principal_id
  where a.name = ${attributeName ?? null} and (${attributeValue ?? null}::text is null or a.value = ${attributeValue ?? null})
    and (a.principal_type = 'user' or m.group_id is not null)`;

const matching = (filter: UserFilter) => {
  const pattern = filter.searchText ? likePattern(filter.searchText) : null;
  return sql`(${pattern}::text is null or w.name ilike ${pattern} or w.username ilike ${pattern} or w.email ilike ${pattern})
    and (${filter.status ?? null}::text[] is null or w.status = any(${filter.status ?? null}))
    and (${filter.groupId ?? null}::int is null or exists (
      select from group_member m where m.group_id = ${filter.groupId ?? null} and m.global_user_id = w.global_user_id))
    and (${filter.permission ?? null}::text[] is null or exists (
      select from global_permission p where p.global_user_id = w.global_user_id and p.permission = any(${filter.permission ?? null})))
    and (${filter.attributeName ?? null}::text is null or w.global_user_id in (${holdersOf(filter)}))`;
};

/** One page by username. */
export async function findUsers(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  filter: UserFilter,
  page: Page,
): Promise<{ users: User[]; total: number }> {
  const list: List = {
    from: sql`app_user w`,
    where: matching(filter),
    order: [
      { value: sql`lower(w.username)`, type: 'text' },
      { value: sql`w.global_user_id`, type: 'uuid' },
    ],
  };
  const { total, keys } = await readPage(deps, list, page);
  const ids = keys.map((key) => key.at(-1) ?? '');
  const { rows } = await sql<UserRow>`
    select ${columns} from app_user u where u.global_user_id = any(${ids}::uuid[]) order by lower(u.username)`.execute(
    deps.db,
  );
  return { users: rows.map(presentUser), total };
}

export async function findUser(db: Reader, globalUserId: string): Promise<UserDetail | undefined> {
  const { rows } = await sql<UserRow>`
    select ${columns} from app_user u where u.global_user_id = ${globalUserId}`.execute(db);
  const row = rows[0];
  if (!row) return undefined;
  const domainPermissions = await sql<UserDetail['domainPermissions'][number] & { viaGroup: string | null }>`
    select p.domain_id as "domainId", d.name as "domainName", p.permission, g.name as "viaGroup"
    from domain_permission p join domain d on d.id = p.domain_id left join user_group g on g.id = p.group_id
    where p.user_id = ${globalUserId}
       or p.group_id in (select group_id from group_member where global_user_id = ${globalUserId})
    order by d.name, p.permission, g.name nulls first`.execute(db);
  const identities = await sql<{
    connection_key: string;
    external_name: string;
    platform_principal_id: string | null;
    state: UserDetail['identities'][number]['state'];
    is_manual: boolean;
    template: string;
  }>`
    select c.connection_key, i.external_name, i.platform_principal_id, i.state, i.is_manual,
      coalesce(c.settings ->> 'identityTemplate', '{username}') as template
    from platform_identity i join connection c on c.id = i.connection_id
    where i.global_user_id = ${globalUserId} order by c.connection_key`.execute(db);
  const otherLogins = await sql<UserDetail['otherLogins'][number]>`
    select global_user_id as "globalUserId", username, name, status from app_user
    where person_id = ${row.person_id} and global_user_id <> ${globalUserId} order by lower(username)`.execute(db);
  const reasons = await findReasons(db, globalUserId);
  const live = await sql<{ count: number }>`
    select count(*) as count from access_request
    where beneficiary = ${globalUserId} and type = 'DATA_ACCESS' and status = 'APPROVED'
      and (expiration is null or expiration > now())`.execute(db);
  return {
    ...presentUser(row),
    domainPermissions: domainPermissions.rows.map(({ viaGroup, ...held }) => ({
      ...held,
      ...(viaGroup === null ? {} : { viaGroup }),
    })),
    ...reasons,
    otherLogins: otherLogins.rows,
    secondFactorSince: row.second_factor_since?.toISOString() ?? null,
    identities: identities.rows.map((i) => ({
      connectionKey: i.connection_key,
      externalName: i.external_name,
      state: i.state,
      isManual: i.is_manual,
      template: i.template,
      ...(i.platform_principal_id === null ? {} : { platformPrincipalId: i.platform_principal_id }),
    })),
    liveAccessCount: live.rows[0]?.count ?? 0,
  };
}

const presentUser = (row: UserRow): User => ({
  id: row.id,
  globalUserId: row.global_user_id,
  iamId: row.iam_id,
  username: row.username,
  name: row.name,
  email: row.email,
  status: row.status,
  kind: row.kind,
  permissions: row.permissions,
  attributes: row.attributes,
  groups: row.groups,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  ...(row.last_login_at === null ? {} : { lastLoginAt: row.last_login_at.toISOString() }),
});
