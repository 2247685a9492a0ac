import { z } from 'zod';
import { operation } from './operation.ts';

const parts = z.record(z.string(), z.looseObject({ status: z.string() }));

/** The state of the process and of what it needs; a data platform that is down does not count. */
export const health = z.object({
  status: z.string(),
  info: parts.nullable().optional(),
  error: parts.nullable().optional(),
  details: parts.optional(),
});
export type Health = z.infer<typeof health>;

export const getHealth = operation({
  id: 'liveness[0]',
  method: 'GET',
  path: '/health',
  summary: 'Whether the process lives.',
  access: { public: true },
  published: 1,
  responses: { 200: health, 503: health },
});

export const getLiveness = operation({
  id: 'liveness[1]',
  method: 'GET',
  path: '/health/live',
  summary: 'Whether the process lives.',
  access: { public: true },
  published: 2,
  responses: { 200: health, 503: health },
});

export const getReadiness = operation({
  id: 'readiness',
  method: 'GET',
  path: '/health/ready',
  summary: 'Whether it can serve: the database answers, and no newer version has migrated it.',
  access: { public: true },
  published: 3,
  responses: { 200: health, 503: health },
});

/** Without a login, yet guarded: loopback callers, or the bearer of `STOA_METRICS_TOKEN`. */
export const getMetrics = operation({
  id: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  summary: 'Metrics in the text format of Prometheus, for loopback callers or the metrics token.',
  access: { public: true },
  answerType: 'text/plain',
  responses: { 200: z.string() },
});

export const getOpenApiDocument = operation({
  id: 'getOpenApiDocument',
  method: 'GET',
  path: '/api/openapi.json',
  summary: 'This API as an OpenAPI 3.1 document.',
  access: { public: true },
  responses: { 200: z.record(z.string(), z.unknown()) },
});

export const getOpenApiYaml = operation({
  id: 'getOpenApiYaml',
  method: 'GET',
  path: '/api/openapi.yaml',
  summary: 'The same document as YAML.',
  access: { public: true },
  answerType: 'application/yaml',
  responses: { 200: z.string() },
});

export const getApiDocs = operation({
  id: 'getApiDocs',
  method: 'GET',
  path: '/api/docs',
  summary: 'This API as a page to read.',
  access: { public: true },
  answerType: 'text/html',
  responses: { 200: z.string() },
});

export const reportPolicyViolation = operation({
  id: 'reportPolicyViolation',
  method: 'POST',
  path: '/api/csp-report',
  summary: 'What a browser kept a page from doing, as browsers send it by themselves.',
  access: { public: true },
  body: z.object({
    'csp-report': z.looseObject({
      'effective-directive': z.string().optional(),
      'violated-directive': z.string().optional(),
      'blocked-uri': z.string().optional(),
      'document-uri': z.string().optional(),
      disposition: z.string().optional(),
    }),
  }),
  bodyType: 'application/csp-report',
  responses: { 204: null },
});

export const getWebhookEvents = operation({
  id: 'getWebhookEvents',
  method: 'GET',
  path: '/api/webhook-events.json',
  summary: 'What webhooks are told, as an AsyncAPI 3.0 document.',
  access: { public: true },
  responses: { 200: z.record(z.string(), z.unknown()) },
});

export const getWebhookEventSchema = operation({
  id: 'getWebhookEventSchema',
  method: 'GET',
  path: '/api/webhook-event-schema.json',
  summary: 'The messages to webhooks, as one JSON Schema.',
  access: { public: true },
  responses: { 200: z.record(z.string(), z.unknown()) },
});

/** This API, described. */
export const apiDescriptionOperations = { getOpenApiDocument, getOpenApiYaml, getApiDocs } as const;
