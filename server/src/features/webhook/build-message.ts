import type { WebhookFormat } from '@stoa/contract/webhook';
import { webhookApiVersion } from '@stoa/contract/webhook-event';
import { z } from 'zod';
import type { OutboxEvent } from '../../work/fan-out.ts';
import type { Subject } from './load-subjects.ts';

/** How a webhook is told; messages of one event that are told alike are one text. */
export type Telling = { readonly format: WebhookFormat; readonly includeAnswers: boolean };
export type Message = { readonly id: string; readonly body: string; readonly contentType: string };
export type Told = Pick<OutboxEvent, 'id' | 'type' | 'actorId' | 'actorName' | 'data' | 'createdAt'> & {
  readonly sequence: number | null;
};

/** Below the 20,000 bytes that are promised, whatever people wrote. */
const mostBytes = 19_500;
const longestReason = 500;
/** Lists and answers are cut in these steps until the message fits. */
const cuts = [
  { list: 500, answers: true },
  { list: 500, answers: false },
  { list: 50, answers: false },
  { list: 5, answers: false },
] as const;
type Cut = (typeof cuts)[number];

/**
 * The text that is sent of one event. It is thin: ids, names and states as they were then; answers only where the webhook gets them.
 * `subject` is the request that it is about, where it is about one.
 */
export function buildMessage(
  event: Told,
  subject: Subject | undefined,
  { telling, source }: { telling: Telling; source: string },
): Message {
  for (const cut of cuts) {
    const message = write(event, dataOf(event, subject, { telling, cut }), { telling, source });
    if (Buffer.byteLength(message.body, 'utf8') <= mostBytes) return message;
  }
  throw new Error(`the message of event ${event.id} does not fit`);
}

/** The same of an event whose data somebody wrote by hand; undefined where it is too long. */
export function buildByHand(
  event: Told,
  data: Readonly<Record<string, unknown>>,
  how: { telling: Telling; source: string },
): Message | undefined {
  const message = write(event, data, how);
  return Buffer.byteLength(message.body, 'utf8') <= mostBytes ? message : undefined;
}

function write(
  event: Told,
  data: Readonly<Record<string, unknown>>,
  { telling, source }: { telling: Telling; source: string },
): Message {
  const { id, type, sequence, actorId, actorName } = event;
  const timestamp = event.createdAt.toISOString();
  if (telling.format === 'standard') {
    const actor = actorId === null ? null : { globalUserId: actorId, name: cutReason(actorName ?? '') };
    const body = { id, type, apiVersion: webhookApiVersion, timestamp, sequence, actor, data };
    return { id, body: JSON.stringify(body), contentType: 'application/json' };
  }
  const subject = subjectOf(data);
  const body = {
    specversion: '1.0',
    id,
    source,
    type,
    ...(subject === undefined ? {} : { subject }),
    time: timestamp,
    datacontenttype: 'application/json',
    apiversion: webhookApiVersion,
    ...(sequence === null ? {} : { sequence: String(sequence) }),
    ...(actorId === null ? {} : { actorid: actorId, actorname: cutReason(actorName ?? '') }),
    data,
  };
  return { id, body: JSON.stringify(body), contentType: 'application/cloudevents+json' };
}

const resources = {
  request: 'access-request',
  dataProduct: 'data-product',
  asset: 'asset',
  connection: 'connection',
  policy: 'policy',
  domain: 'domain',
} as const;
const withId = z.object({ id: z.string() });
const withUser = z.object({ globalUserId: z.string() });

/** `<resource>/<id>` of what an event is about. */
function subjectOf(data: Readonly<Record<string, unknown>>): string | undefined {
  for (const [member, resource] of Object.entries(resources)) {
    const about = withId.safeParse(data[member]);
    if (about.success) return `${resource}/${about.data.id}`;
  }
  const user = withUser.safeParse(data['user']);
  return user.success ? `user/${user.data.globalUserId}` : undefined;
}

const cutReason = (text: string): string =>
  text.length <= longestReason ? text : `${text.slice(0, longestReason).replace(/\p{Cs}$/u, '')}…`;
const shortened = (value: unknown): string | null => (typeof value === 'string' ? cutReason(value) : null);

function dataOf(
  event: Told,
  subject: Subject | undefined,
  how: { telling: Telling; cut: Cut },
): Record<string, unknown> {
  if (subject !== undefined) return { ...requestData(event, subject, how), change: changeOf(event, how.cut) };
  const { data } = event;
  const about = event.type.startsWith('marketplace.asset.') ? 'asset' : 'dataProduct';
  if (!event.type.startsWith('marketplace.')) return cutLists(data, how.cut.list);
  return { [about]: { id: data['targetId'], name: shortened(data['name']) ?? '' }, change: changeOf(event, how.cut) };
}

/** Told elsewhere in the message already. */
const known = new Set([
  'requestType',
  'status',
  'expiration',
  'provisioning',
  'name',
  'domainIds',
  'targetId',
  'determinationId',
]);

const changeOf = ({ data }: Told, cut: Cut): Record<string, unknown> =>
  cutLists(Object.fromEntries(Object.entries(data).filter(([key]) => !known.has(key))), cut.list);

const cutLists = (data: object, most: number): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]: [string, unknown]) => [
      key,
      Array.isArray(value) ? value.slice(0, most) : typeof value === 'string' ? cutReason(value) : value,
    ]),
  );

function requestData(
  { data, createdAt, type }: Told,
  subject: Subject,
  { telling, cut }: { telling: Telling; cut: Cut },
): object {
  const target = { id: subject.targetId, name: cutReason(subject.targetName) };
  const columns = subject.columns ?? [];
  const hasAnswers = telling.includeAnswers && cut.answers;
  const isCut =
    columns.length > cut.list || subject.records.length > cut.list || (telling.includeAnswers && !cut.answers);
  return {
    request: {
      id: subject.id,
      type: subject.type,
      status: data['status'] ?? subject.status,
      expiration: expirationOf(data, subject),
      provisioning: type.endsWith('.provisioning.updated') ? (data['provisioning'] ?? null) : null,
    },
    requestingUser: namePerson(subject.requestingUser),
    user: namePerson(subject.user),
    ...(subject.isAsset ? { asset: { ...target, type: subject.assetType ?? '' } } : { dataProduct: target }),
    columns: columns
      .slice(0, cut.list)
      .map(({ sourceId, columnName }) => ({ dataSourceId: String(sourceId ?? ''), name: columnName })),
    approvalRecords: subject.records.slice(0, cut.list).map((record) => recordThen(record, createdAt)),
    ...(hasAnswers ? { answers: subject.answers ?? [] } : {}),
    ...(isCut ? { truncated: true } : {}),
  };
}

const namePerson = ({ globalUserId, name }: Subject['user']) => ({ globalUserId, name: cutReason(name) });

/** A period is settled by the last decision: before it there is none to tell. */
function expirationOf(data: Told['data'], { expiration }: Subject): string | null {
  if (typeof data['expiration'] === 'string') return data['expiration'];
  return data['status'] === 'PENDING' || data['expiration'] === null ? null : (expiration?.toISOString() ?? null);
}

/** A record as it stood when the event happened: what was decided on it since then has an event of its own. */
function recordThen(record: Subject['records'][number], then: Date) {
  const isLater = record.updatedAt > then.getTime();
  const status = isLater ? (record.prerequisites.length > 0 ? 'BLOCKED' : 'PENDING') : record.status;
  return {
    id: record.id,
    status,
    reason: isLater || record.reason === null ? null : cutReason(record.reason),
    actionBy: isLater || record.actionBy === null ? null : namePerson(record.actionBy),
  };
}
