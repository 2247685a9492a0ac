import type { Asset, AssetOverrides, ObjectAsset } from '@stoa/contract/asset';
import { abilitiesOnAsset } from '@stoa/core/permissions/abilities';
import { accessStateOf, outlookOf } from '@stoa/core/review/access-state';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { readCallerAccess } from '../data-product/caller-access.ts';
import { presentAbilities } from '../data-product/present-abilities.ts';
import { ownFlow, statusOf } from '../data-product/present-products.ts';
import { requireProduct } from '../data-product/product-of-call.ts';
import { readProductNumbers, statsOf } from '../data-product/read-product-numbers.ts';
import { unansweredFacts } from '../data-product/request-facts.ts';
import { presentTargetForm } from '../request-form/present-form.ts';
import { type AssetForms, defaultAssetForms, resolveAssetForms } from '../request-form/resolve-form-version.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type CallerAssetAccess, readAssetAccess } from './caller-asset-access.ts';
import { readFutureObjects } from './future-objects.ts';
import { type AssetRow, countSources, loadAssets, toAssetObject } from './load-assets.ts';
import type { Unregistered } from './resolve-name.ts';

/** An asset by id: an object that a crawl found, or a data product in the clothes of an asset. */
export async function findAsset(reader: Reader, actor: LoadedPerson, id: string): Promise<Asset> {
  const [object] = await presentAssets(reader, actor, [id]);
  if (!object) return presentProductAsset(reader, actor, id);
  const futureObjects = await readFutureObjects(reader, actor, { id, object_type: object.metadata.legacyType ?? '' });
  return {
    ...object,
    stats: { dataSourceCount: await countSources(reader, id) },
    ...(futureObjects === undefined ? {} : { futureObjects }),
  };
}

/** Objects as assets, in the order of the ids, as the caller stands to them. A page costs the same few queries however long. */
export async function presentAssets(
  reader: Reader,
  actor: LoadedPerson,
  ids: readonly string[],
): Promise<ObjectAsset[]> {
  const rows = await loadAssets(reader, ids);
  if (rows.size === 0) return [];
  const forms = await resolveAssetForms(reader, ids);
  const accessOf = await readAssetAccess(reader, actor.globalUserId, ids);
  return ids.flatMap((id) => {
    const row = rows.get(id);
    const inForce = forms.get(id);
    return row && inForce ? [present(actor, row, { forms: inForce, access: accessOf(id) })] : [];
  });
}

type Standing = { forms: AssetForms; access: CallerAssetAccess };

function present(actor: LoadedPerson, row: AssetRow, { forms, access }: Standing): ObjectAsset {
  const { own, through } = access;
  const status = own?.status ?? 'NONE';
  const state = accessStateOf({
    status: through.length > 0 ? 'APPROVED' : status,
    suspended: false,
    awaitsAcceptance: through.length === 0 && own?.awaits_acceptance === true,
    hasUsableSource: row.missing_since === null,
    outlook: outlookOf(forms.DATA_ACCESS.flows, unansweredFacts(actor)),
  });
  return {
    ...presentPlainAsset(row),
    status,
    ...(own ? { requestId: own.request_id, expiration: own.expiration?.toISOString() ?? null } : {}),
    connectionKey: row.connection_key,
    comment: row.comment,
    ancestors: row.ancestors,
    childCount: row.child_count,
    missingSince: row.missing_since?.toISOString() ?? null,
    accessState: state.state,
    accessReason: state.reason,
    accessThrough: through.map((cause) => ({
      type: cause.type,
      id: cause.target_id,
      name: cause.name,
      requestId: cause.request_id,
      expiration: cause.expiration?.toISOString() ?? null,
    })),
    overrides: overridesOf(row),
    abilities: presentAbilities(
      abilitiesOnAsset(actor, toAssetObject(row, forms), { isMissing: row.missing_since !== null }),
    ),
  };
}

/** The members of the published document alone, which is what `inheritedFrom` shows. */
export const presentPlainAsset = (row: AssetRow): ObjectAsset => ({
  id: row.id,
  name: row.name,
  type: 'DATA_OBJECT',
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  registered: true,
  metadata: {
    subjectMatterExperts: row.experts.length > 0 ? row.experts : row.experts_above,
    objectPath: row.object_path,
    technology: row.technology,
    ...(row.host === null ? {} : { host: row.host }),
    ...(row.port === null ? {} : { port: row.port }),
    legacyType: row.object_type,
    ...(row.source_id === null ? {} : { dataSourceId: row.source_id }),
    description: row.description ?? row.comment,
    externalLink: row.external_link,
  },
});

const overridesOf = (row: AssetRow): AssetOverrides => ({
  description: row.description,
  subjectMatterExperts: row.experts.length > 0 ? row.experts : null,
  dataAccessRequestFormId: row.data_access_form_id,
  maskingExceptionRequestFormId: row.masking_exception_form_id,
  dataAccessReviewFlow: row.data_access_review_flow,
  maskingExceptionReviewFlow: row.masking_exception_review_flow,
});

/** An object that no crawl has found, with the forms to ask for it by and the caller's own request. */
export async function presentUnregistered(
  reader: Reader,
  actor: LoadedPerson,
  asset: Unregistered,
): Promise<ObjectAsset> {
  const { id, ...metadata } = asset;
  const forms = await defaultAssetForms(reader);
  const { own } = (await readAssetAccess(reader, actor.globalUserId, [id]))(id);
  return {
    id,
    name: metadata.objectPath.at(-1) ?? id,
    type: 'DATA_OBJECT',
    status: own?.status ?? 'NONE',
    ...(own === undefined ? {} : { requestId: own.request_id }),
    registered: false,
    metadata,
    requestForms: [presentTargetForm(forms.DATA_ACCESS, 'DATA_ACCESS')],
    abilities: presentAbilities({
      edit: { allowed: false, reason: 'No crawl has found it yet.' },
      request: { allowed: true, reason: 'It may be asked for before a crawl has found it.' },
    }),
  };
}

async function presentProductAsset(reader: Reader, actor: LoadedPerson, id: string): Promise<Asset> {
  const product = await requireProduct(reader, id, { actor, action: 'data-product.read' });
  const { row, flows } = product;
  const own = (await readCallerAccess(reader, actor.globalUserId, [row.id])).get(row.id);
  const numbers = (await readProductNumbers(reader, [row.id])).get(row.id);
  if (!numbers) throw notFound('asset');
  return {
    id: row.id,
    name: row.name,
    type: 'DATA_PRODUCT',
    status: statusOf(actor, product, own),
    ...(own ? { requestId: own.request_id, expiration: own.expiration?.toISOString() ?? null } : {}),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    description: row.description,
    domains: row.domains.map((domain) => domain.id),
    subjectMatterExperts: [{ id: row.subject_matter_expert, username: row.expert_username, name: row.expert_name }],
    suspended: row.suspended,
    createdBy: row.created_by,
    stats: statsOf(numbers),
    dataAccessPolicy: ownFlow(flows.DATA_ACCESS),
    maskingExceptionPolicy: ownFlow(flows.MASKING_EXCEPTION),
  };
}
