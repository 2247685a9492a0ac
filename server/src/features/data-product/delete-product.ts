import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { enqueueTarget } from '../../provisioning/enqueue-keys.ts';
import { type By, relatedDomains } from './create-products.ts';
import { lockDataProduct } from './load-products.ts';
import { requireProduct } from './product-of-call.ts';

type Closed = { id: string; status: string; beneficiary: string; name: string };

/** Deletes a product: what waits is canceled, what was given is taken away; rows and history stay, the name is free. */
export async function deleteDataProduct(deps: Deps, by: By, id: string): Promise<void> {
  await transact(deps, async (tx, after) => {
    await lockDataProduct(tx, id);
    const { row } = await requireProduct(tx, id, { actor: by.actor, action: 'data-product.manage' });
    const closed = await closeRequests(tx, by, id);
    await sql`update data_product set deleted_at = now(), updated_at = now() where id = ${id}`.execute(tx);
    await sql`delete from data_product_search where data_product_id = ${id}`.execute(tx);
    await enqueueTarget(tx, after, { targetId: id, cause: 'deletion' });
    await audit(tx, { by, row, closed });
    tell(after, id, closed);
  });
}

/** The records of what waited end with it. An end that has passed already is an expiry, not a revocation. */
async function closeRequests(tx: Tx, by: By, id: string): Promise<Closed[]> {
  const { rows } = await sql<Closed>`
    with open as (
      select r.id, r.status, r.expiration from access_request r
      where r.target_id = ${id} and r.status in ('PENDING', 'APPROVED') order by r.id for update
    ), records as (
      update approval_record a set status = 'CANCELED', updated_at = now() from open
      where a.access_request_id = open.id and open.status = 'PENDING' and a.status in ('PENDING', 'BLOCKED') returning a.id
    )
    update access_request r set
      status = case when open.status = 'PENDING' then 'CANCELED' when open.expiration <= now() then 'EXPIRED' else 'REVOKED' end,
      ended_at = case when open.status = 'APPROVED' and open.expiration <= now() then open.expiration else now() end,
      ended_by = ${by.actor.globalUserId}, end_reason = 'The data product was deleted.', updated_at = now()
    from open, app_user u where r.id = open.id and u.global_user_id = r.beneficiary
    returning r.id, r.status, r.beneficiary, u.name`.execute(tx);
  return rows;
}

type Deletion = { by: By; row: Awaited<ReturnType<typeof requireProduct>>['row']; closed: readonly Closed[] };

async function audit(tx: Tx, { by, row, closed }: Deletion): Promise<void> {
  const product = { id: row.id, name: row.name, type: 'DATA_PRODUCT' };
  const shared = {
    actor: userActor(by.actor),
    actorIp: by.call.ip,
    domainIds: row.domains.map((domain) => domain.id),
    requestId: by.call.id,
  };
  await appendAudit(tx, {
    ...shared,
    action: 'DataProductDeleted',
    targetType: 'DATA_PRODUCT',
    targets: [product],
    relatedResources: relatedDomains(row.domains),
    payload: { requestsCanceled: count(closed, 'CANCELED'), accessRevoked: count(closed, 'REVOKED') },
  });
  const actions: Record<string, string> = {
    CANCELED: 'AccessRequestCanceled',
    REVOKED: 'SubscriptionDeleted',
    EXPIRED: 'AccessExpired',
  };
  const entries = closed.map((request) => ({
    ...shared,
    action: actions[request.status] ?? 'SubscriptionDeleted',
    targetType: 'ACCESS_REQUEST',
    targets: [{ id: request.id, name: row.name, type: 'ACCESS_REQUEST' }],
    relatedResources: [product, { id: request.beneficiary, name: request.name, type: 'USER' }],
    payload: { cause: 'The data product was deleted.' },
  }));
  // One statement takes at most 65,535 parameters.
  for (let from = 0; from < entries.length; from += 1_000) await appendAudit(tx, entries.slice(from, from + 1_000));
}

const count = (closed: readonly Closed[], status: string): number => closed.filter((request) => request.status === status).length;

function tell(after: AfterCommit, id: string, closed: readonly Closed[]): void {
  after.changed('data-product', id);
  // Pages that show a list read it again as a whole; a hint per request is for those that show one.
  for (const request of closed.slice(0, 1_000)) after.changed('access-request', request.id);
}
