import { type RawBuilder, sql } from 'kysely';
import { prepared, type Tx } from '../db/pool.ts';
import { newUuid } from '../db/new-id.ts';
import type { Emission } from '../work/emission.ts';

export type AuditActor =
  | { type: 'USER_ACTOR' | 'SERVICE_ACTOR'; id: string; name: string; identityProvider?: string }
  | { type: 'SYSTEM_ACTOR' | 'PLATFORM_ACTOR'; id: string; name: string };

export type AuditEntry = {
  action: string;
  actionStatus?: 'SUCCESS' | 'FAILURE' | 'DENIED';
  actor: AuditActor;
  actorIp?: string | undefined;
  targetType: string;
  targets: { id: string; name: string; type?: string }[];
  relatedResources?: { id: string; name: string; type: string }[];
  /** Members beside `type` and `version`. Neither secrets nor form answers ever enter. */
  payload?: Record<string, unknown>;
  /** The domains whose `Audit Activity` holders may read it. */
  domainIds?: readonly string[];
  requestId?: string | undefined;
  sessionId?: string | undefined;
  /** What others are told of it; it is written with the row, so that neither is there without the other. */
  emits?: readonly Emission[];
};

export const systemActor: AuditActor = { type: 'SYSTEM_ACTOR', id: 'stoa', name: 'Stoa' };

/** Long lists go in parts, so that no single text becomes huge. */
const rowsAtOnce = 5_000;

/**
 * Appends in the caller's transaction: if this fails, the change fails with it. Live events may ride along, which saves
 * the hot road a round trip.
 */
export async function appendAudit(
  tx: Tx,
  entries: AuditEntry | readonly AuditEntry[],
  events: readonly LiveEventRow[] = [],
): Promise<void> {
  const list = Array.isArray(entries) ? (entries as readonly AuditEntry[]) : [entries as AuditEntry];
  for (let from = 0; from < Math.max(list.length, Math.min(events.length, 1)); from += rowsAtOnce)
    await insertRows(tx, list.slice(from, from + rowsAtOnce), from === 0 ? events : []);
}

type LiveEventRow = { readonly type: string; readonly id: string };

async function insertRows(tx: Tx, entries: readonly AuditEntry[], events: readonly LiveEventRow[]): Promise<void> {
  await sql`${prepared('audit')} with ${auditParts(entries, events)} select`.execute(tx);
}

/** The same as parts of a statement's `with`, for a change that is one statement with its audit rows and live events. */
export function auditParts(entries: readonly AuditEntry[], events: readonly LiveEventRow[]): RawBuilder<unknown> {
  return sql`live as (
      insert into live_event (type, subject_id)
      select x.type, x.id from json_to_recordset(${JSON.stringify(events)}::json) as x (type text, id text)
    ), audit as (
      insert into audit_event (id, action, action_status, actor, actor_id, actor_ip, target_type, targets, related_resources,
        payload, domain_ids, request_id, session_id)
      select x.id, x.action, x.action_status, x.actor, x.actor_id, x.actor_ip, x.target_type, x.targets, x.related_resources,
        x.payload, x.domain_ids, x.request_id, x.session_id
      from json_to_recordset(${JSON.stringify(entries.map(toRow))}::json) as x (id uuid, action text, action_status text, actor jsonb,
        actor_id text, actor_ip text, target_type text, targets jsonb, related_resources jsonb, payload jsonb, domain_ids uuid[],
        request_id text, session_id text)
    ), outbox as (
      insert into event (id, type, request_id, target_id, domain_id, actor_id, actor_name, data)
      select x.id, x.type, x.request_id, x.target_id, x.domain_id, x.actor_id, x.actor_name, x.data
      from json_to_recordset(${JSON.stringify(entries.flatMap(toEvents))}::json) as x (id uuid, type text, request_id text, target_id uuid,
        domain_id uuid, actor_id text, actor_name text, data jsonb)
      returning sequence
    ), pending as (
      insert into event_pending (sequence) select sequence from outbox
    )`;
}

const toEvents = ({ actor, emits = [] }: AuditEntry) =>
  emits.map((emission) => ({
    id: newUuid(),
    type: emission.type,
    request_id: emission.requestId ?? null,
    target_id: emission.targetId ?? null,
    domain_id: emission.domainId ?? null,
    actor_id: actor.id,
    actor_name: actor.name,
    data: emission.data,
  }));

const toRow = (entry: AuditEntry) => ({
  id: newUuid(),
  action: entry.action,
  action_status: entry.actionStatus ?? 'SUCCESS',
  actor: entry.actor,
  actor_id: entry.actor.id,
  actor_ip: entry.actorIp ?? null,
  target_type: entry.targetType,
  targets: entry.targets,
  related_resources: entry.relatedResources ?? [],
  payload: { type: `${entry.action}AuditPayload`, version: '1', ...entry.payload },
  domain_ids: entry.domainIds ?? [],
  request_id: entry.requestId ?? null,
  session_id: entry.sessionId ?? null,
});
