import { may } from '@stoa/core/permissions/may';
import type { Action } from '@stoa/contract/action';
import type { AccessRequestObject } from '@stoa/core/permissions/objects';
import type { Actor } from '@stoa/core/permissions/objects';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type ApplicationSwitches, readSwitches } from '../../settings-store.ts';
import { type LoadedRequest, loadRequests } from './load-requests.ts';
import { nameOf, loadReviewerNames } from '../review-flow/reviewer-names.ts';
import { toRequestObject } from './request-object.ts';

type RequestAction = Extract<Action, `access-request.${string}`> & Exclude<Action, 'access-request.create'>;
export type ReadRequest = { request: LoadedRequest; object: AccessRequestObject; switches: ApplicationSwitches };

/** A request on which the actor may do `action`; what they may not even read does not exist for them. */
export async function loadRequestFor(
  db: Reader,
  id: string,
  { actor, action }: { actor: Actor; action: RequestAction },
): Promise<ReadRequest> {
  const [request] = await loadRequests(db, [id]);
  if (request === undefined) throw notFound('request');
  const switches = await readSwitches(db);
  const object = toRequestObject(request, switches);
  if (!may(actor, 'access-request.read', object).allowed) throw notFound('request');
  requireMay(actor, action, object);
  return { request: await withReviewerNames(db, request), object, switches };
}

/** Slots are kept as they were asked; whoever is named in one is shown under the name they have now. */
async function withReviewerNames(db: Reader, request: LoadedRequest): Promise<LoadedRequest> {
  const names = await loadReviewerNames(
    db,
    request.records.map((record) => record.approvers),
  );
  const records = request.records.map((record) => ({
    ...record,
    approvers: record.approvers.map((source) => nameOf(source, names)),
  }));
  return { ...request, records };
}
