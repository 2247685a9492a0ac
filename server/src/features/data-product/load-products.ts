import type { RequestType } from '@stoa/contract/enums';
import { tidyName } from '@stoa/contract/text';
import type { Actor, DataProductObject, DomainRef } from '@stoa/core/permissions/objects';
import { type FlowsOfTarget, stewardsOf } from '@stoa/core/review/resolve-flow';
import { sql } from 'kysely';
import { prepared, type Reader, type Tx, unseen } from '../../db/pool.ts';
import { toSwitches } from '../../settings-store.ts';
import { formsOrStandard, type LoadedForm, loadFormsOrStandard, standardFormId } from '../request-form/load-forms.ts';
import { loadReviewerNames, withNames } from '../review-flow/reviewer-names.ts';
import { readStoredFlow } from '../request-form/stored-flow.ts';

export type ProductRow = {
  id: string;
  name: string;
  slug: string;
  description: string | null;
  suspended: boolean;
  subject_matter_expert: string;
  expert_username: string;
  expert_name: string;
  data_access_form_id: string | null;
  masking_exception_form_id: string | null;
  data_access_review_flow: unknown;
  masking_exception_review_flow: unknown;
  created_by: string;
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
  domains: DomainRef[];
  owners: { globalUserId: string; username: string; name: string }[];
  caller_has_request: boolean;
};

type StoredSwitches = Parameters<typeof toSwitches>[0];

export type ProductFlows = Readonly<Record<RequestType, FlowsOfTarget>>;
export type ProductForms = Readonly<Record<RequestType, LoadedForm>>;
/** A product with what the rules ask about it, its row, and its forms and flows per request type. */
export type LoadedProduct = {
  readonly object: DataProductObject;
  readonly row: ProductRow;
  readonly flows: ProductFlows;
  readonly forms: ProductForms;
};

/**
 * Products by id, deleted ones too; ids of nothing are not in the answer.
 * @param known forms that were read a moment ago: they are not read again unless one is missing
 */
export async function loadDataProducts(
  reader: Reader,
  ids: readonly string[],
  actor: Actor,
  known: ReadonlyMap<string, LoadedForm> = new Map(),
): Promise<Map<string, LoadedProduct>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<ProductRow & { switches: StoredSwitches }>`${prepared('products')}
    select p.id, p.name, p.slug, p.description, p.suspended, p.subject_matter_expert, e.username as expert_username,
      e.name as expert_name, p.data_access_form_id, p.masking_exception_form_id, p.data_access_review_flow,
      p.masking_exception_review_flow, p.created_by, p.created_at, p.updated_at, p.deleted_at,
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name, d.id), '[]')
         from data_product_domain pd join domain d on d.id = pd.domain_id where pd.data_product_id = p.id) as domains,
      (select coalesce(json_agg(json_build_object('globalUserId', o.global_user_id, 'username', o.username, 'name', o.name) order by o.name, o.username), '[]')
         from data_product_owner po join app_user o on o.global_user_id = po.global_user_id where po.data_product_id = p.id) as owners,
      p.id in (select r.target_id from access_request r where r.beneficiary = ${actor.globalUserId}
        union all select r.target_id from access_request r where r.requesting_user = ${actor.globalUserId}) as caller_has_request,
      (select value from setting where name = 'application') as switches
    from data_product p join app_user e on e.global_user_id = p.subject_matter_expert
    where p.id = any(${unseen([...new Set(ids)], 'uuid')})`.execute(reader);
  const names = await loadReviewerNames(
    reader,
    rows.map((row) => [row.data_access_review_flow, row.masking_exception_review_flow]),
  );
  const formIds = rows.flatMap((row) => [row.data_access_form_id, row.masking_exception_form_id]);
  const areKnown = [standardFormId, ...formIds].every((id) => id === null || known.has(id));
  const formOf = areKnown ? formsOrStandard(known) : await loadFormsOrStandard(reader, formIds);
  const { showDataProductsToConsumers } = toSwitches(rows[0]?.switches);
  return new Map(
    rows.map((row) => {
      const named = {
        ...row,
        data_access_review_flow: withNames(row.data_access_review_flow, names),
        masking_exception_review_flow: withNames(row.masking_exception_review_flow, names),
      };
      return [row.id, toProduct(named, formOf, showDataProductsToConsumers)];
    }),
  );
}

/** One product as the permission rules want it, with its row, forms and flows. Undefined where there never was one. */
export async function loadDataProductObject(
  reader: Reader,
  id: string,
  actor: Actor,
): Promise<LoadedProduct | undefined> {
  return (await loadDataProducts(reader, [id], actor)).get(id);
}

/** The flows in force per request type: the form's, and the product's own where the form delegates. */
export function flowsOfProduct(row: ProductRow, forms: ProductForms): ProductFlows {
  const own = (stored: unknown) => (stored === null ? null : readStoredFlow(stored, 'target'));
  return {
    DATA_ACCESS: {
      formFlow: forms.DATA_ACCESS.policy,
      targetFlow: own(row.data_access_review_flow),
      targetType: 'DATA_PRODUCT',
    },
    MASKING_EXCEPTION: {
      formFlow: forms.MASKING_EXCEPTION.policy,
      targetFlow: own(row.masking_exception_review_flow),
      targetType: 'DATA_PRODUCT',
    },
  };
}

function toProduct(
  row: ProductRow,
  formOf: (id: string | null) => LoadedForm,
  shownToConsumers: boolean,
): LoadedProduct {
  const forms = {
    DATA_ACCESS: formOf(row.data_access_form_id),
    MASKING_EXCEPTION: formOf(row.masking_exception_form_id),
  };
  const flows = flowsOfProduct(row, forms);
  return {
    row,
    forms,
    flows,
    object: {
      kind: 'data-product',
      id: row.id,
      name: row.name,
      domains: row.domains,
      owners: row.owners.map((owner) => owner.globalUserId),
      suspended: row.suspended,
      deleted: row.deleted_at !== null,
      reviewers: [...stewardsOf(flows.DATA_ACCESS), ...stewardsOf(flows.MASKING_EXCEPTION)],
      shownToConsumers,
      callerHasRequest: row.caller_has_request,
    },
  };
}

/** Takes the row of a product for this transaction: changes to one product happen one after the other. */
export async function lockDataProduct(tx: Tx, id: string): Promise<void> {
  await sql`select from data_product where id = ${id} for update`.execute(tx);
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The id that an id or a slug means: a slug in use first, then one that a product once had. */
export async function findProductId(reader: Reader, idOrSlug: string): Promise<string | undefined> {
  if (uuidForm.test(idOrSlug)) return idOrSlug.toLowerCase();
  const { rows } = await sql<{ id: string }>`
    (select p.id, 0 as age, p.created_at as at from data_product p where p.slug = ${idOrSlug} and p.deleted_at is null)
    union all
    (select p.id, 1, f.changed_at from data_product_former_name f join data_product p on p.id = f.data_product_id
      where f.slug = ${idOrSlug} and p.deleted_at is null)
    order by age, at desc limit 1`.execute(reader);
  return rows[0]?.id;
}

/** The id that a name means: the product that has it, else the one that had it last. */
export async function findProductIdByName(reader: Reader, name: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    (select p.id, 0 as age, p.created_at as at from data_product p where lower(p.name) in (lower(${name}), lower(${tidyName(name)})) and p.deleted_at is null)
    union all
    (select p.id, 1, f.changed_at from data_product_former_name f join data_product p on p.id = f.data_product_id
      where lower(f.name) in (lower(${name}), lower(${tidyName(name)})) and p.deleted_at is null)
    order by age, at desc limit 1`.execute(reader);
  return rows[0]?.id;
}
