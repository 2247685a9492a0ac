import { checkAcceptance } from '@stoa/core/review/acceptance';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { enqueueMembership } from '../../provisioning/enqueue-keys.ts';
import { storeAcceptances } from '../data-use-agreement/store-acceptances.ts';
import { loadPerson } from '../user/load-people.ts';
import { requestAudit } from './audit.ts';
import { loadRequests } from './load-requests.ts';
import { loadRequestFor } from './load-viewer.ts';
import type { SubmittedRequest } from './submit.ts';
import { refusalOf } from './refusal-of.ts';

type Acceptance = {
  requestId: string;
  actorId: string;
  read: readonly { id: string; version: number }[];
  call: Call;
};

/** The beneficiary accepts what somebody else asked for on their behalf. If it is approved, access starts from here. */
export async function acceptAgreements(deps: Deps, input: Acceptance): Promise<SubmittedRequest> {
  const { requestId, actorId, read, call } = input;
  return transact(deps, async (tx, after) => {
    await sql`select from access_request where id = ${requestId} for no key update`.execute(tx);
    const actor = await loadPerson(tx, actorId);
    if (actor === undefined) throw notFound('account');
    const { request, switches } = await loadRequestFor(tx, requestId, { actor, action: 'access-request.accept' });
    const { agreements: pinned } = request.form;
    const outcome = checkAcceptance({
      status: request.status,
      isOver: request.expiration !== null && request.expiration <= request.now,
      awaitsAcceptance: request.awaits_acceptance,
      pinned,
      read,
    });
    if (!outcome.ok) throw refusalOf(outcome);
    await storeAcceptances(tx, { requestId, agreements: pinned, by: actor.globalUserId, at: request.now });
    await sql`update access_request set awaits_acceptance = false, updated_at = ${request.now} where id = ${requestId}`.execute(
      tx,
    );
    const payload = { agreements: pinned.map(({ id, version, sha256 }) => ({ id, version, sha256 })) };
    await appendAudit(
      tx,
      requestAudit(request, { action: 'DataUseAgreementAccepted', actor: userActor(actor), call, payload }),
    );
    if (request.status === 'APPROVED') {
      const key = { targetId: request.target_id, globalUserId: request.beneficiary.globalUserId, type: request.type };
      await enqueueMembership(tx, after, { ...key, cause: 'acceptance' });
      after.changed('membership', requestId);
    }
    after.changed('access-request', requestId);
    const [accepted] = await loadRequests(tx, [requestId]);
    if (accepted === undefined) throw new Error('a request that was just accepted is not there');
    return { request: accepted, actor, switches };
  });
}
