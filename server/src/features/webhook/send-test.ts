import type { EventType } from '@stoa/contract/event-type';
import type { CreateWebhookBody, WebhookTestResult } from '@stoa/contract/webhook';
import { sql } from 'kysely';
import { z } from 'zod';
import { appendAudit } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { publicUrlOf } from '../../http/public-url.ts';
import { Refusal } from '../../http/refusal.ts';
import { type Attempt, attemptDelivery, keysOf } from './attempt-delivery.ts';
import { buildByHand, buildMessage, type Message, type Telling } from './build-message.ts';
import { findWebhook } from './load-webhooks.ts';
import { sampleOf } from './sample-event.ts';
import { type By, keyFor, requireAddress, webhookEntry } from './save-webhook.ts';

type Data = Readonly<Record<string, unknown>>;
type Test = {
  readonly telling: Telling;
  readonly eventType: EventType;
  readonly webhookId: string | null;
  readonly data?: Data | undefined;
};

function testMessage(deps: Deps, { telling, eventType, webhookId, data }: Test): Message {
  const { event, subject } = sampleOf({ id: newUuid(), type: eventType, webhookId, now: new Date() });
  const how = { telling, source: publicUrlOf(deps) };
  if (data === undefined) return buildMessage(event, subject, how);
  const message = buildByHand(event, data, how);
  if (message === undefined) throw new Refusal('webhook.sample_too_long');
  return message;
}

/** What a test of this event tells, for somebody to change. */
export function sampleData(deps: Deps, eventType: EventType): Record<string, unknown> {
  const telling = { format: 'standard', includeAnswers: false } as const;
  const { body } = testMessage(deps, { telling, eventType, webhookId: null });
  return z.object({ data: z.record(z.string(), z.unknown()) }).parse(JSON.parse(body)).data;
}

const resultOf = (attempt: Attempt): WebhookTestResult => ({
  status: attempt.isSuccess ? 'SUCCESS' : 'FAILED',
  httpStatusCode: attempt.status,
  ...(attempt.isSuccess ? {} : { errorMessage: attempt.message }),
});

/** Sends a test to an address that is not saved; nothing of it is kept but the audit row. */
export async function testUnsaved(deps: Deps, by: By, body: CreateWebhookBody): Promise<WebhookTestResult> {
  requireAddress(deps, body.url);
  const telling = { format: body.format ?? 'standard', includeAnswers: body.includeAnswers ?? false } as const;
  const message = testMessage(deps, { telling, eventType: 'stoa.ping', webhookId: null });
  const attempt = await attemptDelivery(deps, {
    ...message,
    messageId: message.id,
    url: body.url,
    verifyTls: body.verifyTls,
    keys: [keyFor(body.signingKey).key],
  });
  await transact(deps, (tx) =>
    appendAudit(tx, {
      ...webhookEntry(by, { id: message.id, url: body.url }),
      action: 'WebhookTested',
      payload: { httpStatusCode: attempt.status, message: attempt.message },
    }),
  );
  return resultOf(attempt);
}

/** Sends a test to a saved webhook, also to one that is off, and keeps it among its deliveries. It is tried once. */
export async function testSaved(
  deps: Deps,
  by: By,
  { id, eventType = 'stoa.ping', data }: { id: string; eventType?: EventType | undefined; data?: Data | undefined },
): Promise<WebhookTestResult> {
  const hook = await findWebhook(deps.db, id);
  const telling = { format: hook.format, includeAnswers: hook.include_answers };
  const message = testMessage(deps, { telling, eventType, webhookId: id, data });
  const keys = keysOf(deps, {
    webhookId: id,
    secret: hook.secret,
    formerSecret: hook.former_until === null ? null : hook.former_secret,
  });
  const outgoing = { ...message, messageId: message.id, url: hook.url, verifyTls: hook.verify_tls, keys };
  const attempt = await attemptDelivery(deps, outgoing);
  const deliveryId = newUuid();
  await transact(deps, async (tx, after) => {
    // It may have been deleted meanwhile: then there is nothing to keep it among.
    await findWebhook(tx, id);
    await sql`
      with message as (
        insert into webhook_message (id, message_id, body, content_type) values (${deliveryId}, ${message.id}, ${message.body}, ${message.contentType})
      ), delivery as (
        insert into webhook_delivery (id, webhook_id, message, event_type, state, attempts, scheduled, last_status, last_message, dead_why, delivered_at)
        values (${deliveryId}, ${id}, ${deliveryId}, ${eventType}, ${attempt.isSuccess ? 'DELIVERED' : 'DEAD'}, 1, 1, ${attempt.status},
          ${attempt.message}, ${attempt.isSuccess ? null : 'A test is tried once.'}, case when ${attempt.isSuccess} then now() end)
      )
      insert into webhook_attempt (id, delivery_id, webhook_id, number, outcome, http_status, message, request_headers, response_headers,
        response_body, milliseconds)
      values (${newUuid()}, ${deliveryId}, ${id}, 1, ${attempt.isSuccess ? 'SUCCESS' : 'FAILED'}, ${attempt.status}, ${attempt.message},
        ${JSON.stringify(attempt.requestHeaders)}::jsonb, ${attempt.responseHeaders === null ? null : JSON.stringify(attempt.responseHeaders)}::jsonb,
        ${attempt.responseBody}, ${attempt.milliseconds})`.execute(tx);
    await appendAudit(tx, {
      ...webhookEntry(by, hook),
      action: 'WebhookTested',
      payload: {
        eventType,
        ...(data === undefined ? {} : { isWrittenByHand: true }),
        httpStatusCode: attempt.status,
        message: attempt.message,
      },
    });
    after.changed('webhook', id);
  });
  return { ...resultOf(attempt), deliveryId };
}
