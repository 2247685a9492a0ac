import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import type {
  getWebhookHistory,
  listWebhookDeliveries,
  WebhookAttempt,
  WebhookDelivery,
  WebhookDeliveryDetail,
} from '@stoa/contract/webhook';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';

type Row = Omit<WebhookDelivery, 'nextAttemptAt' | 'deliveredAt' | 'createdAt'> & {
  nextAttemptAt: Date | null;
  deliveredAt: Date | null;
  createdAt: Date;
};

const columns = sql`d.id as "deliveryId", d.webhook_id as "webhookId", m.message_id as "messageId", d.event_type as "eventType", d.sequence,
  d.subject, d.state, d.attempts, d.last_status as "httpStatusCode", d.last_message as message, d.dead_why as "deadReason",
  case when d.state in ('PENDING', 'RETRYING') then d.due_at end as "nextAttemptAt", d.delivered_at as "deliveredAt", d.created_at as "createdAt"`;
const tables = sql`webhook_delivery d join webhook_message m on m.id = d.message`;

const present = (row: Row): WebhookDelivery => ({
  ...row,
  nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
  deliveredAt: row.deliveredAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
});

/** What a webhook is told, newest first. */
export async function listDeliveries(deps: Deps, id: string, query: QueryOf<typeof listWebhookDeliveries>) {
  const { offset, limit, state, eventType, searchText } = query;
  const start = searchText?.trim() || undefined;
  const where = sql<boolean>`d.webhook_id = ${id}
    ${state === undefined ? sql`` : sql`and d.state = any(${state}::text[])`}
    ${eventType === undefined ? sql`` : sql`and d.event_type = any(${eventType}::text[])`}
    ${start === undefined ? sql`` : sql`and (starts_with(d.subject, ${start}) or exists (select from webhook_message m where m.id = d.message and starts_with(m.message_id::text, ${start})))`}`;
  const page = await readPage(
    deps,
    {
      from: sql`webhook_delivery d`,
      where,
      order: [
        { value: sql`d.created_at`, type: 'timestamptz' },
        { value: sql`d.id`, type: 'uuid' },
      ],
      isDescending: true,
    },
    { offset, limit },
  );
  const ids = page.keys.map(([, key]) => key ?? '');
  const { rows } = await sql<Row>`select ${columns} from ${tables} where d.id = any(${ids}::uuid[])
    order by d.created_at desc, d.id desc`.execute(deps.db);
  return { data: rows.map(present), meta: offsetMetaOf({ offset, limit }, page.total, rows.length) };
}

/** Every attempt, newest first. */
export async function listHistory(deps: Deps, id: string, { offset, limit }: QueryOf<typeof getWebhookHistory>) {
  const page = await readPage(
    deps,
    {
      from: sql`webhook_attempt a`,
      where: sql`a.webhook_id = ${id}`,
      order: [
        { value: sql`a.created_at`, type: 'timestamptz' },
        { value: sql`a.id`, type: 'uuid' },
      ],
      isDescending: true,
    },
    { offset, limit },
  );
  const ids = page.keys.map(([, key]) => key ?? '');
  const { rows } = await sql<Omit<WebhookAttempt, 'createdAt'> & { createdAt: Date }>`
    select a.webhook_id as "webhookId", a.delivery_id as "deliveryId", a.outcome as status, a.http_status as "httpStatusCode",
      a.created_at as "createdAt", a.message, d.event_type as "eventType", a.milliseconds
    from webhook_attempt a join webhook_delivery d on d.id = a.delivery_id where a.id = any(${ids}::uuid[])
    order by a.created_at desc, a.id desc`.execute(deps.db);
  const data = rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
  return { data, meta: offsetMetaOf({ offset, limit }, page.total, rows.length) };
}

export type DeliveryKey = { readonly id: string; readonly deliveryId: string };

export async function findDelivery(reader: Reader, { id, deliveryId }: DeliveryKey): Promise<WebhookDelivery> {
  const { rows } = await sql<Row>`select ${columns} from ${tables} where d.id = ${deliveryId} and d.webhook_id = ${id}
      and exists (select from webhook w where w.id = d.webhook_id)`.execute(reader);
  const row = rows[0];
  if (!row) throw notFound('delivery');
  return present(row);
}

type HistoryRow = Omit<WebhookDeliveryDetail['history'][number], 'createdAt'> & { createdAt: Date };

/** One delivery, with what was sent and what came back. */
export async function readDelivery(reader: Reader, key: DeliveryKey): Promise<WebhookDeliveryDetail> {
  const delivery = await findDelivery(reader, key);
  const { rows: messages } = await sql<{ body: string; contentType: string }>`
    select m.body, m.content_type as "contentType" from ${tables} where d.id = ${key.deliveryId}`.execute(reader);
  const { rows } = await sql<HistoryRow>`
    select number, outcome as status, http_status as "httpStatusCode", message, milliseconds, created_at as "createdAt",
      request_headers as "requestHeaders", response_headers as "responseHeaders", response_body as "responseBody"
    from webhook_attempt where delivery_id = ${key.deliveryId} order by number desc`.execute(reader);
  return {
    ...delivery,
    contentType: messages[0]?.contentType ?? '',
    body: messages[0]?.body ?? '',
    history: rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
  };
}
