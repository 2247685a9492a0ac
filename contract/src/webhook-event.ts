import { z } from 'zod';
import { peopleChangeReason } from './people-change.ts';
import { requestStatus, requestType } from './enums.ts';
import { type EventType, eventTypes, type OperationalEventType } from './event-type.ts';
import { sensitivity } from './tag.ts';
import { instant } from './text.ts';

/** Grows with changes that a receiver would have to know of; members may be added without. */
export const webhookApiVersion = '1';

const person = z.object({ globalUserId: z.string(), name: z.string() });
const target = z.object({ id: z.string(), name: z.string() });
const reason = z.string().nullable();

/** What every event about a request tells of it: ids, names and states, as they were when it happened. */
const aboutRequest = {
  request: z.object({
    id: z.string(),
    type: requestType,
    status: requestStatus,
    expiration: instant.nullable(),
    /** Only where the event tells it. */
    provisioning: z.string().nullable(),
  }),
  requestingUser: person,
  /** Whose access it is. */
  user: person,
  dataProduct: target.optional(),
  asset: target.extend({ type: z.string() }).optional(),
  /** Of a masking exception. */
  columns: z.array(z.object({ dataSourceId: z.string(), name: z.string() })),
  approvalRecords: z.array(z.object({ id: z.string(), status: z.string(), reason, actionBy: person.nullable() })),
  /** Only for a webhook that is set to get them. */
  answers: z.array(z.unknown()).optional(),
  /** Lists or answers were cut, so that the message stays below 20 kB. */
  truncated: z.boolean().optional(),
};

const aboutProduct = { dataProduct: target };
const aboutAsset = { asset: target };

/** What changed, told by the event itself. */
const requestChanges = {
  created: z.object({ onBehalf: z.boolean(), isRegistered: z.boolean() }),
  'data_steward.updated': z.object({ decision: z.string(), reason, recordIds: z.array(z.string()) }),
  'consumer.updated': z.object({ reason, automatic: z.boolean().optional() }),
  canceled: z.object({ reason }),
  revoked: z.object({ reason, givenBack: z.boolean().optional() }),
  expired: z.object({ reason: reason.optional() }),
  expiring: z.object({ daysLeft: z.int().optional() }),
  deleted: z.object({ reason }),
  'provisioning.updated': z.object({ reason, connectionId: z.string() }),
};

const targetChanges = {
  'state.created': z.object({ dataSourceCount: z.int() }),
  'state.updated': z.object({ fields: z.array(z.string()), suspended: z.boolean().optional() }),
  'state.deleted': z.object({}),
  'data_sources.updated': z.object({
    added: z.array(z.int()),
    addedCount: z.int(),
    removed: z.array(z.int()),
    removedCount: z.int(),
  }),
};

const connection = target;
const policyChange = z.object({
  policy: target.extend({ key: z.string() }),
  policyVersion: z.int(),
  state: z.string(),
});
/** Of many, the first; `count` says how many there are. */
const movedSources = z.object({ domain: target, dataSourceIds: z.array(z.int()), count: z.int() });

const operationalData: Record<OperationalEventType, z.ZodType> = {
  'stoa.connection.synced': z.object({
    connection,
    /** What was looked at; empty: all of it. */
    path: z.array(z.string()),
    found: z.int(),
    added: z.int(),
    gone: z.int(),
    moved: z.int(),
  }),
  'stoa.connection.failed': z.object({ connection, during: z.enum(['checks', 'sync', 'outage']), reason: z.string() }),
  'stoa.policy.created': policyChange,
  'stoa.policy.updated': policyChange,
  'stoa.policy.deleted': policyChange,
  'stoa.domain.data_source_added': movedSources,
  'stoa.domain.data_source_removed': movedSources,
  /** Of many, the first; `domainIds`: all domains of the product. */
  'stoa.data_product.sources_left_domain': z.object({
    dataProduct: target,
    domainIds: z.array(z.string()),
    dataSourceIds: z.array(z.int()),
    count: z.int(),
  }),
  /** By a tag that was put on something in it, or by what one says. `before` is null where nothing said that it was sensitive. */
  'stoa.data_product.sensitivity_raised': z.object({
    dataProduct: target,
    domainIds: z.array(z.string()),
    sensitivity,
    before: sensitivity.nullable(),
    members: z.int(),
  }),
  'stoa.drift.found': z.object({
    connection,
    /** Of many, the first; `count` says how many were new. */
    findings: z.array(
      z.object({ finding: z.string(), object: z.string(), principal: z.string(), privilege: z.string() }),
    ),
    count: z.int(),
  }),
  /** `losing`: how many people lose access by it, as nothing of Stoa gives it to them. */
  'stoa.take_back.filed': z.object({
    connection,
    takeBackId: z.string(),
    statements: z.int(),
    losing: z.int(),
    expiresAt: z.string(),
  }),
  /** `gaining`: how many people gain access by it. */
  'stoa.people_change.filed': z.object({
    peopleChangeId: z.string(),
    about: z.object({ type: z.enum(['USER', 'GROUP', 'IMPORT']), name: z.string() }),
    reasons: z.array(peopleChangeReason),
    gaining: z.int(),
    expiresAt: z.string(),
  }),
  'stoa.people_change.made_alone': z.object({
    about: z.object({ type: z.enum(['USER', 'GROUP', 'IMPORT']), name: z.string() }),
    reasons: z.array(peopleChangeReason),
    gaining: z.int(),
  }),
  'stoa.user.deactivated': z.object({ user: person }),
  /** `changed`: `password`, `username`, `email`; never what they are. */
  'stoa.user.login_changed': z.object({ user: person, changed: z.array(z.string()) }),
  /** `violated`: which invariants do not hold. */
  'stoa.verification.violated': z.object({
    verificationId: z.string(),
    findings: z.int(),
    violated: z.array(z.string()),
  }),
  /** `reasons`: what could not be checked, such as a connection, and why; the first twenty. */
  'stoa.verification.incomplete': z.object({
    verificationId: z.string(),
    outcome: z.enum(['UNCHECKED', 'FAILED']),
    reasons: z.array(z.object({ what: z.string(), why: z.string() })),
  }),
};

const ownData: Record<string, z.ZodType> = {
  ...operationalData,
  'stoa.access_request.rerouted': z.object({ ...aboutRequest, change: z.object({ reason }) }),
  'stoa.access_request.columns_ended': z.object({
    ...aboutRequest,
    /** Of many, the first; `why`: `column.unmasked`, `column.type_changed` or `column.gone`. */
    change: z.object({ ended: z.array(z.object({ column: z.string(), why: z.string() })), endedCount: z.int() }),
  }),
  'stoa.steward.assigned': z.object({
    name: z.string(),
    userIds: z.array(z.string()),
    /** The product or asset whose flow it is; null for a form. */
    targetId: z.string().nullable().optional(),
    requestFormId: z.string().optional(),
  }),
  // `url` without its path: others than its administrators are told as well
  'stoa.webhook.suppressed': z.object({ webhookId: z.string(), url: z.string(), why: z.string() }),
  'stoa.ping': z.object({ webhookId: z.string().nullable() }),
};

/** The schema of `data` of one type of event. */
export function webhookDataSchema(type: EventType): z.ZodType {
  const own = ownData[type];
  if (own !== undefined) return own;
  const [, isAsset, name] = /^marketplace\.(?:(asset)|data_product)\.(.+)$/.exec(type) ?? [];
  const request = Object.entries(requestChanges).find(([key]) => `access_requests.${key}` === name);
  if (request !== undefined) return z.object({ ...aboutRequest, change: request[1] });
  const change = Object.entries(targetChanges).find(([key]) => key === name);
  if (change === undefined) throw new Error(`there is no schema for ${type}`);
  return z.object({ ...(isAsset === undefined ? aboutProduct : aboutAsset), change: change[1] });
}

/** The body of a message in the format `standard`. */
export const webhookMessageSchema = (type: EventType) =>
  z.object({
    /** The same as the header `webhook-id`, on every attempt: receivers drop what they have by it. */
    id: z.uuid(),
    type: z.literal(type),
    apiVersion: z.literal(webhookApiVersion),
    timestamp: instant,
    /** Grows with every event; null in a test. */
    sequence: z.int().nullable(),
    actor: person.nullable(),
    data: webhookDataSchema(type),
  });

/** The same as a structured event of CloudEvents 1.0. */
const cloudEventSchema = (type: EventType) =>
  z.object({
    specversion: z.literal('1.0'),
    id: z.uuid(),
    source: z.string(),
    type: z.literal(type),
    subject: z.string().optional(),
    time: instant,
    datacontenttype: z.literal('application/json'),
    apiversion: z.literal(webhookApiVersion),
    sequence: z.string().optional(),
    actorid: z.string().optional(),
    actorname: z.string().optional(),
    data: webhookDataSchema(type),
  });

const summaries: Record<string, string> = {
  created: 'Somebody asked for access.',
  'data_steward.updated': 'One steward decided.',
  'consumer.updated': 'A request is decided for good.',
  canceled: 'A request was taken back.',
  revoked: 'Access was taken away.',
  expired: 'Access came to its end.',
  expiring: 'Access ends in 7 days or in one.',
  deleted: 'What a request was about is gone.',
  'provisioning.updated': 'A platform was read back: access is there, gone, or failed to be.',
  'state.created': 'A data product was published.',
  'state.updated': 'It was changed, suspended or resumed.',
  'state.deleted': 'A data product was deleted.',
  'data_sources.updated': 'The set of data sources changed.',
  'stoa.access_request.rerouted': 'A request was given to other reviewers.',
  'stoa.access_request.columns_ended': 'Some columns of a masking exception are not what was approved any more.',
  'stoa.steward.assigned': 'A flow names people as reviewers who were not before.',
  'stoa.webhook.suppressed': 'A webhook is told nothing more.',
  'stoa.connection.synced': 'The objects of a platform were read, and what Stoa knows of them is up to date.',
  'stoa.connection.failed': 'A platform could not be read, or a check of its connection failed.',
  'stoa.policy.created': 'A policy was made.',
  'stoa.policy.updated': 'A policy was changed, put in force or taken out of it.',
  'stoa.policy.deleted': 'A policy was deleted.',
  'stoa.domain.data_source_added': 'Data sources came into a domain, by hand or by its tag.',
  'stoa.domain.data_source_removed': 'Data sources left a domain, by hand or by its tag.',
  'stoa.data_product.sources_left_domain': 'Data sources of a product are in none of its domains any more.',
  'stoa.data_product.sensitivity_raised': 'A data product holds more sensitive data than before.',
  'stoa.drift.found': 'A platform differs from what should be there.',
  'stoa.take_back.filed': 'A plan that takes back existing grants waits for a second person.',
  'stoa.people_change.filed': 'A change of people or groups waits for another user admin.',
  'stoa.people_change.made_alone': 'A change of people that another user admin would confirm was made by the only one.',
  'stoa.user.deactivated': 'An account was disabled, and with it all access it had.',
  'stoa.user.login_changed': 'The password, second factor, user name or address of an account was changed.',
  'stoa.verification.violated': 'The nightly verification found what should not be.',
  'stoa.verification.incomplete': 'The nightly verification failed, or could not check everything.',
  'stoa.ping': 'A test.',
};

/** What an event is about, in one sentence. */
export const summaryOfEvent = (type: EventType): string =>
  summaries[type.replace(/^marketplace\.(data_product|asset)\.(access_requests\.)?/, '')] ?? type;

const jsonSchema = (schema: z.ZodType): Record<string, unknown> => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io: 'output',
    // Members may be added; a receiver that refuses unknown ones would break.
    override: ({ zodSchema, jsonSchema: json }) => {
      if (zodSchema._zod.def.type === 'object') delete json.additionalProperties;
    },
  });
  return rest;
};

const keyOf = (type: EventType): string => type.replaceAll('.', '_');

/** JSON Schemas of all messages, each under the name of its event. */
export function webhookSchemaDocument(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Messages that Stoa sends to webhooks',
    oneOf: eventTypes.map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: Object.fromEntries(
      eventTypes.map((type) => [
        type,
        { description: summaryOfEvent(type), ...jsonSchema(webhookMessageSchema(type)) },
      ]),
    ),
  };
}

const signatureHeaders = {
  type: 'object',
  required: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
  properties: {
    'webhook-id': { type: 'string', description: 'The same on every attempt.' },
    'webhook-timestamp': { type: 'string', pattern: '^[0-9]+$', description: 'Seconds since 1970 of this attempt.' },
    'webhook-signature': {
      type: 'string',
      description:
        'v1, and HMAC-SHA256 of id.timestamp.body in base64; after a reset of the key two, separated by a space.',
    },
  },
};

/** What Stoa sends, as an AsyncAPI 3.0 document. */
export function webhookAsyncApiDocument(): Record<string, unknown> {
  const messages = eventTypes.flatMap((type) => {
    const shared = { title: type, summary: summaryOfEvent(type), headers: signatureHeaders };
    return [
      [
        keyOf(type),
        { ...shared, name: type, contentType: 'application/json', payload: jsonSchema(webhookMessageSchema(type)) },
      ],
      [
        `${keyOf(type)}_cloudevent`,
        {
          ...shared,
          name: `${type} (CloudEvents)`,
          contentType: 'application/cloudevents+json',
          payload: jsonSchema(cloudEventSchema(type)),
        },
      ],
    ] as const;
  });
  const names = messages.map(([name]) => name);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Stoa webhooks',
      version: webhookApiVersion,
      description: 'What Stoa posts to the addresses registered with it.',
    },
    defaultContentType: 'application/json',
    channels: {
      webhook: {
        address: null,
        description: 'The address of the receiver.',
        messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      tell: { action: 'send', channel: { $ref: '#/channels/webhook' }, bindings: { http: { method: 'POST' } } },
    },
    components: { messages: Object.fromEntries(messages) },
  };
}
