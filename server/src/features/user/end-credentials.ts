import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';

/** Ends every session of a person, but the one to keep, and answers how many. Sessions are read per call, so this holds on every replica at once. */
export async function endSessions(tx: Tx, globalUserId: string, keep?: string): Promise<number> {
  const { rows } =
    await sql`delete from session where global_user_id = ${globalUserId} and id is distinct from ${keep ?? null}::uuid returning id`.execute(
      tx,
    );
  return rows.length;
}

export async function endTokens(tx: Tx, globalUserId: string): Promise<void> {
  await sql`update personal_access_token set revoked_at = now()
    where global_user_id = ${globalUserId} and revoked_at is null`.execute(tx);
}
