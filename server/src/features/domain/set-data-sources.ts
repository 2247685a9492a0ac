import type { SetDomainDataSourcesBody } from '@stoa/contract/domain';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { domainEvents } from './domain-event.ts';
import { leftProducts } from './left-products.ts';
import { type DomainChange, domainEntry, lockDomain } from './lock-domain.ts';
import { touchProducts } from './touch-products.ts';

/**
 * Replaces the data sources of a domain. A source that leaves stays in its products, marked out of domain: their
 * roles get no new grants on it until that is mended, so every product of the domain that holds a moved source is looked at again.
 */
export async function setDomainDataSources(
  deps: Deps,
  { actor, id, body, call }: DomainChange<SetDomainDataSourcesBody>,
): Promise<void> {
  requireMay(actor, 'domain.manage', nothing);
  const wanted = [...new Set(body.dataSourceIds)];
  await transact(deps, async (tx, after) => {
    const domain = await lockDomain(tx, id);
    requireMay(actor, 'domain.manage', domain);
    if (domain.tagId !== null)
      throw new Refusal('domain.dynamic', {
        detail: `“${domain.name}” holds what carries its tag. It stayed as it was.`,
      });
    const { added, removed } = await compareSources(tx, id, wanted);
    if (added.length + removed.length === 0) return;
    await sql`delete from domain_data_source where domain_id = ${id} and data_source_id = any(${removed}::int[])`.execute(
      tx,
    );
    await sql`insert into domain_data_source (domain_id, data_source_id) select ${id}, unnest(${added}::int[])`.execute(
      tx,
    );
    await sql`update domain set updated_at = now() where id = ${id}`.execute(tx);
    await appendAudit(tx, {
      ...domainEntry({ actor, call }, domain),
      action: 'DomainDataSourcesUpdated',
      payload: { added, removed },
      emits: [...domainEvents(domain, { added, removed }), ...(await leftProducts(tx, [{ domainId: id, removed }]))],
    });
    after.changed('domain', id);
    await touchProducts({ tx, after }, { domainId: id, dataSourceIds: [...added, ...removed] });
  });
}

async function compareSources(
  tx: Tx,
  domainId: string,
  wanted: readonly number[],
): Promise<{ added: number[]; removed: number[] }> {
  const { rows: known } = await sql<{ id: number }>`
    select id from data_source where id = any(${wanted}::int[]) for key share`.execute(tx);
  if (known.length < wanted.length) {
    const found = new Set(known.map((row) => row.id));
    const unknown = wanted.filter((one) => !found.has(one));
    throw new Refusal('domain.source_unknown', {
      detail: `There is no data source ${unknown.slice(0, 10).join(', ')}. The domain stayed as it was.`,
      extra: { dataSourceIds: unknown.slice(0, 1_000) },
    });
  }
  const { rows } = await sql<{ id: number }>`
    select data_source_id as id from domain_data_source where domain_id = ${domainId}`.execute(tx);
  const before = new Set(rows.map((row) => row.id));
  const after = new Set(wanted);
  return { added: wanted.filter((one) => !before.has(one)), removed: [...before].filter((one) => !after.has(one)) };
}
