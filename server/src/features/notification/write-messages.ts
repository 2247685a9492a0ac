import type { DeliveringProvider, NotificationType } from '@stoa/contract/notification-type';
import { isForDigest, isForTeam, isToldBy, isUrgent } from '@stoa/core/notification/channels';
import { afterDigest, afterQuietHours } from '@stoa/core/notification/local-time';
import { type MessageFacts, type MessageWords, wordsOf } from '@stoa/core/notification/words';
import { sql } from 'kysely';
import { anyHour, type Hours, hoursOf, installationZone } from '../../channels/hours.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import type { Reader } from './message-facts.ts';
import { readSwitchesOf } from './preferences.ts';
import { openProviders } from './tenant-configs.ts';

/** One thing to be told, to these people. */
export type ToWrite = {
  readonly type: NotificationType;
  /** Null: told by the clock. */
  readonly eventId: string | null;
  readonly requestId: string | null;
  readonly targetId: string | null;
  readonly receivers: readonly string[];
  readonly factsFor: (reader: Reader) => MessageFacts;
};

type Receiver = { id: string; hasEmail: boolean; hours: Hours };
type MessageRow = ReturnType<typeof messageRow>;
type DeliveryRow = {
  id: string;
  notificationId: string;
  inboxMessageId: string | null;
  globalUserId: string | null;
  provider: DeliveringProvider;
  type: NotificationType;
  content: object | null;
  due: string;
  waits: boolean;
};

/** So many rows go in one statement. */
const rowsAtOnce = 1_000;

/** Writes inboxes and what is to leave, and answers who was told. The caller's transaction makes it happen once. */
export async function writeMessages(deps: Deps, tx: Tx, messages: readonly ToWrite[]): Promise<readonly string[]> {
  const ids = [...new Set(messages.flatMap((message) => message.receivers))];
  if (ids.length === 0) return [];
  const receivers = await readReceivers(tx, ids);
  const switches = await readSwitchesOf(tx, ids);
  const providers = await openProviders(deps, tx);
  const zone = await installationZone(tx);
  const { rows: clock } = await sql<{
    now: number;
  }>`select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now`.execute(tx);
  const now = clock[0]?.now ?? 0;
  const rows: MessageRow[] = [];
  const deliveries: DeliveryRow[] = [];
  for (const message of messages) {
    const notificationId = newUuid();
    for (const globalUserId of message.receivers) {
      const receiver = receivers.get(globalUserId);
      if (receiver === undefined) continue;
      const timeZone = receiver.hours.timeZone ?? zone;
      const row = messageRow(message, {
        notificationId,
        globalUserId,
        words: wordsOf(message.factsFor({ globalUserId, timeZone })),
      });
      rows.push(row);
      for (const provider of providers) {
        if (provider === 'TEAMS' || (provider === 'EMAIL' && !receiver.hasEmail)) continue;
        const own = switches.get(globalUserId) ?? new Map();
        if (!isToldBy({ provider, type: message.type, isOnForAll: true, switches: own })) continue;
        const leaves = whenItLeaves(message.type, { now, timeZone, provider, hours: receiver.hours });
        const address = { provider, notificationId, inboxMessageId: row.id, globalUserId, content: null };
        deliveries.push(deliveryRow(message, { ...address, ...leaves }));
      }
    }
    if (providers.includes('TEAMS') && isForTeam(message.type)) {
      const words = wordsOf(message.factsFor({ globalUserId: null, timeZone: zone }));
      const content = { ...words, actionPath: words.action?.path ?? null, actionLabel: words.action?.label ?? null };
      deliveries.push(
        deliveryRow(message, {
          provider: 'TEAMS',
          notificationId,
          inboxMessageId: null,
          globalUserId: null,
          content,
          due: now,
          waits: false,
        }),
      );
    }
  }
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    await insertMessages(tx, rows.slice(from, from + rowsAtOnce));
  for (let from = 0; from < deliveries.length; from += rowsAtOnce)
    await insertDeliveries(tx, deliveries.slice(from, from + rowsAtOnce));
  return [...new Set(rows.map((row) => row.globalUserId))];
}

type Leaves = { due: number; waits: boolean };
type Clock = { now: number; timeZone: string; provider: DeliveringProvider; hours: Hours };

/** At once, with the next digest of the receiver, or after their quiet hours. */
function whenItLeaves(type: NotificationType, { now, timeZone, provider, hours }: Clock): Leaves {
  if (isUrgent(type)) return { due: now, waits: false };
  const waits = provider === 'EMAIL' && hours.digest !== 'off' && isForDigest(type);
  const due = waits ? afterDigest(now, timeZone, hours.digest) : now;
  return { due: afterQuietHours(due, timeZone, hours.quiet), waits };
}

async function readReceivers(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, Receiver>> {
  const { rows } = await sql<Receiver>`
    select u.global_user_id as id, coalesce(u.email, '') <> '' as "hasEmail", ${hoursOf(sql.ref('h.global_user_id'))} as hours
    from app_user u left join notification_hours h on h.global_user_id = u.global_user_id
    where u.global_user_id = any(${[...ids]}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, { ...row, hours: row.hours ?? anyHour }]));
}

type Written = { notificationId: string; globalUserId: string; words: MessageWords };
const messageRow = ({ type, eventId, requestId, targetId }: ToWrite, { words, ...written }: Written) => ({
  id: newUuid(),
  ...written,
  eventId,
  type,
  subject: words.subject,
  message: words.message,
  details: words.details,
  actionPath: words.action?.path ?? null,
  actionLabel: words.action?.label ?? null,
  requestId,
  targetId,
});

type Leaving = Omit<DeliveryRow, 'id' | 'type' | 'due'> & { due: number };
const deliveryRow = ({ type }: ToWrite, { due, ...rest }: Leaving): DeliveryRow => ({
  id: newUuid(),
  type,
  ...rest,
  due: new Date(due).toISOString(),
});

async function insertMessages(tx: Tx, rows: readonly MessageRow[]): Promise<void> {
  await sql`insert into inbox_message (id, notification_id, global_user_id, event_id, notification_type, subject, message, details,
      action_path, action_label, request_id, target_id)
    select x.id, x."notificationId", x."globalUserId", x."eventId", x.type, x.subject, x.message, x.details, x."actionPath", x."actionLabel",
      x."requestId", x."targetId"
    from json_to_recordset(${JSON.stringify(rows)}::json) as x (id uuid, "notificationId" uuid, "globalUserId" uuid, "eventId" uuid, type text,
      subject text, message text, details jsonb, "actionPath" text, "actionLabel" text, "requestId" text, "targetId" uuid)`.execute(
    tx,
  );
}

async function insertDeliveries(tx: Tx, rows: readonly DeliveryRow[]): Promise<void> {
  await sql`insert into message_delivery (id, notification_id, inbox_message_id, global_user_id, provider, notification_type, content, next_attempt_at,
      waits_for_digest)
    select x.id, x."notificationId", x."inboxMessageId", x."globalUserId", x.provider, x.type, x.content, x.due, x.waits
    from json_to_recordset(${JSON.stringify(rows)}::json) as x (id uuid, "notificationId" uuid, "inboxMessageId" uuid, "globalUserId" uuid,
      provider text, type text, content jsonb, due timestamptz, waits boolean)`.execute(tx);
}
