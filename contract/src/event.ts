import { z } from 'zod';
import { operation } from './operation.ts';

export const liveEventType = z.enum([
  'access-request',
  'approval-record',
  'provisioning',
  'membership',
  'data-product',
  'data-source',
  'data-object',
  'request-form',
  'domain',
  'policy',
  'tag',
  'identifier',
  'identification',
  'data-use-agreement',
  'connection',
  'identity',
  'drift',
  'task',
  'user',
  'group',
  'people-change',
  'settings',
  'webhook',
  'audit',
  'verification',
  'notification',
]);
export type LiveEventType = z.infer<typeof liveEventType>;

/**
 * A hint that something changed, never the change itself: the page reads it again through the API, so that permissions
 * always apply. `version` grows; it is the event's SSE id as well, for `Last-Event-ID`.
 */
export const liveEvent = z.object({ type: liveEventType, id: z.string(), version: z.int() }).meta({ id: 'LiveEvent' });
export type LiveEvent = z.infer<typeof liveEvent>;

export const streamEvents = operation({
  id: 'streamEvents',
  method: 'GET',
  path: '/api/events/stream',
  summary: 'Server-sent events: each data line is `{type, id, version}`.',
  access: { action: 'account.self' },
  answerType: 'text/event-stream',
  responses: { 200: liveEvent },
});
