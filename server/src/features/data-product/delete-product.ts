import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { enqueueTarget } from '../../provisioning/enqueue-keys.ts';
import { endAccessOfTarget } from '../access-request/close-requests.ts';
import { type By, relatedDomains } from './create-products.ts';
import { lockDataProduct } from './load-products.ts';
import { productEvent } from './product-event.ts';
import { requireProduct } from './product-of-call.ts';

/** Deletes a product: what waits is canceled, what was given is taken away; rows and history stay, the name is free. */
export async function deleteDataProduct(deps: Deps, by: By, id: string): Promise<void> {
  await transact(deps, async (tx, after) => {
    await lockDataProduct(tx, id);
    const { row } = await requireProduct(tx, id, { actor: by.actor, action: 'data-product.manage' });
    const { canceled, revoked } = await endAccessOfTarget(tx, after, {
      targetId: id,
      actor: userActor(by.actor),
      endedBy: by.actor.globalUserId,
      reason: 'The data product was deleted.',
      how: 'all',
      call: by.call,
    });
    await sql`update data_product set deleted_at = now(), updated_at = now() where id = ${id}`.execute(tx);
    await sql`delete from data_product_search where data_product_id = ${id}`.execute(tx);
    await enqueueTarget(tx, after, { targetId: id, cause: 'deletion' });
    await appendAudit(tx, {
      action: 'DataProductDeleted',
      actor: userActor(by.actor),
      actorIp: by.call.ip,
      targetType: 'DATA_PRODUCT',
      targets: [{ id, name: row.name, type: 'DATA_PRODUCT' }],
      relatedResources: relatedDomains(row.domains),
      payload: { requestsCanceled: canceled.length, accessRevoked: revoked.length },
      domainIds: row.domains.map((domain) => domain.id),
      requestId: by.call.id,
      emits: [productEvent(row, 'state.deleted')],
    });
    after.changed('data-product', id);
  });
}
