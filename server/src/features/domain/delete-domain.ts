import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type DomainChange, domainEntry, lockDomain } from './lock-domain.ts';

/** Deletes a domain that no product stands in and no policy acts in. Its permissions go with it; its data sources stay. */
export async function deleteDomain(deps: Deps, { actor, id, call }: Omit<DomainChange, 'body'>): Promise<void> {
  requireMay(actor, 'domain.manage', nothing);
  await transact(deps, async (tx, after) => {
    const domain = await lockDomain(tx, id);
    requireMay(actor, 'domain.manage', domain);
    const { rows: products } = await sql<{ id: string; name: string }>`
      select p.id, p.name from data_product_domain l join data_product p on p.id = l.data_product_id
      where l.domain_id = ${id} and p.deleted_at is null order by lower(p.name)`.execute(tx);
    if (products.length > 0) {
      const names = products.slice(0, 10).map((product) => `"${product.name}"`);
      throw new Refusal('domain.in_use', {
        detail: `"${domain.name}" holds ${names.join(', ')}${products.length > 10 ? ' and others' : ''}. The domain was not deleted.`,
        extra: { dataProducts: products },
      });
    }
    const { rows: policies } = await sql<{ id: string; name: string }>`
      select id, name from policy where domain_id = ${id} and deleted_at is null order by name_key`.execute(tx);
    if (policies.length > 0) {
      const names = policies.slice(0, 10).map((policy) => `"${policy.name}"`);
      throw new Refusal('domain.in_use', {
        detail: `"${domain.name}" is the domain of ${names.join(', ')}${policies.length > 10 ? ' and others' : ''}. The domain was not deleted.`,
        extra: { policies },
      });
    }
    // Deleted products keep their history elsewhere; only the link to the domain goes.
    await sql`delete from data_product_domain where domain_id = ${id}`.execute(tx);
    await sql`delete from domain where id = ${id}`.execute(tx);
    await appendAudit(tx, { ...domainEntry({ actor, call }, domain), action: 'DomainDeleted' });
    after.changed('domain', id);
  });
}
