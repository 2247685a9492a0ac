import { sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import { newUuid } from '../db/new-id.ts';

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
};

export const systemActor: AuditActor = { type: 'SYSTEM_ACTOR', id: 'stoa', name: 'Stoa' };

/** A statement has at most 65,535 parameters, and an entry has thirteen. */
const rowsAtOnce = 1_000;

/** Appends in the caller's transaction: if this fails, the change fails with it. */
export async function appendAudit(tx: Tx, entries: AuditEntry | readonly AuditEntry[]): Promise<void> {
  const list = Array.isArray(entries) ? (entries as readonly AuditEntry[]) : [entries as AuditEntry];
  if (list.length === 0) return;
  for (let from = 0; from < list.length; from += rowsAtOnce)
    await tx
      .insertInto('audit_event')
      .values(list.slice(from, from + rowsAtOnce).map(toRow))
      .execute();
}

const toRow = (entry: AuditEntry) => ({
  id: newUuid(),
  action: entry.action,
  action_status: entry.actionStatus ?? 'SUCCESS',
  actor: JSON.stringify(entry.actor),
  actor_id: entry.actor.id,
  actor_ip: entry.actorIp ?? null,
  target_type: entry.targetType,
  targets: JSON.stringify(entry.targets),
  related_resources: JSON.stringify(entry.relatedResources ?? []),
  payload: JSON.stringify({ type: `${entry.action}AuditPayload`, version: '1', ...entry.payload }),
  domain_ids: sql<string[]>`${[...(entry.domainIds ?? [])]}::uuid[]`,
  request_id: entry.requestId ?? null,
  session_id: entry.sessionId ?? null,
});
