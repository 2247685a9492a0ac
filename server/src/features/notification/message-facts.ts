import { peopleChangeReason } from '@stoa/contract/people-change';
import type { NotificationType } from '@stoa/contract/notification-type';
import { inWords } from '@stoa/core/notification/local-time';
import { type MessageFacts, oneLine } from '@stoa/core/notification/words';
import { z } from 'zod';
import type { OutboxEvent } from '../../work/fan-out.ts';
import type { LoadedRequest } from '../access-request/load-requests.ts';
import { type Known, sourcesNamed } from './load-known.ts';

/** Who reads it, and in which zone; null: many people in that of the installation. */
export type Reader = { readonly globalUserId: string | null; readonly timeZone: string };
type Told = Reader & { readonly type: NotificationType };

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** What the message is about, in names. */
export function factsOf(known: Known, event: OutboxEvent, { type, globalUserId, timeZone }: Told): MessageFacts {
  const { data } = event;
  const request = event.requestId === null ? undefined : known.requests.get(event.requestId);
  const isOwnAct = event.actorId === 'stoa';
  return {
    type,
    actor: isOwnAct ? null : event.actorName,
    request:
      request === undefined
        ? undefined
        : { ...requestFacts(request, { timeZone, reason: textOf(data['reason']) }), ...verdictOf(event, timeZone) },
    target: request === undefined ? targetOf(known, event) : targetOfRequest(request),
    reader: {
      isBeneficiary: request !== undefined && request.beneficiary.globalUserId === globalUserId,
      isRequester: request !== undefined && request.requesting_user.globalUserId === globalUserId,
    },
    failure: textOf(data['reason']),
    webhook: { id: textOf(data['webhookId']) ?? '', url: textOf(data['url']) ?? 'A receiver' },
    verification: verificationOf(event),
    login: loginOf(event, globalUserId),
    sources: sourcesOf(known, event),
    sensitivity: sensitivityOf(event),
    takeBack: takeBackOf(event, timeZone),
    peopleChange: peopleChangeOf(event, timeZone),
    ended: endedOf(event),
    form:
      textOf(data['requestFormId']) === null
        ? undefined
        : { id: textOf(data['requestFormId']) ?? '', name: textOf(data['name']) ?? '' },
  };
}

function sourcesOf({ sourceNames }: Known, event: OutboxEvent): MessageFacts['sources'] {
  const named = sourcesNamed(event);
  if (named.length === 0) return undefined;
  const { count } = event.data;
  const names = named.flatMap((id) => {
    const name = sourceNames.get(id);
    return name === undefined ? [] : [oneLine(name, 80)];
  });
  return { count: typeof count === 'number' ? count : named.length, names };
}

function sensitivityOf({ type, data }: OutboxEvent): MessageFacts['sensitivity'] {
  if (type !== 'stoa.data_product.sensitivity_raised') return undefined;
  const { members } = data;
  const level = textOf(data['sensitivity']) ?? 'high';
  return { level, before: textOf(data['before']), members: typeof members === 'number' ? members : 0 };
}

const filedPlan = z.object({
  connection: z.object({ name: z.string() }),
  takeBackId: z.string(),
  statements: z.number(),
  losing: z.number(),
  expiresAt: z.string(),
});

function takeBackOf({ type, data }: OutboxEvent, timeZone: string): MessageFacts['takeBack'] {
  if (type !== 'stoa.take_back.filed') return undefined;
  const { connection, takeBackId: id, statements, losing, expiresAt } = filedPlan.parse(data);
  return { id, connection: connection.name, statements, losing, ends: inWords(Date.parse(expiresAt), timeZone) };
}

const filedChange = z.object({
  peopleChangeId: z.string(),
  about: z.object({ name: z.string() }),
  reasons: z.array(peopleChangeReason),
  gaining: z.number(),
  expiresAt: z.string(),
});

function peopleChangeOf({ type, data }: OutboxEvent, timeZone: string): MessageFacts['peopleChange'] {
  if (type !== 'stoa.people_change.filed') return undefined;
  const { peopleChangeId: id, about, reasons, gaining, expiresAt } = filedChange.parse(data);
  return { id, about: about.name, reasons, gaining, ends: inWords(Date.parse(expiresAt), timeZone) };
}

const endedColumns = z.object({
  ended: z.array(z.object({ column: z.string(), why: z.string() })),
  endedCount: z.number(),
});

/** The first three: a message is short, the request has them all. */
function endedOf({ type, data }: OutboxEvent): MessageFacts['ended'] {
  if (type !== 'stoa.access_request.columns_ended') return undefined;
  const { ended, endedCount: count } = endedColumns.parse(data);
  return { count, columns: ended.slice(0, 3).map(({ column, why }) => ({ column: oneLine(column, 120), why })) };
}

function verificationOf({ type, data }: OutboxEvent): MessageFacts['verification'] {
  if (type !== 'stoa.verification.violated' && type !== 'stoa.verification.incomplete') return undefined;
  const { verificationId, findings, violated, outcome, reasons } = data;
  return {
    id: textOf(verificationId) ?? '',
    incomplete: outcome === 'FAILED' || outcome === 'UNCHECKED' ? { outcome, reasons: reasonsOf(reasons) } : undefined,
    findings: typeof findings === 'number' ? findings : 0,
    violated: Array.isArray(violated) ? violated.map(String) : [],
  };
}

const reasonsOf = (reasons: unknown): { what: string; why: string }[] =>
  (Array.isArray(reasons) ? reasons : []).map((one) => ({
    what: textOf(Object(one).what) ?? '',
    why: textOf(Object(one).why) ?? '',
  }));

function loginOf({ type, data, actorId }: OutboxEvent, globalUserId: string | null): MessageFacts['login'] {
  if (type !== 'stoa.user.login_changed') return undefined;
  const { changed } = data;
  return { changed: Array.isArray(changed) ? changed.map(String) : [], isOwnAct: actorId === globalUserId };
}

/** What was decided, as the event says it: the request may have been revoked or have ended before it is told. */
function verdictOf({ type, data }: OutboxEvent, timeZone: string): { status?: string; ends?: string | null } {
  const status = textOf(data['status']);
  if (!type.endsWith('.access_requests.consumer.updated') || status === null) return {};
  const expiration = textOf(data['expiration']);
  return { status, ends: expiration === null ? null : inWords(Date.parse(expiration), timeZone) };
}

/** Of a request: as an event, a digest and a chat message tell it alike. */
export function requestFacts(
  request: LoadedRequest,
  { timeZone, reason }: { timeZone: string; reason: string | null },
): NonNullable<MessageFacts['request']> {
  const { columns } = request.metadata;
  return {
    id: request.id,
    type: request.type,
    status: request.status,
    requester: request.requesting_user.name,
    beneficiary: request.beneficiary.name,
    isOnBehalf: request.requesting_user.globalUserId !== request.beneficiary.globalUserId,
    awaitsAcceptance: request.awaits_acceptance,
    ends: request.expiration === null ? null : inWords(request.expiration.getTime(), timeZone),
    asked: durationInWords(request.requested_duration),
    columns: Array.isArray(columns) ? columns.length : 0,
    reason,
  };
}

function durationInWords(duration: LoadedRequest['requested_duration']): string | null {
  if (duration === null) return null;
  const unit = duration.unit.toLowerCase();
  return `${duration.amount} ${duration.amount === 1 ? unit.replace(/s$/, '') : unit}`;
}

export const targetOfRequest = (request: LoadedRequest): NonNullable<MessageFacts['target']> => ({
  id: request.target_id,
  name: request.target_name,
  kind: request.data_product_id === null ? 'asset' : 'product',
  domain: request.domains[0]?.name ?? null,
});

function targetOf(known: Known, event: OutboxEvent): MessageFacts['target'] {
  if (event.targetId === null) return undefined;
  return {
    id: event.targetId,
    name: textOf(event.data['name']) ?? '',
    kind: known.products.has(event.targetId) ? 'product' : 'asset',
    domain: event.domainId === null ? null : (known.domainNames.get(event.domainId) ?? null),
  };
}
