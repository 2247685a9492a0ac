import type { Actor } from '@stoa/core/permissions/objects';
import { hasPermission } from '@stoa/core/person';
import { mayApproveByItself } from '@stoa/core/review/resolve-flow';
import { listed } from '@stoa/core/listed';
import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { formsOrStandard, loadForms, standardFormId } from '../request-form/load-forms.ts';
import { readStoredFlow } from '../request-form/stored-flow.ts';
import { type HighSource, highSourcesOf } from '../tag/high-sources.ts';

/** Products of which forms, flows or sources were written. `added`: it was sources alone, and these. */
type Written = { readonly productIds: readonly string[]; readonly added?: readonly number[] };

/**
 * Who looks after a product may let it approve by itself, but not give highly sensitive data so: that takes a governor
 * (reliability.md, T7). Asked after the write and before its commit.
 */
export async function requireGovernorForAutomatic(tx: Tx, actor: Actor, { productIds, added }: Written): Promise<void> {
  if (productIds.length === 0 || added?.length === 0 || hasPermission(actor, 'GOVERNANCE')) return;
  const automatic = await automaticOf(tx, productIds);
  if (automatic.length === 0) return;
  const found = await highSourcesOf(tx, {
    productIds: automatic,
    ...(added === undefined ? {} : { sourceIds: added }),
  });
  if (found.length > 0) throw refusalOf(found);
}

/** Those of the products that may approve a request by themselves. */
async function automaticOf(tx: Tx, productIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<Row>`
    select id, data_access_form_id, masking_exception_form_id, data_access_review_flow, masking_exception_review_flow
    from data_product where id = any(${[...productIds]}::uuid[]) and deleted_at is null`.execute(tx);
  const formIds = rows.flatMap((row) => [row.data_access_form_id, row.masking_exception_form_id]);
  const formOf = formsOrStandard(await loadForms(tx, [standardFormId, ...formIds.filter((id) => id !== null)]));
  const isAutomatic = (formId: string | null, own: unknown): boolean =>
    mayApproveByItself({
      formFlow: formOf(formId).policy,
      targetFlow: own === null ? null : readStoredFlow(own, 'target'),
      targetType: 'DATA_PRODUCT',
    });
  return rows
    .filter(
      (row) =>
        isAutomatic(row.data_access_form_id, row.data_access_review_flow) ||
        isAutomatic(row.masking_exception_form_id, row.masking_exception_review_flow),
    )
    .map((row) => row.id);
}

type Row = {
  id: string;
  data_access_form_id: string | null;
  masking_exception_form_id: string | null;
  data_access_review_flow: unknown;
  masking_exception_review_flow: unknown;
};

function refusalOf(found: readonly HighSource[]): Refusal {
  const named = found.map(({ product, source, tag }) => `${source} (${tag}) in ${product}`);
  return new Refusal('data_product.automatic_needs_governor', {
    detail: `With this change requests could be approved without a decision, for data that is tagged as highly sensitive: ${listed(named)}. Nothing was changed.`,
  });
}
