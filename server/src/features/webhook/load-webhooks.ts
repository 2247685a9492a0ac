import type { EventType } from '@stoa/contract/event-type';
import type { Webhook, WebhookFormat } from '@stoa/contract/webhook';
import { type RawBuilder, sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';

export type WebhookRow = {
  id: string;
  url: string;
  description: string | null;
  verify_tls: boolean;
  event_types: EventType[];
  format: WebhookFormat;
  include_answers: boolean;
  enabled: boolean;
  secret: string;
  former_secret: string | null;
  former_until: Date | null;
  suppressed_at: Date | null;
  suppressed_why: string | null;
  failing_since: Date | null;
  last_success_at: Date | null;
  created_at: Date;
  updated_at: Date;
  waiting: number;
  dead: number;
};

const open = sql`d.state in ('PENDING', 'RETRYING')`;
const select = (where: RawBuilder<unknown>) => sql<WebhookRow>`
  select w.*, case when w.former_until > now() then w.former_until end as former_until,
    (select count(*)::int from webhook_delivery d where d.webhook_id = w.id and ${open}) as waiting,
    (select count(*)::int from webhook_delivery d where d.webhook_id = w.id and d.state = 'DEAD') as dead
  from webhook w where ${where} order by w.created_at, w.id`;

export async function loadWebhooks(reader: Reader): Promise<WebhookRow[]> {
  return (await select(sql`true`).execute(reader)).rows;
}

export async function findWebhook(reader: Reader, id: string): Promise<WebhookRow> {
  const row = (await select(sql`w.id = ${id}`).execute(reader)).rows[0];
  if (!row) throw notFound('webhook');
  return row;
}

/** Changes of one webhook happen one after the other. */
export async function lockWebhook(tx: Tx, id: string): Promise<WebhookRow> {
  await sql`select from webhook where id = ${id} for no key update`.execute(tx);
  return findWebhook(tx, id);
}

const instantOf = (date: Date | null): string | null => date?.toISOString() ?? null;

export const presentWebhook = (row: WebhookRow): Webhook => ({
  id: row.id,
  url: row.url,
  verifyTls: row.verify_tls,
  signingKey: true,
  suppressed: row.suppressed_at !== null,
  description: row.description,
  enabled: row.enabled,
  eventTypes: row.event_types,
  format: row.format,
  includeAnswers: row.include_answers,
  suppressedAt: instantOf(row.suppressed_at),
  suppressedReason: row.suppressed_why,
  formerKeyUntil: instantOf(row.former_until),
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  health: {
    waiting: row.waiting,
    dead: row.dead,
    lastSuccessAt: instantOf(row.last_success_at),
    failingSince: instantOf(row.failing_since),
  },
});
