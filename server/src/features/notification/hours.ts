import type { NotificationHours } from '@stoa/contract/notification';
import {
  afterDigest,
  afterQuietHours,
  isTimeZone,
  type MailDigest,
  type QuietHours,
} from '@stoa/core/notification/local-time';
import { sql } from 'kysely';
import { anyHour, type Hours, hoursOf, installationZone } from '../../channels/hours.ts';
import { lockClaims } from '../../channels/send-deliveries.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';

export function requireTimeZone(timeZone: string): void {
  if (!isTimeZone(timeZone))
    throw new Refusal('notification.time_zone_unknown', { detail: `There is no time zone "${timeZone}".` });
}

export async function readHours(db: Reader, globalUserId: string): Promise<NotificationHours> {
  const { rows } = await sql<{ hours: Hours; email: string | null }>`
    select ${hoursOf(sql.ref('h.global_user_id'))} as hours, u.email from app_user u
    left join notification_hours h on h.global_user_id = u.global_user_id where u.global_user_id = ${globalUserId}`.execute(
    db,
  );
  const { hours, email } = rows[0] ?? { hours: anyHour, email: null };
  return {
    timeZone: hours.timeZone,
    quietHours: hours.quiet,
    emailDigest: hours.digest,
    defaultTimeZone: await installationZone(db),
    email: email === '' ? null : email,
  };
}

export type HoursChange = {
  timeZone: string | null;
  quietHours: QuietHours | null;
  emailDigest?: MailDigest | undefined;
};

export async function updateHours(deps: Deps, globalUserId: string, change: HoursChange): Promise<NotificationHours> {
  const { timeZone, quietHours, emailDigest } = change;
  if (timeZone !== null) requireTimeZone(timeZone);
  return transact(deps, async (tx) => {
    await sql`insert into notification_hours as h (global_user_id, time_zone, quiet_from, quiet_to, email_digest)
      values (${globalUserId}, ${timeZone}, ${quietHours?.from ?? null}, ${quietHours?.to ?? null}, ${emailDigest ?? 'off'})
      on conflict (global_user_id) do update set time_zone = excluded.time_zone, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
        email_digest = coalesce(${emailDigest ?? null}, h.email_digest)`.execute(tx);
    if (emailDigest !== undefined) await advanceDigest(tx, globalUserId, change);
    return readHours(tx, globalUserId);
  });
}

/** What waits for a digest leaves by the new choice, if that is earlier. */
async function advanceDigest(tx: Tx, globalUserId: string, { timeZone, quietHours, emailDigest }: HoursChange) {
  await lockClaims(tx, 'EMAIL');
  const { rows } = await sql<{ now: number }>`
    select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now`.execute(tx);
  const zone = timeZone ?? (await installationZone(tx));
  const due = afterQuietHours(afterDigest(rows[0]?.now ?? 0, zone, emailDigest ?? 'off'), zone, quietHours);
  await sql`update message_delivery set next_attempt_at = least(next_attempt_at, ${new Date(due)})
    where global_user_id = ${globalUserId} and waits_for_digest and next_attempt_at is not null and state = 'PENDING'`.execute(
    tx,
  );
}
