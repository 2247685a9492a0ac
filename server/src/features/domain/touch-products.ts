import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { enqueueTarget } from '../../provisioning/enqueue-keys.ts';
import { enqueuePolicySources } from '../../provisioning/enqueue-policy-keys.ts';

/**
 * Has every product of the domain that holds a moved source looked at again: it may be out of domain now, or no longer. Policies of the
 * domain begin or cease to act on what moved.
 */
export async function touchProducts(
  { tx, after }: { tx: Tx; after: AfterCommit },
  moved: { domainId: string; dataSourceIds: readonly number[] },
): Promise<void> {
  await enqueuePolicySources(tx, after, {
    connections: sql`select connection_id from data_source where id = any(${[...moved.dataSourceIds]}::int[])`,
    scope: sql<boolean>`(p.domain_id = ${moved.domainId} or p.scope = 'restricted')`,
    cause: 'domain',
  });
  const { rows } = await sql<{ id: string }>`
    select distinct p.id from data_product p
    join data_product_domain d on d.data_product_id = p.id and d.domain_id = ${moved.domainId}
    join data_product_source s on s.data_product_id = p.id and s.data_source_id = any(${[...moved.dataSourceIds]}::int[])
    where p.deleted_at is null`.execute(tx);
  for (const { id } of rows) {
    await enqueueTarget(tx, after, { targetId: id, cause: 'domain' });
    after.changed('data-product', id);
  }
}
