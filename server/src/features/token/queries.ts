import type { PersonalAccessToken } from '@stoa/contract/auth';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';

type TokenRow = {
  id: string;
  global_user_id: string;
  description: string;
  prefix: string;
  created_at: Date;
  expires_at: Date;
  last_used_at: Date | null;
  last_used_ip: string | null;
  active: boolean;
};

/** Revoked tokens are gone from every list; expired ones stay, to be known again. */
export async function tokensOf(db: Reader, globalUserId: string): Promise<TokenRow[]> {
  const { rows } = await sql<TokenRow>`
    select id, global_user_id, description, prefix, created_at, expires_at, last_used_at, last_used_ip, expires_at > now() as active
    from personal_access_token where global_user_id = ${globalUserId} and revoked_at is null order by created_at desc limit 500`.execute(
    db,
  );
  return rows;
}

export const presentToken = (deps: Deps, row: TokenRow): PersonalAccessToken => ({
  tokenId: row.id,
  userId: row.global_user_id,
  tenantId: deps.installationId,
  description: row.description,
  active: row.active,
  creationDate: row.created_at.toISOString(),
  expirationDate: row.expires_at.toISOString(),
  prefix: row.prefix,
  ...(row.last_used_at ? { lastUsedAt: row.last_used_at.toISOString() } : {}),
  ...(row.last_used_ip ? { lastUsedFrom: row.last_used_ip } : {}),
});
