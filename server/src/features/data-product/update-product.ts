import type { UpdateDataProductBody } from '@stoa/contract/data-product';
import { tidyName } from '@stoa/contract/text';
import type { TargetFlow } from '@stoa/contract/review-flow';
import { foldName } from '@stoa/core/folded-name';
import type { DomainRef, ProductField } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { isDeepStrictEqual } from 'node:util';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { enqueueTarget } from '../../provisioning/enqueue-keys.ts';
import { requireGovernorForAutomatic } from './automatic-approval.ts';
import { checkFlow, checkForm, checkPeople, loadDomains, sourceIdsOf } from './check-product.ts';
import { readStoredFlow } from '../request-form/stored-flow.ts';
import { stewardsAssigned } from '../review-flow/stewards-assigned.ts';
import { type By, relatedDomains } from './create-products.ts';
import { loadDataProductObject, lockDataProduct, type ProductRow } from './load-products.ts';
import { productEvent } from './product-event.ts';
import { compare, isSame, writeSources } from './replace-sources.ts';
import { refreshSearchDocuments } from './search-document.ts';
import { takeSlug } from './slug.ts';

/** What an edit would leave behind; members that are absent stay, and one that says what is there already is no change. */
type Wanted = {
  name: string;
  description: string | null;
  suspended: boolean;
  subjectMatterExpert: string;
  dataAccessFormId: string | null;
  maskingExceptionFormId: string | null;
  dataAccessFlow: unknown;
  maskingExceptionFlow: unknown;
  domains: readonly DomainRef[];
  owners: readonly string[];
};

/**
 * Changes a product, its members and its sources together. Stewards may change a part of it, owners and governors more;
 * the refusal names the members.
 */
export async function updateDataProduct(
  deps: Deps,
  by: By,
  { id, body }: { id: string; body: UpdateDataProductBody },
): Promise<void> {
  await transact(deps, async (tx, after) => {
    await lockDataProduct(tx, id);
    const product = await loadDataProductObject(tx, id, by.actor);
    if (!product) throw notFound('data product');
    requireMay(by.actor, 'data-product.read', product.object);
    const { row } = product;
    const wanted = await readWanted(tx, row, body);
    const fields = changedFields(row, wanted);
    requireMay(by.actor, 'data-product.alter', {
      kind: 'product-edit',
      product: product.object,
      fields,
      ...(fields.includes('domains') ? { domainsAfter: wanted.domains } : {}),
    });
    const sources = body.dataSources && (await compare(tx, id, sourceIdsOf(body.dataSources)));
    const hasSources = sources !== undefined && !isSame(sources);
    if (hasSources) requireMay(by.actor, 'data-product.manage', product.object);
    if (fields.length === 0 && !hasSources) return;
    await checkPeople(tx, [
      ...(fields.includes('metadata') ? [wanted.subjectMatterExpert] : []),
      ...(fields.includes('owners') ? wanted.owners : []),
    ]);
    if (fields.length > 0) {
      await write(tx, row, { wanted, fields });
      await appendAudit(tx, auditOf(by, row, { wanted, fields }));
    }
    // After the domains: what is added must lie in those that the product has from now on.
    if (hasSources) await writeSources(tx, by, { product: { id, ...wanted }, change: sources });
    const isAskedAnew = fields.some((field) => /Form|Flow/.test(field));
    if (isAskedAnew) await requireGovernorForAutomatic(tx, by.actor, { productIds: [id] });
    // The name stands in the comment of the container; the domains say which sources may still be granted.
    const isNative = hasSources || fields.includes('name') || fields.includes('domains');
    if (fields.includes('suspended')) await enqueueTarget(tx, after, { targetId: id, cause: 'suspension' });
    else if (isNative) await enqueueTarget(tx, after, { targetId: id, cause: 'product' });
    const isSearched = hasSources || fields.includes('name') || fields.includes('description');
    if (isSearched) await refreshSearchDocuments(tx, [id]);
    after.changed('data-product', id);
  });
}

async function readWanted(tx: Tx, row: ProductRow, body: UpdateDataProductBody): Promise<Wanted> {
  const dataAccessForm = body.dataAccessRequestFormId ?? body.requestFormId;
  const maskingForm = body.maskingExceptionRequestFormId ?? body.requestFormId;
  const dataAccessFlow = body.dataAccessReviewFlow ?? body.dataAccessPolicy;
  const maskingFlow = body.maskingExceptionReviewFlow ?? body.maskingExceptionPolicy;
  const wantedFlow = async (flow: TargetFlow | undefined, path: string, kept: unknown) =>
    flow === undefined ? kept : checkFlow(tx, flow, { path, kept });
  return {
    // The name as it stands, tidied on its way here, is no other name.
    name: body.name === undefined || body.name === tidyName(row.name) ? row.name : body.name,
    description: body.description === undefined ? row.description : body.description,
    suspended: body.suspended ?? row.suspended,
    subjectMatterExpert: body.metadata?.subjectMatterExpert.id.toLowerCase() ?? row.subject_matter_expert,
    dataAccessFormId: dataAccessForm === undefined ? row.data_access_form_id : await checkForm(tx, dataAccessForm),
    maskingExceptionFormId:
      maskingForm === undefined ? row.masking_exception_form_id : await checkForm(tx, maskingForm),
    dataAccessFlow: await wantedFlow(dataAccessFlow, 'dataAccessReviewFlow', row.data_access_review_flow),
    maskingExceptionFlow: await wantedFlow(
      maskingFlow,
      'maskingExceptionReviewFlow',
      row.masking_exception_review_flow,
    ),
    domains: body.domains === undefined ? row.domains : await loadDomains(tx, body.domains),
    owners: body.owners?.map((owner) => owner.toLowerCase()) ?? row.owners.map((owner) => owner.globalUserId),
  };
}

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  isDeepStrictEqual([...new Set(a)].sort(), [...new Set(b)].sort());
/** Through JSON, which is how the row came back: members that are undefined are not there. */
const isSameFlow = (a: unknown, b: unknown): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a ?? null)), JSON.parse(JSON.stringify(b ?? null)));

function changedFields(row: ProductRow, wanted: Wanted): ProductField[] {
  const same: Record<ProductField, boolean> = {
    name: wanted.name === row.name,
    description: wanted.description === row.description,
    metadata: wanted.subjectMatterExpert === row.subject_matter_expert,
    domains: isSameSet(
      wanted.domains.map((d) => d.id),
      row.domains.map((d) => d.id),
    ),
    owners: isSameSet(
      wanted.owners,
      row.owners.map((owner) => owner.globalUserId),
    ),
    suspended: wanted.suspended === row.suspended,
    dataAccessRequestFormId: wanted.dataAccessFormId === row.data_access_form_id,
    maskingExceptionRequestFormId: wanted.maskingExceptionFormId === row.masking_exception_form_id,
    dataAccessReviewFlow: isSameFlow(wanted.dataAccessFlow, row.data_access_review_flow),
    maskingExceptionReviewFlow: isSameFlow(wanted.maskingExceptionFlow, row.masking_exception_review_flow),
  };
  return (Object.keys(same) as ProductField[]).filter((field) => !same[field]);
}

type Change = { readonly wanted: Wanted; readonly fields: readonly ProductField[] };

async function write(tx: Tx, row: ProductRow, { wanted, fields }: Change): Promise<void> {
  const slug = fields.includes('name') ? await rename(tx, row, wanted.name) : row.slug;
  const json = (flow: unknown) => (flow === null ? null : JSON.stringify(flow));
  await sql`update data_product set name = ${wanted.name},
      name_key = case name when ${wanted.name} then name_key else ${foldName(wanted.name)} end, slug = ${slug}, description = ${wanted.description},
      suspended = ${wanted.suspended}, subject_matter_expert = ${wanted.subjectMatterExpert},
      data_access_form_id = ${wanted.dataAccessFormId}, masking_exception_form_id = ${wanted.maskingExceptionFormId},
      data_access_review_flow = ${json(wanted.dataAccessFlow)}::jsonb,
      masking_exception_review_flow = ${json(wanted.maskingExceptionFlow)}::jsonb, updated_at = now()
    where id = ${row.id}`.execute(tx);
  if (fields.includes('domains')) {
    await sql`delete from data_product_domain where data_product_id = ${row.id}`.execute(tx);
    await sql`insert into data_product_domain (data_product_id, domain_id)
      select ${row.id}::uuid, d from unnest(${wanted.domains.map((d) => d.id)}::uuid[]) as d`.execute(tx);
  }
  if (fields.includes('owners')) {
    await sql`delete from data_product_owner where data_product_id = ${row.id}`.execute(tx);
    await sql`insert into data_product_owner (data_product_id, global_user_id)
      select ${row.id}::uuid, u from unnest(${[...new Set(wanted.owners)]}::uuid[]) as u`.execute(tx);
  }
}

/** Keeps the former name, so that links with it go on working, and takes a slug for the new one. */
async function rename(tx: Tx, row: ProductRow, name: string): Promise<string> {
  const slug = await takeSlug(tx, name, row.id);
  await sql`insert into data_product_former_name (data_product_id, name, slug) values (${row.id}, ${row.name}, ${row.slug})`.execute(
    tx,
  );
  return slug;
}

const auditOf = (by: By, row: ProductRow, { wanted, fields }: Change) => {
  const isSwitchAlone = fields.length === 1 && fields[0] === 'suspended';
  const switched = wanted.suspended ? 'DataProductSuspended' : 'DataProductResumed';
  return {
    action: isSwitchAlone ? switched : 'DataProductUpdated',
    actor: userActor(by.actor),
    actorIp: by.call.ip,
    targetType: 'DATA_PRODUCT',
    targets: [{ id: row.id, name: wanted.name, type: 'DATA_PRODUCT' }],
    relatedResources: relatedDomains(wanted.domains),
    payload: { fields, ...(wanted.name === row.name ? {} : { formerName: row.name }), suspended: wanted.suspended },
    domainIds: [...new Set([...row.domains, ...wanted.domains].map((domain) => domain.id))],
    requestId: by.call.id,
    emits: [
      productEvent({ id: row.id, ...wanted }, 'state.updated', { fields, suspended: wanted.suspended }),
      ...stewardsAssigned({
        about: { targetId: row.id, domainId: wanted.domains[0]?.id },
        before: [row.data_access_review_flow, row.masking_exception_review_flow].map(flowIn),
        after: [wanted.dataAccessFlow, wanted.maskingExceptionFlow].map(flowIn),
        data: { name: wanted.name },
      }),
    ],
  };
};

const flowIn = (stored: unknown) => (stored === null ? null : readStoredFlow(stored, 'target'));
