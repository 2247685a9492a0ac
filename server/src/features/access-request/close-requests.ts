import type { RequestStatus } from '@stoa/contract/enums';
import { sql } from 'kysely';
import { appendAudit, type AuditActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Call } from '../../http/route.ts';
import { requestAudit } from './audit.ts';
import { requestEvent } from './request-event.ts';
import { type LoadedRequest, loadRequests } from './load-requests.ts';

type Ending = { endedBy: string | null; reason: string | null };

/** Pending requests become canceled with their open records. The caller holds the rows. */
export async function closePending(tx: Tx, ids: readonly string[], { endedBy, reason }: Ending): Promise<void> {
  await sql`
    with closed as (
      update access_request set status = 'CANCELED', decided_at = now(), ended_at = now(), ended_by = ${endedBy}::uuid,
        end_reason = ${reason}, updated_at = now()
      where id = any(${[...ids]}::text[]) and status = 'PENDING' returning id)
    update approval_record set status = 'CANCELED', updated_at = clock_timestamp()
    where access_request_id in (select id from closed) and status in ('PENDING', 'BLOCKED')`.execute(tx);
}

/** Approved requests become revoked, or expired where their time was over already. The caller holds the rows and enqueues. */
export async function revokeApproved(tx: Tx, ids: readonly string[], { endedBy, reason }: Ending): Promise<void> {
  await sql`
    update access_request set status = case when expiration <= now() then 'EXPIRED' else 'REVOKED' end,
      ended_at = now(), ended_by = ${endedBy}::uuid, end_reason = ${reason}, updated_at = now()
    where id = any(${[...ids]}::text[]) and status = 'APPROVED'`.execute(tx);
}

export type EndOfAccess = {
  actor: AuditActor;
  /** Whose act it is, when it was a person's. */
  endedBy: string | null;
  /** What people of the requests will read: "The account was disabled." */
  reason: string;
  /** `cancel` ends what is pending and leaves approvals, which may come back; `all` revokes those too. */
  how: 'cancel' | 'all';
  call?: Call | undefined;
};

/**
 * Ends the requests for a person's access: pending ones when the account is disabled, all of them when it goes. Access on
 * the platforms follows from the facts: the caller enqueues the person's keys (`enqueueUser`).
 */
export async function endAccessOfUser(
  tx: Tx,
  after: AfterCommit,
  { globalUserId, ...end }: EndOfAccess & { globalUserId: string },
): Promise<{ canceled: string[]; revoked: string[] }> {
  return endAccess(tx, after, { where: sql`beneficiary = ${globalUserId}`, end });
}

/** Ends the requests for a target that goes. The caller enqueues the target's keys (`enqueueTarget`). */
export async function endAccessOfTarget(
  tx: Tx,
  after: AfterCommit,
  { targetId, ...end }: EndOfAccess & { targetId: string },
): Promise<{ canceled: string[]; revoked: string[] }> {
  return endAccess(tx, after, { where: sql`target_id = ${targetId}`, end, targetIsGone: true });
}

/** Ends the requests for the assets of a connection that goes; what they were about stays with them. */
export async function endAccessOfConnection(
  tx: Tx,
  after: AfterCommit,
  { connectionId, ...end }: EndOfAccess & { connectionId: string },
): Promise<{ canceled: string[]; revoked: string[] }> {
  const where = sql`asset_id in (select id from data_object where connection_id = ${connectionId})`;
  return endAccess(tx, after, { where, end, targetIsGone: true });
}

const endActions: Partial<Record<RequestStatus, string>> = {
  CANCELED: 'AccessRequestCanceled',
  EXPIRED: 'AccessExpired',
};

/** A target that goes takes its requests along: that is told, and not how each of them stood. */
function endEvent(request: LoadedRequest, { end, targetIsGone }: Ended) {
  const { status } = request;
  if (targetIsGone) return requestEvent(request, 'deleted', { status, reason: end.reason });
  const name = status === 'CANCELED' ? 'canceled' : status === 'EXPIRED' ? 'expired' : 'revoked';
  const expiration = status === 'EXPIRED' ? { expiration: request.expiration?.toISOString() ?? null } : {};
  return requestEvent(request, name, { status, reason: end.reason, ...expiration });
}

type Ended = { end: EndOfAccess; targetIsGone?: boolean };

async function endAccess(
  tx: Tx,
  after: AfterCommit,
  { where, end, targetIsGone }: Ended & { where: ReturnType<typeof sql> },
): Promise<{ canceled: string[]; revoked: string[] }> {
  // In the order of ids, so that two such ends never wait for each other in a circle.
  const { rows } = await sql<{ id: string; status: string }>`
    select id, status from access_request where ${where} and status in ('PENDING', 'APPROVED') order by id for no key update`.execute(
    tx,
  );
  const canceled = rows.filter((r) => r.status === 'PENDING').map((r) => r.id);
  const revoked = end.how === 'all' ? rows.filter((r) => r.status === 'APPROVED').map((r) => r.id) : [];
  await closePending(tx, canceled, end);
  await revokeApproved(tx, revoked, end);
  const ended = [...canceled, ...revoked];
  for (let from = 0; from < ended.length; from += 500) {
    const requests = await loadRequests(tx, ended.slice(from, from + 500));
    await appendAudit(
      tx,
      requests.map((request) =>
        requestAudit(request, {
          action: endActions[request.status] ?? 'SubscriptionDeleted',
          actor: end.actor,
          call: end.call,
          payload: { reason: end.reason },
          emits: [endEvent(request, { end, ...(targetIsGone === undefined ? {} : { targetIsGone }) })],
        }),
      ),
    );
  }
  for (const id of ended) after.changed('access-request', id);
  return { canceled, revoked };
}
