import {
  type AccessRequest,
  cancelAccessRequest,
  determineAccessRequest,
  getAccessRequestById,
  requestAccess,
  revokeAccess,
  searchDataProductAccessRequests,
} from '@stoa/contract/access-request';
import { getDataProductByName } from '@stoa/contract/data-product';
import { standardRequestForm } from '@stoa/core/review/standard';
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import type { SampleUsername } from './accounts.ts';
import { type SampleCallers, waitFor } from './sample-callers.ts';
import { type SampleRequest, sampleRequests } from './requests.ts';

/** Asks, decides and ends as the script says. A request is known again by its purpose, so this may stop anywhere and go on. */
export async function makeRequests(deps: Deps, callers: SampleCallers): Promise<void> {
  const made: { script: SampleRequest; request: AccessRequest; productId: string }[] = [];
  for (const script of sampleRequests) {
    const product = await callers.call('manager', getDataProductByName, { params: { name: script.product } });
    const request = await findOrAsk(callers, script, product.id);
    made.push({ script, request: await decide(callers, script, request), productId: product.id });
  }
  for (const { script, request, productId } of made) {
    if (script.end === undefined) continue;
    const now = await callers.call(script.by, getAccessRequestById, { params: { id: request.id } });
    if (script.end.how === 'cancel' && now.status === 'PENDING')
      await callers.call(script.by, cancelAccessRequest, { params: { id: request.id } });
    if (now.status !== 'APPROVED') continue;
    await settle(callers, script.by, request.id);
    if (script.end.how === 'revoke')
      await callers.call(script.end.by, revokeAccess, {
        params: { id: productId, requestId: request.id },
        query: { reason: script.end.reason },
      });
    if (script.end.how === 'expire') await expireNow(deps, callers, { by: script.by, id: request.id });
  }
  for (const { script, request } of made) await settle(callers, script.by, request.id);
}

async function findOrAsk(callers: SampleCallers, script: SampleRequest, productId: string): Promise<AccessRequest> {
  const user = await callers.idOf(script.by);
  const { data } = await callers.call(script.by, searchDataProductAccessRequests, {
    params: { id: productId },
    query: { limit: 100, includeTemporary: true },
  });
  const known = data.find((one) => one.form?.answers.some((answer) => answer.value === script.purpose));
  if (known) return known;
  const answers = [{ fieldId: standardRequestForm.fields[0].id, value: script.purpose }];
  return callers.call(script.by, requestAccess, { params: { id: productId }, body: { user, form: { answers } } });
}

/** Each steward decides while the request still waits for somebody; those before a stop are not asked again. */
async function decide(callers: SampleCallers, script: SampleRequest, asked: AccessRequest): Promise<AccessRequest> {
  let request = asked;
  for (const { by, ...body } of script.decisions) {
    if (request.status !== 'PENDING') return request;
    request = await callers.call(by, determineAccessRequest, { params: { id: request.id }, body });
  }
  return request;
}

/** Waits until the platform says what the decision says. Being late is no failure: the reconciler goes on by itself. */
async function settle(callers: SampleCallers, by: SampleUsername, id: string): Promise<void> {
  await waitFor(30, async () => {
    const { status, provisioning } = await callers.call(by, getAccessRequestById, { params: { id } });
    const isMoving = provisioning?.state === 'PROVISIONING' || provisioning?.state === 'REMOVING';
    const isWaiting = status === 'APPROVED' && (provisioning === undefined || provisioning.state === 'NONE');
    return isMoving || isWaiting ? undefined : true;
  });
}

/**
 * Nobody waits an hour for the sample: request, decision and end are moved together so that the end is now, and then the access expires
 * by its usual road.
 */
async function expireNow(
  deps: Deps,
  callers: SampleCallers,
  { by, id }: { by: SampleUsername; id: string },
): Promise<void> {
  await sql`update access_request set expiration = now(), created_at = created_at - (expiration - now()),
      decided_at = decided_at - (expiration - now())
    where id = ${id} and status = 'APPROVED'`.execute(deps.db);
  await waitFor(30, async () => {
    const { status } = await callers.call(by, getAccessRequestById, { params: { id } });
    return status === 'EXPIRED' ? true : undefined;
  });
}
