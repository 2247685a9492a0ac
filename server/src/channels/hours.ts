import type { MailDigest, QuietHours } from '@stoa/core/notification/local-time';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../db/pool.ts';

/** When one person wants to hear; `timeZone` null is that of the installation. */
export type Hours = {
  readonly timeZone: string | null;
  readonly quiet: QuietHours | null;
  /** Of mail. */
  readonly digest: MailDigest;
};
export const anyHour: Hours = { timeZone: null, quiet: null, digest: 'off' };

/** `Hours` as JSON; the surrounding query joins `notification_hours` as `h`, perhaps without a row. */
export const hoursOf = (
  id: RawBuilder<unknown>,
): RawBuilder<Hours> => sql<Hours>`case when ${id} is null then json_build_object('timeZone', null, 'quiet', null, 'digest', 'off')
  else json_build_object('timeZone', h.time_zone, 'quiet', case when h.quiet_from is null then null
    else json_build_object('from', h.quiet_from, 'to', h.quiet_to) end, 'digest', h.email_digest) end`;

/** The zone of people who chose none. */
export async function installationZone(db: Reader): Promise<string> {
  const { rows } = await sql<{ zone: string | null }>`
    select value ->> 'timeZone' as zone from setting where name = 'notification'`.execute(db);
  return rows[0]?.zone ?? 'UTC';
}
