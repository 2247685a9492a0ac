import type { RequestType } from '@stoa/contract/enums';
import { replaceRequest } from '@stoa/core/review/close';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { requestAudit } from './audit.ts';
import { closePending } from './close-requests.ts';
import { type LoadedRequest, loadRequests } from './load-requests.ts';
import type { RequestTarget } from './load-target.ts';
import { loadRequestFor } from './load-viewer.ts';
import { refusalOf } from './refusal-of.ts';
import { requestEvent } from './request-event.ts';

type Same = {
  actor: LoadedPerson;
  target: Pick<RequestTarget, 'id'>;
  type: RequestType;
  beneficiary: Pick<LoadedPerson, 'globalUserId'>;
};

/** The request that a new one takes the place of: access of the same person to the same target, with other answers. */
export async function loadReplaced(
  db: Reader,
  id: string,
  { actor, target, type, beneficiary }: Same,
): Promise<LoadedRequest> {
  const { request } = await loadRequestFor(db, id, { actor, action: 'access-request.replace' });
  const isSame =
    request.target_id === target.id &&
    request.type === type &&
    request.beneficiary.globalUserId === beneficiary.globalUserId;
  if (!isSame) throw new Refusal('access_request.not_replaceable', { extra: { requestId: id } });
  return request;
}

/** People of the request read it. */
const reason = 'Replaced by a request with other answers.';

/**
 * Cancels it in favour of `replacedBy`, which is written after it in the same transaction. What was decided meanwhile stays decided:
 * it is locked and looked at once more, after everything else that a request locks.
 */
export async function closeReplaced(
  tx: Tx,
  id: string,
  { replacedBy, actor, call }: { replacedBy: string; actor: LoadedPerson; call: Call },
): Promise<void> {
  await sql`select from access_request where id = ${id} for no key update`.execute(tx);
  const [request] = await loadRequests(tx, [id]);
  if (request === undefined) throw notFound('request');
  const outcome = replaceRequest(request.status);
  if (!outcome.ok) throw refusalOf(outcome);
  await closePending(tx, [id], { endedBy: actor.globalUserId, reason });
  await sql`update access_request set metadata = metadata || jsonb_build_object('replacedBy', ${replacedBy}::text)
    where id = ${id}`.execute(tx);
  await appendAudit(
    tx,
    requestAudit(request, {
      action: 'AccessRequestCanceled',
      actor: userActor(actor),
      call,
      payload: { reason, replacedBy },
      emits: [requestEvent(request, 'canceled', { status: 'CANCELED', reason })],
    }),
  );
}
