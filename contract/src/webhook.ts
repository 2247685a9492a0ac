import { z } from 'zod';
import { eventType } from './event-type.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList } from './page.ts';
import { instant, line, text, uuid } from './text.ts';

/** `standard`: the body of Standard Webhooks; `cloudevents`: the same in the structured mode of CloudEvents 1.0. */
export const webhookFormat = z.enum(['standard', 'cloudevents']);
export type WebhookFormat = z.infer<typeof webhookFormat>;

/** How its receiver does: what waits, what will not be tried again, and since when nothing arrives. */
const webhookHealth = z.object({
  waiting: z.int(),
  dead: z.int(),
  lastSuccessAt: instant.nullable(),
  failingSince: instant.nullable(),
});

/** An outside address that is told of events; the signing key itself is never shown again. */
export const webhook = z
  .object({
    id: uuid,
    url: z.url(),
    verifyTls: z.boolean().optional(),
    signingKey: z.boolean().optional(),
    suppressed: z.boolean().optional(),
    description: z.string().nullable().optional(),
    enabled: z.boolean().optional(),
    /** Empty: every event. */
    eventTypes: z.array(eventType).optional(),
    format: webhookFormat.optional(),
    includeAnswers: z.boolean().optional(),
    suppressedAt: instant.nullable().optional(),
    suppressedReason: z.string().nullable().optional(),
    /** Until then the key before the last reset signs as well. */
    formerKeyUntil: instant.nullable().optional(),
    createdAt: instant.optional(),
    updatedAt: instant.optional(),
    health: webhookHealth.optional(),
  })
  .meta({ id: 'Webhook' });
export type Webhook = z.infer<typeof webhook>;

/** In the answer to the call that made or reset a key, and nowhere else. */
const withSecret = webhook.extend({ secret: z.string().optional() }).meta({ id: 'WebhookWithSecret' });
export type WebhookWithSecret = z.infer<typeof withSecret>;

const url = z.url({ protocol: /^https?$/ }).max(2_000);
/** One that begins with `whsec_` is decoded; any other is used as it stands. Absent: Stoa makes one. */
const signingKey = text(256, 0);
const own = {
  description: line(255, 0).optional(),
  eventTypes: z.array(eventType).max(100).optional(),
  format: webhookFormat.optional(),
  includeAnswers: z.boolean().optional(),
};

export const createWebhookBody = z.object({
  url,
  verifyTls: z.boolean().default(true),
  signingKey: signingKey.optional(),
  ...own,
});
export type CreateWebhookBody = z.infer<typeof createWebhookBody>;
export const updateWebhookBody = z.object({
  url: url.optional(),
  verifyTls: z.boolean().optional(),
  signingKey: signingKey.optional(),
  /** On again ends a suppression as well. */
  enabled: z.boolean().optional(),
  /** False ends a suppression. True is what stands there already: Stoa alone suppresses. */
  suppressed: z.boolean().optional(),
  ...own,
});
export type UpdateWebhookBody = z.infer<typeof updateWebhookBody>;

/** One attempt to deliver; `httpStatusCode` 0 means that no reply came. */
export const webhookAttempt = z.object({
  webhookId: uuid,
  deliveryId: uuid,
  status: z.string(),
  httpStatusCode: z.int(),
  createdAt: instant,
  message: z.string(),
  eventType: z.string().optional(),
  milliseconds: z.int().optional(),
});
export type WebhookAttempt = z.infer<typeof webhookAttempt>;

export const deliveryState = z.enum(['PENDING', 'RETRYING', 'DELIVERED', 'DEAD']);
export type DeliveryState = z.infer<typeof deliveryState>;

/** What one webhook is told of one event, with all attempts so far. */
export const webhookDelivery = z.object({
  deliveryId: uuid,
  webhookId: uuid,
  /** The `webhook-id` header: the same on every attempt and replay. */
  messageId: uuid,
  eventType: z.string(),
  sequence: z.int().nullable(),
  subject: z.string().nullable(),
  state: deliveryState,
  attempts: z.int(),
  httpStatusCode: z.int().nullable(),
  message: z.string().nullable(),
  /** Why it will not be tried again by itself. */
  deadReason: z.string().nullable(),
  nextAttemptAt: instant.nullable(),
  deliveredAt: instant.nullable(),
  createdAt: instant,
});
export type WebhookDelivery = z.infer<typeof webhookDelivery>;

const headers = z.record(z.string(), z.string());
export const webhookDeliveryDetail = webhookDelivery.extend({
  contentType: z.string(),
  body: z.string(),
  history: z.array(
    z.object({
      number: z.int(),
      status: z.enum(['SUCCESS', 'FAILED']),
      httpStatusCode: z.int(),
      message: z.string(),
      milliseconds: z.int(),
      createdAt: instant,
      requestHeaders: headers,
      responseHeaders: headers.nullable(),
      /** The beginning of it. */
      responseBody: z.string().nullable(),
    }),
  ),
});
export type WebhookDeliveryDetail = z.infer<typeof webhookDeliveryDetail>;

export const webhookTestResult = z.object({
  status: z.enum(['UNSPECIFIED', 'SUCCESS', 'FAILED']),
  httpStatusCode: z.int(),
  errorMessage: z.string().optional(),
  deliveryId: uuid.optional(),
});
export type WebhookTestResult = z.infer<typeof webhookTestResult>;

const access = { action: 'webhook.manage' } as const;
const params = z.object({ id: uuid });
const ofDelivery = z.object({ id: uuid, deliveryId: uuid });

export const getWebhooks = operation({
  id: 'getWebhooks',
  method: 'GET',
  path: '/api/notification/webhook',
  summary: 'The webhooks.',
  access,
  published: 43,
  responses: { 200: z.array(webhook) },
});

export const createWebhook = operation({
  id: 'createWebhook',
  method: 'POST',
  path: '/api/notification/webhook',
  summary: 'Registers a webhook; a signing key that Stoa made is in the answer, once.',
  access,
  published: 44,
  body: createWebhookBody,
  responses: { 200: withSecret },
});

export const getWebhook = operation({
  id: 'getWebhook',
  method: 'GET',
  path: '/api/notification/webhook/{id}',
  summary: 'One webhook.',
  access,
  published: 45,
  params,
  responses: { 200: webhook },
  unedited: ['health'],
});

export const updateWebhook = operation({
  id: 'updateWebhook',
  method: 'PUT',
  path: '/api/notification/webhook/{id}',
  summary: 'Changes a webhook; absent members stay. The key before a new one signs for 24 hours more.',
  access,
  published: 46,
  params,
  body: updateWebhookBody,
  responses: { 200: webhook },
});

export const deleteWebhook = operation({
  id: 'deleteWebhook',
  method: 'DELETE',
  path: '/api/notification/webhook/{id}',
  summary: 'Removes a webhook with its deliveries.',
  access,
  published: 47,
  params,
  responses: { 204: null },
});

export const getWebhookHistory = operation({
  id: 'getWebhookHistory',
  method: 'GET',
  path: '/api/notification/webhook/{id}/history',
  summary: 'The attempts to deliver, newest first.',
  access,
  published: 48,
  params,
  query: z.object(offsetQuery),
  responses: { 200: offsetPage(webhookAttempt) },
});

/** What a test sends; without it a `stoa.ping`. `data`: instead of that of the sample. */
const sampleData = z.record(z.string(), z.unknown());
const testBody = z.object({ eventType: eventType.optional(), data: sampleData.optional() });

export const getWebhookSample = operation({
  id: 'getWebhookSample',
  method: 'GET',
  path: '/api/notification/webhook-sample',
  summary: 'The data that a test of this event sends, to be changed and sent.',
  access,
  query: z.object({ eventType }),
  responses: { 200: z.object({ eventType, data: sampleData }) },
});

export const testWebhook = operation({
  id: 'testWebhook',
  method: 'POST',
  path: '/api/notification/webhook/{id}/test',
  summary: 'Sends a test event to a webhook, whatever its filter says.',
  access,
  published: 49,
  params,
  body: testBody,
  responses: { 200: webhookTestResult },
});

export const testWebhookConfig = operation({
  id: 'testWebhookConfig',
  method: 'POST',
  path: '/api/notification/webhook/test',
  summary: 'Sends a test event to an address that is not saved.',
  access,
  published: 50,
  body: createWebhookBody,
  responses: { 200: webhookTestResult },
});

export const resetWebhookKey = operation({
  id: 'resetWebhookKey',
  method: 'POST',
  path: '/api/notification/webhook/{id}/signing-key',
  summary: 'Makes a new signing key and answers it once; the former one signs for 24 hours more.',
  access,
  freshLogin: true,
  params,
  responses: { 200: withSecret },
});

export const listWebhookDeliveries = operation({
  id: 'listWebhookDeliveries',
  method: 'GET',
  path: '/api/notification/webhook/{id}/delivery',
  summary: 'What a webhook is told, newest first.',
  access,
  params,
  query: z.object({
    ...offsetQuery,
    state: queryList(deliveryState).optional(),
    eventType: queryList(eventType).optional(),
    /** Of an event or a request, or its beginning. */
    searchText: line(255, 0).optional(),
  }),
  responses: { 200: offsetPage(webhookDelivery) },
});

export const readWebhookDelivery = operation({
  id: 'readWebhookDelivery',
  method: 'GET',
  path: '/api/notification/webhook/{id}/delivery/{deliveryId}',
  summary: 'One delivery with what was sent and what came back, attempt by attempt.',
  access,
  params: ofDelivery,
  responses: { 200: webhookDeliveryDetail },
});

export const replayWebhookDelivery = operation({
  id: 'replayWebhookDelivery',
  method: 'POST',
  path: '/api/notification/webhook/{id}/history/{deliveryId}/replay',
  summary: 'Sends a delivery again under the same id, whatever became of it.',
  access,
  params: ofDelivery,
  responses: { 200: webhookDelivery },
});

export const replayWebhookDeliveries = operation({
  id: 'replayWebhookDeliveries',
  method: 'POST',
  path: '/api/notification/webhook/{id}/replay',
  summary: 'Sends again the dead deliveries of a time, in their order, at most 100,000 at once.',
  access,
  params,
  body: z.object({ from: instant.optional(), to: instant.optional() }),
  responses: { 200: z.object({ count: z.int() }) },
});

/** All of them, for the list of operations. */
export const webhookOperations = {
  getWebhooks,
  createWebhook,
  getWebhook,
  updateWebhook,
  deleteWebhook,
  getWebhookHistory,
  getWebhookSample,
  testWebhook,
  testWebhookConfig,
  resetWebhookKey,
  listWebhookDeliveries,
  readWebhookDelivery,
  replayWebhookDelivery,
  replayWebhookDeliveries,
} as const;
