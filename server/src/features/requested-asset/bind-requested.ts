import { sql } from 'kysely';
import { appendAudit, type AuditActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Call } from '../../http/route.ts';
import { callFacts, requestAudit } from '../access-request/audit.ts';
import { closePending } from '../access-request/close-requests.ts';
import { requestEvent } from '../access-request/request-event.ts';
import { keepObject } from '../access-request/keep-requested-asset.ts';
import { loadRequests } from '../access-request/load-requests.ts';
import { handOver } from './hand-over.ts';

export type Binding = { requestedId: string; objectId: string; actor: AuditActor; call?: Call | undefined };
type Names = { asked: string; found: string };

const askedTwice = 'The same was asked for under another name.';

/**
 * What was asked for before it was known turned out to be this object: the requests go on there, under its reviewers. False
 * when somebody bound it first. The caller knows that the object is one to be asked for.
 */
export async function bindRequested(tx: Tx, after: AfterCommit, binding: Binding): Promise<boolean> {
  const { requestedId, objectId } = binding;
  const { rows } = await sql<{ asked: string }>`
    select array_to_string(object_path, '.') as asked from requested_asset
    where id = ${requestedId} and registered_at is null for no key update`.execute(tx);
  const { rows: objects } = await sql<{ found: string }>`
    select array_to_string(object_path, '.') as found from data_object where id = ${objectId}`.execute(tx);
  const [row, object] = [rows[0], objects[0]];
  if (row === undefined || object === undefined) return false;
  await keepObject(tx, objectId);
  const moved = await moveRequests(tx, after, { ...binding, asked: row.asked });
  await sql`update requested_asset set registered_at = now(), bound_to = ${objectId} where id = ${requestedId}`.execute(
    tx,
  );
  await writeAudit(tx, binding, { ...row, ...object }, moved.length);
  for (const id of moved) await handOver(tx, after, { requestId: id, ...binding });
  after.changed('data-object', objectId);
  return true;
}

/** Answers the pending requests that go on. What was decided before stays what it was about. */
async function moveRequests(
  tx: Tx,
  after: AfterCommit,
  { requestedId, objectId, asked, actor, call }: Binding & { asked: string },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from access_request where asset_id = ${requestedId} and status = 'PENDING' order by id for no key update`.execute(
    tx,
  );
  // One person may have followed two links that mean the same: one request per person and target (product.md 3.3).
  const { rows: twice } = await sql<{ id: string }>`
    select r.id from access_request r where r.asset_id = ${requestedId} and r.status = 'PENDING' and exists (
      select from access_request x where x.asset_id = ${objectId} and x.beneficiary = r.beneficiary and x.type = r.type
        and x.status = 'PENDING')`.execute(tx);
  const ended = twice.map((one) => one.id);
  await closePending(tx, ended, { endedBy: null, reason: askedTwice });
  const foundAs = JSON.stringify({ requestedAssetId: requestedId, path: asked });
  await sql`
    with drafts as (
      update request_draft d set target_id = ${objectId} where d.target_id = ${requestedId} and not exists (
        select from request_draft x where x.target_id = ${objectId} and x.global_user_id = d.global_user_id and x.type = d.type)
    )
    update access_request set asset_id = ${objectId}, updated_at = now(), metadata = coalesce(metadata, '{}'::jsonb)
      || jsonb_build_object('foundAs', ${foundAs}::jsonb || jsonb_build_object('at', now()))
    where asset_id = ${requestedId} and status = 'PENDING'`.execute(tx);
  await appendAudit(
    tx,
    (await loadRequests(tx, ended)).map((request) =>
      requestAudit(request, {
        action: 'AccessRequestCanceled',
        actor,
        call,
        payload: { reason: askedTwice },
        emits: [requestEvent(request, 'canceled', { status: 'CANCELED', reason: askedTwice })],
      }),
    ),
  );
  for (const { id } of rows) after.changed('access-request', id);
  return rows.map(({ id }) => id).filter((id) => !ended.includes(id));
}

async function writeAudit(tx: Tx, binding: Binding, { asked, found }: Names, requestCount: number): Promise<void> {
  const { requestedId, objectId, actor, call } = binding;
  await appendAudit(tx, {
    action: 'RequestedAssetBound',
    actor,
    ...callFacts(call),
    targetType: 'DATA_OBJECT',
    targets: [{ id: objectId, name: found, type: 'DATA_OBJECT' }],
    relatedResources: [{ id: requestedId, name: asked, type: 'REQUESTED_ASSET' }],
    payload: { requestCount },
  });
}
