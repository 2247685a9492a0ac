import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery } from './page.ts';
import { instant, text, uuid } from './text.ts';

/** An outside address that is told of events; the signing key itself is never shown. */
export const webhook = z.object({
  id: uuid,
  url: z.url(),
  verifyTls: z.boolean().optional(),
  signingKey: z.boolean().optional(),
  suppressed: z.boolean().optional(),
});
export type Webhook = z.infer<typeof webhook>;

const url = z.url({ protocol: /^https?$/ }).max(2_000);
export const createWebhookBody = z.object({
  url,
  verifyTls: z.boolean().default(true),
  signingKey: text(256, 0).optional(),
});
export type CreateWebhookBody = z.infer<typeof createWebhookBody>;
export const updateWebhookBody = z.object({
  url: url.optional(),
  verifyTls: z.boolean().optional(),
  signingKey: text(256, 0).optional(),
});
export type UpdateWebhookBody = z.infer<typeof updateWebhookBody>;

/** One attempt to deliver; `httpStatusCode` 0 means that no reply came. */
export const webhookDelivery = z.object({
  webhookId: uuid,
  deliveryId: uuid,
  status: z.string(),
  httpStatusCode: z.int(),
  createdAt: instant,
  message: z.string(),
});
export type WebhookDelivery = z.infer<typeof webhookDelivery>;

export const webhookTestResult = z.object({
  status: z.enum(['UNSPECIFIED', 'SUCCESS', 'FAILED']),
  httpStatusCode: z.int(),
  errorMessage: z.string().optional(),
});
export type WebhookTestResult = z.infer<typeof webhookTestResult>;

const access = { action: 'webhook.manage' } as const;
const params = z.object({ id: uuid });

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
  summary: 'Registers a webhook.',
  access,
  published: 44,
  body: createWebhookBody,
  responses: { 200: webhook },
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
});

export const updateWebhook = operation({
  id: 'updateWebhook',
  method: 'PUT',
  path: '/api/notification/webhook/{id}',
  summary: 'Changes a webhook; absent members stay.',
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
  summary: 'Removes a webhook.',
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
  responses: { 200: offsetPage(webhookDelivery) },
});

export const testWebhook = operation({
  id: 'testWebhook',
  method: 'POST',
  path: '/api/notification/webhook/{id}/test',
  summary: 'Sends a test event to a webhook.',
  access,
  published: 49,
  params,
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
