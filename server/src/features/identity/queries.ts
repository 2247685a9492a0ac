import type { IdentityState } from '@stoa/contract/enums';
import type { PlatformIdentity, PlatformIdentityOfUser } from '@stoa/contract/identity';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { nameOf } from './resolve.ts';

export type IdentityRow = {
  connection_key: string;
  global_user_id: string;
  username: string;
  name: string;
  external_name: string;
  platform_principal_id: string | null;
  state: IdentityState;
  is_manual: boolean;
  verified_at: Date | null;
};

const columns = sql<IdentityRow>`c.connection_key, u.global_user_id, u.username, u.name, i.external_name, i.platform_principal_id,
  i.state, i.is_manual, i.verified_at`;
const from = sql`from platform_identity i join app_user u on u.global_user_id = i.global_user_id
  join connection c on c.id = i.connection_id`;

export async function readIdentity(
  db: Reader,
  connectionId: string,
  globalUserId: string,
): Promise<IdentityRow | undefined> {
  const { rows } = await sql<IdentityRow>`select ${columns} ${from}
    where i.connection_id = ${connectionId} and i.global_user_id = ${globalUserId}`.execute(db);
  return rows[0];
}

/** The rows of a list: everybody who is active, and whoever else has a name there. */
export type ListedIdentity = {
  connection_key: string;
  global_user_id: string;
  username: string;
  name: string;
  email: string | null;
  template: string;
  external_name: string | null;
  platform_principal_id: string | null;
  state: IdentityState | null;
  reason: string | null;
  is_manual: boolean | null;
  verified_at: Date | null;
  waiting: number;
};

export type IdentityFilter = {
  connectionId: string;
  searchText?: string | undefined;
  state?: readonly IdentityState[] | undefined;
  waiting?: boolean | undefined;
};

const people = (filter: IdentityFilter) => ({
  tables: sql`with waiting as materialized (
    select global_user_id, count(*) as count from membership_status
    where connection_id = ${filter.connectionId} and state = 'AWAITING_IDENTITY' group by global_user_id)`,
  from: sql`app_user u
    left join platform_identity i on i.connection_id = ${filter.connectionId} and i.global_user_id = u.global_user_id
    left join waiting w on w.global_user_id = u.global_user_id`,
});

/** Whoever nobody has looked up yet is unverified. */
function matching(filter: IdentityFilter) {
  const pattern = likePattern(filter.searchText ?? '');
  return sql`(u.status = 'active' or i.global_user_id is not null)
    and (${filter.state === undefined} or coalesce(i.state, 'unverified') = any(${[...(filter.state ?? [])]}::text[]))
    and (${filter.waiting === undefined} or (w.global_user_id is not null) = ${filter.waiting ?? false})
    and (u.username ilike ${pattern} or u.name ilike ${pattern} or i.external_name ilike ${pattern})`;
}

export async function listIdentitiesOf(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  query: IdentityFilter & { offset: number; limit: number },
): Promise<{ rows: ListedIdentity[]; total: number }> {
  const { tables, from } = people(query);
  const list: List = {
    tables,
    from,
    where: matching(query),
    order: [
      { value: sql`(w.global_user_id is null)`, type: 'boolean' },
      { value: sql`lower(u.username)`, type: 'text' },
      { value: sql`u.global_user_id`, type: 'uuid' },
    ],
  };
  const { total, keys } = await readPage(deps, list, query);
  const ids = keys.map((key) => key.at(-1) ?? '');
  const { rows } = await sql<ListedIdentity>`
    ${tables} select c.connection_key, u.global_user_id, u.username, u.name, u.email,
      coalesce(c.settings ->> 'identityTemplate', '{username}') as template, i.external_name, i.platform_principal_id, i.state,
      i.reason, i.is_manual, i.verified_at, coalesce(w.count, 0)::int as waiting
    from ${from} join connection c on c.id = ${query.connectionId}
    where u.global_user_id = any(${ids}::uuid[]) order by w.global_user_id is null, lower(u.username)`.execute(deps.db);
  return { rows, total };
}

/** Everybody whom a filter finds, or of those named who there are. */
export async function findIdentityHolders(
  db: Reader,
  filter: IdentityFilter & { globalUserIds?: readonly string[] | undefined },
): Promise<string[]> {
  const { tables, from } = people(filter);
  const named = filter.globalUserIds ?? null;
  const { rows } = await sql<{ id: string }>`
    ${tables} select u.global_user_id as id from ${from}
    where ${matching(filter)} and (${named}::uuid[] is null or u.global_user_id = any(${named}::uuid[]))
    order by u.global_user_id`.execute(db);
  return rows.map((row) => row.id);
}

/** The id is shown where it holds: of a login that is gone it would only mislead. */
export const presentIdentity = (row: IdentityRow): PlatformIdentity => ({
  externalName: row.external_name,
  ...(row.platform_principal_id === null || row.state === 'absent'
    ? {}
    : { platformPrincipalId: row.platform_principal_id }),
  state: row.state,
  source: row.is_manual ? 'admin' : 'template',
  ...(row.verified_at === null ? {} : { verifiedAt: row.verified_at.toISOString() }),
  connectionKey: row.connection_key,
});

export function presentIdentityOfUser(row: ListedIdentity): PlatformIdentityOfUser {
  const { state, external_name } = row;
  const known = state === null || external_name === null ? undefined : { ...row, state, external_name };
  const guessed = nameOf(row.template, row) ?? '';
  return {
    ...(known === undefined
      ? { externalName: guessed, state: 'unverified', source: 'template', connectionKey: row.connection_key }
      : presentIdentity({ ...known, is_manual: known.is_manual === true })),
    user: { globalUserId: row.global_user_id, username: row.username, name: row.name },
    ...(row.reason === null ? {} : { reason: row.reason }),
    waiting: row.waiting,
  };
}
