import type { IdentityState } from '@stoa/contract/enums';
import type { PlatformIdentity, PlatformIdentityOfUser } from '@stoa/contract/identity';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';

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

export async function listIdentitiesOf(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  query: {
    connectionId: string;
    offset: number;
    limit: number;
    searchText?: string | undefined;
    state?: readonly IdentityState[] | undefined;
  },
): Promise<{ rows: IdentityRow[]; total: number }> {
  const pattern = likePattern(query.searchText ?? '');
  const where = sql`i.connection_id = ${query.connectionId}
    and (${query.state === undefined} or i.state = any(${[...(query.state ?? [])]}::text[]))
    and (u.username ilike ${pattern} or u.name ilike ${pattern} or i.external_name ilike ${pattern})`;
  const list: List = {
    from: sql`platform_identity i join app_user u on u.global_user_id = i.global_user_id`,
    where,
    order: [
      { value: sql`lower(u.username)`, type: 'text' },
      { value: sql`u.global_user_id`, type: 'uuid' },
    ],
  };
  const { total, keys } = await readPage(deps, list, query);
  const ids = keys.map((key) => key.at(-1) ?? '');
  const { rows } = await sql<IdentityRow>`select ${columns} ${from}
    where i.connection_id = ${query.connectionId} and i.global_user_id = any(${ids}::uuid[]) order by lower(u.username)`.execute(
    deps.db,
  );
  return { rows, total };
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

export const presentIdentityOfUser = (row: IdentityRow): PlatformIdentityOfUser => ({
  ...presentIdentity(row),
  user: { globalUserId: row.global_user_id, username: row.username, name: row.name },
});
