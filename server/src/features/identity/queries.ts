import type { IdentityState } from '@stoa/contract/enums';
import type { PlatformIdentity, PlatformIdentityOfUser } from '@stoa/contract/identity';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';

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
  db: Reader,
  query: {
    connectionId: string;
    offset: number;
    limit: number;
    searchText?: string | undefined;
    state?: readonly IdentityState[] | undefined;
  },
): Promise<{ rows: IdentityRow[]; total: number }> {
  const pattern = likePattern(query.searchText ?? '');
  const where = sql`where i.connection_id = ${query.connectionId}
    and (${query.state === undefined} or i.state = any(${[...(query.state ?? [])]}::text[]))
    and (u.username ilike ${pattern} or u.name ilike ${pattern} or i.external_name ilike ${pattern})`;
  const { rows } = await sql<IdentityRow>`select ${columns} ${from} ${where}
    order by lower(u.username) offset ${query.offset} limit ${query.limit}`.execute(db);
  const { rows: counted } = await sql<{ total: number }>`select count(*)::int as total ${from} ${where}`.execute(db);
  return { rows, total: counted[0]?.total ?? 0 };
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
