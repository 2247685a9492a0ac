import { revokeRequest } from '@stoa/core/review/close';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { enqueueMembership } from '../../provisioning/enqueue-keys.ts';
import { loadPerson } from '../user/load-people.ts';
import { requestAudit } from './audit.ts';
import { requestEvent } from './request-event.ts';
import { revokeApproved } from './close-requests.ts';
import { loadRequestFor } from './load-viewer.ts';
import { refusalOf } from './refusal-of.ts';

export type Revocation = {
  targetId: string;
  requestId: string;
  actorId: string;
  reason: string | undefined;
  call: Call;
};

/** Takes approved access away; the beneficiary may give it back. */
export async function revokeAccess(deps: Deps, input: Revocation): Promise<void> {
  const { targetId, requestId, actorId, call } = input;
  const reason = input.reason?.trim() || null;
  await transact(deps, async (tx, after) => {
    await sql`select from access_request where id = ${requestId} and target_id = ${targetId} for no key update`.execute(
      tx,
    );
    const actor = await loadPerson(tx, actorId);
    if (actor === undefined) throw notFound('account');
    const { request } = await loadRequestFor(tx, requestId, { actor, action: 'access-request.revoke' });
    if (request.target_id !== targetId) throw notFound('request');
    const isOver = request.expiration !== null && request.expiration <= request.now;
    const outcome = revokeRequest(request.status === 'APPROVED' && isOver ? 'EXPIRED' : request.status);
    if (!outcome.ok) throw refusalOf(outcome);
    await revokeApproved(tx, [request.id], { endedBy: actor.globalUserId, reason });
    const isOwn = actor.globalUserId === request.beneficiary.globalUserId;
    await appendAudit(
      tx,
      requestAudit(request, {
        action: request.type === 'DATA_ACCESS' ? 'SubscriptionDeleted' : 'MaskingExceptionRevoked',
        actor: userActor(actor),
        call,
        payload: { reason, givenBack: isOwn },
        emits: [requestEvent(request, 'revoked', { status: 'REVOKED', reason, givenBack: isOwn })],
      }),
    );
    await enqueueMembership(tx, after, {
      targetId,
      globalUserId: request.beneficiary.globalUserId,
      type: request.type,
      cause: 'revoke',
    });
    after.changed('access-request', request.id);
    after.changed('membership', request.id);
  });
}
