import { cancelRequest } from '@stoa/core/review/close';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { loadPerson } from '../user/load-people.ts';
import { requestAudit } from './audit.ts';
import { requestEvent } from './request-event.ts';
import { closePending } from './close-requests.ts';
import { loadRequestFor } from './load-viewer.ts';
import { refusalOf } from './refusal-of.ts';

/** Withdraws a pending request; its open slots end with it. */
export async function cancelAccessRequest(
  deps: Deps,
  { requestId, actorId, call }: { requestId: string; actorId: string; call: Call },
): Promise<void> {
  await transact(deps, async (tx, after) => {
    await sql`select from access_request where id = ${requestId} for no key update`.execute(tx);
    const actor = await loadPerson(tx, actorId);
    if (actor === undefined) throw notFound('account');
    const { request } = await loadRequestFor(tx, requestId, { actor, action: 'access-request.cancel' });
    const outcome = cancelRequest(request.status, request.records);
    if (!outcome.ok) throw refusalOf(outcome);
    await closePending(tx, [request.id], { endedBy: actor.globalUserId, reason: null });
    await appendAudit(
      tx,
      requestAudit(request, {
        action: 'AccessRequestCanceled',
        actor: userActor(actor),
        call,
        payload: {},
        emits: [requestEvent(request, 'canceled', { status: 'CANCELED', reason: null })],
      }),
    );
    after.changed('access-request', request.id);
  });
}
