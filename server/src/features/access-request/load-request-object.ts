import type { AccessRequestObject } from '@stoa/core/permissions/objects';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { readSwitches } from '../../settings-store.ts';
import { loadRequests } from './load-requests.ts';
import { toRequestObject } from './request-object.ts';

/** The request as the permission rules see it; for features that act on a request without deciding it. */
export async function loadRequestObject(db: Reader, requestId: string): Promise<AccessRequestObject> {
  const [request] = await loadRequests(db, [requestId]);
  if (!request) throw notFound('access request');
  return toRequestObject(request, await readSwitches(db));
}
