import type { PersonalAccessToken } from '@stoa/contract/auth';
import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';
import { readPage } from '../../db/read-page.ts';
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

const columns = sql`id, global_user_id, description, prefix, created_at, expires_at, last_used_at, last_used_ip, expires_at > now() as active`;

/** Revoked tokens are gone from every list; expired ones stay, to be known again. */
export async function tokensOf(db: Reader, globalUserId: string): Promise<TokenRow[]> {
  const { rows } = await sql<TokenRow>`
    select ${columns} from personal_access_token where global_user_id = ${globalUserId} and revoked_at is null order by created_at desc limit 500`.execute(
    db,
  );
  return rows;
}

/** The same, page by page. */
export async function pageOfTokens(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  globalUserId: string,
  page: { offset: number; limit: number },
): Promise<{ rows: TokenRow[]; total: number }> {
  const { total, keys } = await readPage(
    deps,
    {
      from: sql`personal_access_token k`,
      where: sql`k.global_user_id = ${globalUserId} and k.revoked_at is null`,
      order: [
        { value: sql`k.created_at`, type: 'timestamptz' },
        { value: sql`k.id`, type: 'uuid' },
      ],
      isDescending: true,
    },
    page,
  );
  const ids = keys.map((key) => key.at(-1) ?? '');
  const { rows } = await sql<TokenRow>`
    select ${columns} from personal_access_token where id = any(${ids}::uuid[]) order by created_at desc, id desc`.execute(
    deps.db,
  );
  return { rows, total };
}

/** Ends a token; undefined when there is none that could end. */
export async function revokeToken(
  tx: Tx,
  { id, globalUserId }: { id: string; globalUserId: string },
): Promise<{ description: string } | undefined> {
  const { rows } = await sql<{ description: string }>`
    update personal_access_token set revoked_at = now()
    where id = ${id} and global_user_id = ${globalUserId} and revoked_at is null returning description`.execute(tx);
  return rows[0];
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
