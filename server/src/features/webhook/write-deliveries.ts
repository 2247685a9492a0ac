import { operationalEventTypes } from '@stoa/contract/event-type';
import { sql } from 'kysely';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import { publicUrlOf } from '../../http/public-url.ts';
import type { EventSubscriber, OutboxEvent } from '../../work/fan-out.ts';
import { buildMessage, type Message, type Telling } from './build-message.ts';
import { loadSubjects } from './load-subjects.ts';
import type { WebhookRow } from './load-webhooks.ts';

type Hook = Pick<WebhookRow, 'id' | 'event_types' | 'format' | 'include_answers'>;

/** Writes what each webhook is told of these events, one row for each of both, with the texts that will be sent. */
export const writeDeliveries: EventSubscriber = async ({ deps, tx }, events) => {
  const { rows: hooks } = await sql<Hook>`
    select id, event_types, format, include_answers from webhook where enabled and suppressed_at is null for key share`.execute(
    tx,
  );
  const wanted = events.flatMap((event) => {
    const told = hooks.filter(({ event_types: types }) => types.length === 0 || types.includes(event.type));
    return told.length === 0 ? [] : [{ event, hooks: told }];
  });
  if (wanted.length === 0) return;
  const ids = wanted.flatMap(({ event }) => event.requestId ?? []);
  const subjects = await loadSubjects(tx, [...new Set(ids)]);
  const source = publicUrlOf(deps);
  const messages = new Map<string, MessageRow>();
  const deliveries = wanted.flatMap(({ event, hooks: told }) =>
    told.map((hook) => {
      const telling: Telling = { format: hook.format, includeAnswers: hook.include_answers };
      const key = `${event.sequence}/${telling.format}/${telling.includeAnswers}`;
      const subject = event.requestId === null ? undefined : subjects.get(event.requestId);
      const message = messages.get(key) ?? toRow(event, buildMessage(withTarget(event), subject, { telling, source }));
      messages.set(key, message);
      return deliveryOf(event, hook.id, message.id);
    }),
  );
  await insert(tx, [...messages.values()], deliveries);
};

type MessageRow = ReturnType<typeof toRow>;
const toRow = (event: OutboxEvent, { id, body, contentType }: Message) => ({
  id: newUuid(),
  message_id: id,
  sequence: event.sequence,
  body,
  content_type: contentType,
});

/** Events of the installation name what they are about themselves. */
const withTarget = (event: OutboxEvent) =>
  operationalEventTypes.some((type) => type === event.type) || event.type === 'stoa.webhook.suppressed'
    ? event
    : { ...event, data: { ...event.data, targetId: event.targetId } };

const deliveryOf = (event: OutboxEvent, webhookId: string, message: string) => ({
  id: newUuid(),
  webhook_id: webhookId,
  message,
  event_type: event.type,
  sequence: event.sequence,
  subject: event.requestId ?? event.targetId,
});

async function insert(tx: Tx, messages: readonly MessageRow[], deliveries: readonly object[]): Promise<void> {
  await sql`
    insert into webhook_message (id, message_id, sequence, body, content_type)
    select id, message_id, sequence, body, content_type from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb)
      as m (id uuid, message_id uuid, sequence bigint, body text, content_type text)`.execute(tx);
  await sql`
    insert into webhook_delivery (id, webhook_id, message, event_type, sequence, subject)
    select id, webhook_id, message, event_type, sequence, subject from jsonb_to_recordset(${JSON.stringify(deliveries)}::jsonb)
      as d (id uuid, webhook_id uuid, message uuid, event_type text, sequence bigint, subject text)`.execute(tx);
}
