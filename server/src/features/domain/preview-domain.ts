import type { DomainPreview, PreviewDomainBody } from '@stoa/contract/domain';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { systemActor } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import { rehearse } from '../../db/rehearse.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { requireDomainTag } from './domain-tag.ts';
import { lockDomain } from './lock-domain.ts';
import { recomputeDomains } from './recompute-domains.ts';

const shownSources = 50;

/** What would join and leave, found by making the change and taking it back: the preview is the change. */
export async function previewDomain(
  deps: Deps,
  { actor, body }: { actor: LoadedPerson; body: PreviewDomainBody },
): Promise<DomainPreview> {
  requireMay(actor, 'domain.manage', nothing);
  return rehearse(deps, async (tx, after) => {
    await requireDomainTag(tx, body.tagId);
    const id = body.id ?? newUuid();
    if (body.id === undefined) await tx.insertInto('domain').values({ id, name: id }).execute();
    requireMay(actor, 'domain.manage', await lockDomain(tx, id));
    await sql`update domain set mode = 'dynamic', tag_id = ${body.tagId} where id = ${id}`.execute(tx);
    const [move] = await recomputeDomains({ tx, after }, { domainId: id }, { actor: systemActor });
    const { added = [], removed = [] } = move ?? {};
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from domain_data_source where domain_id = ${id}`.execute(tx);
    return {
      joining: { count: added.length, dataSources: await describe(tx, added) },
      leaving: { count: removed.length, dataSources: await describe(tx, removed) },
      staying: (rows[0]?.count ?? 0) - added.length,
      products: await productsWith(tx, id, removed),
    };
  });
}

async function describe(tx: Tx, ids: readonly number[]): Promise<DomainPreview['joining']['dataSources']> {
  const { rows } = await sql<{ id: number; name: string; connectionKey: string }>`
    select s.id, s.name, c.connection_key as "connectionKey" from data_source s join connection c on c.id = s.connection_id
    where s.id = any(${[...ids]}::int[]) order by s.name, s.id limit ${shownSources}`.execute(tx);
  return rows;
}

async function productsWith(tx: Tx, domainId: string, leaving: readonly number[]): Promise<DomainPreview['products']> {
  const { rows } = await sql<DomainPreview['products'][number]>`
    select p.id, p.name, count(*)::int as leaving from data_product p
      join data_product_domain d on d.data_product_id = p.id and d.domain_id = ${domainId}
      join data_product_source s on s.data_product_id = p.id and s.data_source_id = any(${[...leaving]}::int[])
    where p.deleted_at is null group by p.id, p.name order by lower(p.name) limit 100`.execute(tx);
  return rows;
}
