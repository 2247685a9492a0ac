import type { OwnSession } from '@stoa/contract/own-session';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { isLiveSession } from '../../http/authenticate.ts';

type SessionRow = {
  id: string;
  created_at: Date;
  last_seen_at: Date;
  expires_at: Date;
  ip: string | null;
  user_agent: string | null;
};

/** The sessions of a person that have not ended, the last used first. */
export async function sessionsOf(db: Reader, globalUserId: string, currentId: string | undefined) {
  const { rows } = await sql<SessionRow>`
    select s.id, s.created_at, s.last_seen_at, s.expires_at, s.ip, s.user_agent from session s
    where s.global_user_id = ${globalUserId} and ${isLiveSession} order by s.last_seen_at desc, s.created_at desc, s.id`.execute(
    db,
  );
  return rows.map(
    (row): OwnSession => ({
      id: row.id,
      createdAt: row.created_at.toISOString(),
      lastSeenAt: row.last_seen_at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
      ip: row.ip,
      userAgent: row.user_agent,
      isCurrent: row.id === currentId,
    }),
  );
}
