import type { DomainRef } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { enqueueTarget, ensureContainers } from '../../provisioning/enqueue-keys.ts';
import { requireGovernorForAutomatic } from './automatic-approval.ts';
import { checkAddedSources, sourceIdsOf } from './check-product.ts';
import { type By, insertSources, relatedDomains } from './create-products.ts';
import { lockDataProduct } from './load-products.ts';
import { requireProduct } from './product-of-call.ts';
import { productEvent } from './product-event.ts';
import { completeSearchSoon, markSearchStale } from './search-document.ts';

type Replacement = { id: string; dataSources: readonly { readonly sourceId: string }[] };

/** Replaces the set of sources. Sources that stay may have left the domains meanwhile; only new ones must lie in them. */
export async function replaceDataSources(deps: Deps, by: By, { id, dataSources }: Replacement): Promise<void> {
  await transact(deps, async (tx, after) => {
    await lockDataProduct(tx, id);
    const { row } = await requireProduct(tx, id, { actor: by.actor, action: 'data-product.manage' });
    const change = await compare(tx, id, sourceIdsOf(dataSources));
    if (isSame(change)) return;
    await writeSources(tx, by, { product: row, change });
    await enqueueTarget(tx, after, { targetId: id, cause: 'product' });
    await markSearchStale(tx, [id]);
    after.changed('data-product', id);
  });
  await completeSearchSoon(deps, [id], dataSources.length);
}

export type SourceChange = { readonly added: readonly number[]; readonly removed: readonly number[] };
export const isSame = ({ added, removed }: SourceChange): boolean => added.length === 0 && removed.length === 0;

type Product = { readonly id: string; readonly name: string; readonly domains: readonly DomainRef[] };

/** Writes a change of the set into a locked product, with its audit row; what is added must lie in its domains. */
export async function writeSources(
  tx: Tx,
  by: By,
  { product, change }: { product: Product; change: SourceChange },
): Promise<void> {
  const { id, name, domains } = product;
  const { added, removed } = change;
  const domainIds = domains.map((domain) => domain.id);
  await checkAddedSources(tx, added, domainIds);
  await sql`delete from data_product_source
    where data_product_id = ${id} and data_source_id = any(${[...removed]}::int[])`.execute(tx);
  await insertSources(tx, id, added);
  await requireGovernorForAutomatic(tx, by.actor, { productIds: [id], added });
  await sql`update data_product set updated_at = now() where id = ${id}`.execute(tx);
  await ensureContainers(tx, { targetId: id, kind: 'dp' });
  const entry = {
    action: 'DataSourcesUpdated',
    actor: userActor(by.actor),
    actorIp: by.call.ip,
    targetType: 'DATA_PRODUCT',
    targets: [{ id, name, type: 'DATA_PRODUCT' }],
    relatedResources: relatedDomains(domains),
    domainIds,
    requestId: by.call.id,
  };
  const event = productEvent(product, 'data_sources.updated', {
    added: added.slice(0, 100),
    addedCount: added.length,
    removed: removed.slice(0, 100),
    removedCount: removed.length,
  });
  await appendAudit(
    tx,
    inParts(change).map((part, at) => ({ ...entry, payload: part, emits: at === 0 ? [event] : [] })),
  );
}

/** So many sources are named by one row of the audit. All are: from what was taken out it is told what the product gave earlier. */
const sourcesAtOnce = 1_000;

function inParts({ added, removed }: SourceChange) {
  const parts = Math.ceil(Math.max(added.length, removed.length) / sourcesAtOnce);
  return Array.from({ length: parts }, (_, part) => ({
    added: added.slice(part * sourcesAtOnce, (part + 1) * sourcesAtOnce),
    addedCount: added.length,
    removed: removed.slice(part * sourcesAtOnce, (part + 1) * sourcesAtOnce),
    removedCount: removed.length,
  }));
}

export async function compare(reader: Tx, id: string, wanted: readonly number[]): Promise<SourceChange> {
  const { rows } = await sql<{ id: number }>`
    select data_source_id as id from data_product_source where data_product_id = ${id}`.execute(reader);
  const present = new Set(rows.map((row) => row.id));
  const kept = new Set(wanted);
  return {
    added: wanted.filter((sourceId) => !present.has(sourceId)),
    removed: [...present].filter((sourceId) => !kept.has(sourceId)),
  };
}
