import type { PatchAssetBody, UpdateAssetBody } from '@stoa/contract/asset';
import type { UpdateDataProductBody } from '@stoa/contract/data-product';
import type { TargetFlow } from '@stoa/contract/review-flow';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { isDeepStrictEqual } from 'node:util';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { checkFlow } from '../data-product/check-product.ts';
import type { By } from '../data-product/create-products.ts';
import { stewardsAssigned } from '../review-flow/stewards-assigned.ts';
import { updateDataProduct } from '../data-product/update-product.ts';
import type { Emission } from '../../work/emission.ts';
import { checkExperts, checkForm, checkMetadata } from './check-asset.ts';
import { type AssetRow, loadAsset, lockAsset } from './load-assets.ts';

type ObjectEdit = Extract<PatchAssetBody, { type: 'DATA_OBJECT' }>;
type ProductEdit = Extract<PatchAssetBody, { type: 'DATA_PRODUCT' }>;
/** `replace`: members that are absent inherit, as null does. `patch`: they stay as they are. */
type Edit =
  | { readonly mode: 'replace'; readonly body: UpdateAssetBody }
  | { readonly mode: 'patch'; readonly body: PatchAssetBody };

/** Sets what governors say about an asset; a data product named as an asset is changed as such. */
export async function updateAsset(deps: Deps, by: By, { id, mode, body }: { id: string } & Edit): Promise<void> {
  requireMay(by.actor, 'asset.edit', nothing);
  const object = await loadAsset(deps.db, id);
  if (body.type === 'DATA_PRODUCT') {
    if (object) throw new Refusal('asset.metadata_mismatch', { detail: 'This asset is a data object.' });
    return updateDataProduct(deps, by, { id, body: toProductBody(body) });
  }
  if (!object) throw await refusalOf(deps, id);
  await transact(deps, async (tx, after) => {
    const row = await lockAsset(tx, id);
    if (!row) throw notFound('asset');
    if (row.connection_state === 'deleting') throw new Refusal('connection.deleting');
    checkMetadata(row, body.metadata ?? {});
    const wanted = await withOwnFlows(tx, row, wantedBy(row, body, mode));
    const fields = changedFields(row, wanted);
    if (fields.length === 0) return;
    await check(tx, row, { wanted, fields });
    await write(tx, row, { wanted, by });
    await appendAudit(tx, {
      action: 'AssetUpdated',
      actor: userActor(by.actor),
      actorIp: by.call.ip,
      targetType: 'DATA_OBJECT',
      targets: [{ id, name: row.object_path.join('.'), type: 'DATA_OBJECT' }],
      payload: { fields },
      domainIds: row.domains.map((domain) => domain.id),
      requestId: by.call.id,
      emits: eventsOf(row, { wanted, fields }),
    });
    after.changed('data-object', id);
  });
}

function eventsOf(row: AssetRow, { wanted, fields }: Change): Emission[] {
  const about = { targetId: row.id, domainId: row.domains[0]?.id };
  const name = row.object_path.join('.');
  return [
    { ...about, type: 'marketplace.asset.state.updated', data: { name, fields } },
    ...stewardsAssigned({
      about,
      before: [row.data_access_review_flow, row.masking_exception_review_flow],
      after: [wanted.dataAccessReviewFlow, wanted.maskingExceptionReviewFlow],
      data: { name },
    }),
  ];
}

async function refusalOf(deps: Deps, id: string): Promise<Refusal> {
  const { rows } = await sql`select from data_product where id = ${id} and deleted_at is null`.execute(deps.db);
  return rows.length === 0
    ? notFound('asset')
    : new Refusal('asset.metadata_mismatch', { detail: 'This asset is a data product.' });
}

/** What a product says is its own: there is nothing above it to inherit from, so absent members stay. */
function toProductBody(body: ProductEdit): UpdateDataProductBody {
  const { type: _type, subjectMatterExperts, ...members } = body;
  if (subjectMatterExperts === undefined) return members;
  const [expert] = subjectMatterExperts;
  if (!expert || subjectMatterExperts.length > 1) throw new Refusal('asset.one_expert');
  return { ...members, metadata: { subjectMatterExpert: { id: expert.id } } };
}

/** What is to be stored; null inherits. */
type Wanted = {
  description: string | null;
  externalLink: string | null;
  subjectMatterExperts: readonly string[];
  dataAccessRequestFormId: string | null;
  maskingExceptionRequestFormId: string | null;
  dataAccessReviewFlow: TargetFlow | null;
  maskingExceptionReviewFlow: TargetFlow | null;
};
type Field = keyof Wanted;

const storedOf = (row: AssetRow): Wanted => ({
  description: row.description,
  externalLink: row.external_link,
  subjectMatterExperts: row.experts.map((expert) => expert.id),
  dataAccessRequestFormId: row.data_access_form_id,
  maskingExceptionRequestFormId: row.masking_exception_form_id,
  dataAccessReviewFlow: row.data_access_review_flow,
  maskingExceptionReviewFlow: row.masking_exception_review_flow,
});

const given = <T>(value: T | undefined, otherwise: T): T => (value === undefined ? otherwise : value);
const lowered = (id: string | null): string | null => id?.toLowerCase() ?? null;

function wantedBy(row: AssetRow, body: ObjectEdit, mode: Edit['mode']): Wanted {
  const kept = mode === 'patch' ? storedOf(row) : nothingSet;
  const { metadata = {} } = body;
  return {
    description: given(metadata.description, kept.description),
    externalLink: given(metadata.externalLink, kept.externalLink),
    subjectMatterExperts: [
      ...new Set(metadata.subjectMatterExperts?.map((expert) => expert.id.toLowerCase()) ?? kept.subjectMatterExperts),
    ],
    dataAccessRequestFormId: lowered(given(body.dataAccessRequestFormId, kept.dataAccessRequestFormId)),
    maskingExceptionRequestFormId: lowered(
      given(body.maskingExceptionRequestFormId, kept.maskingExceptionRequestFormId),
    ),
    dataAccessReviewFlow: given(body.dataAccessReviewFlow, kept.dataAccessReviewFlow),
    maskingExceptionReviewFlow: given(body.maskingExceptionReviewFlow, kept.maskingExceptionReviewFlow),
  };
}

const nothingSet: Wanted = {
  description: null,
  externalLink: null,
  subjectMatterExperts: [],
  dataAccessRequestFormId: null,
  maskingExceptionRequestFormId: null,
  dataAccessReviewFlow: null,
  maskingExceptionReviewFlow: null,
};

/** With flows that can be kept: their reviewers exist, and stand under their own names. */
async function withOwnFlows(tx: Tx, row: AssetRow, wanted: Wanted): Promise<Wanted> {
  const stored = storedOf(row);
  const checked = async (field: 'dataAccessReviewFlow' | 'maskingExceptionReviewFlow') => {
    const flow = wanted[field];
    // What stands there already is no edit.
    if (flow === null || flow === stored[field]) return flow;
    return checkFlow(tx, flow, { path: field, kept: stored[field] });
  };
  return {
    ...wanted,
    dataAccessReviewFlow: await checked('dataAccessReviewFlow'),
    maskingExceptionReviewFlow: await checked('maskingExceptionReviewFlow'),
  };
}

/** Through JSON, which is how the row came back: members that are undefined are not there. */
const isSame = (a: unknown, b: unknown): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));

function changedFields(row: AssetRow, wanted: Wanted): Field[] {
  const stored = { ...storedOf(row), subjectMatterExperts: storedOf(row).subjectMatterExperts.toSorted() };
  const next = { ...wanted, subjectMatterExperts: wanted.subjectMatterExperts.toSorted() };
  return (Object.keys(nothingSet) as Field[]).filter((field) => !isSame(stored[field], next[field]));
}

type Change = { readonly wanted: Wanted; readonly fields: readonly Field[] };

async function check(tx: Tx, row: AssetRow, { wanted, fields }: Change): Promise<void> {
  if (fields.includes('subjectMatterExperts')) await checkExperts(tx, row, wanted.subjectMatterExperts);
  for (const field of ['dataAccessRequestFormId', 'maskingExceptionRequestFormId'] as const) {
    const formId = wanted[field];
    if (fields.includes(field) && formId !== null) await checkForm(tx, formId);
  }
}

async function write(tx: Tx, row: AssetRow, { wanted, by }: { wanted: Wanted; by: By }): Promise<void> {
  const json = (flow: TargetFlow | null) => (flow === null ? null : JSON.stringify(flow));
  await sql`insert into asset (data_object_id, description, external_link, data_access_form_id, masking_exception_form_id,
      data_access_review_flow, masking_exception_review_flow, updated_by)
    values (${row.id}, ${wanted.description}, ${wanted.externalLink}, ${wanted.dataAccessRequestFormId},
      ${wanted.maskingExceptionRequestFormId}, ${json(wanted.dataAccessReviewFlow)}::jsonb,
      ${json(wanted.maskingExceptionReviewFlow)}::jsonb, ${by.actor.globalUserId})
    on conflict (data_object_id) do update set description = excluded.description, external_link = excluded.external_link,
      data_access_form_id = excluded.data_access_form_id, masking_exception_form_id = excluded.masking_exception_form_id,
      data_access_review_flow = excluded.data_access_review_flow,
      masking_exception_review_flow = excluded.masking_exception_review_flow, updated_by = excluded.updated_by,
      updated_at = now()`.execute(tx);
  await sql`delete from asset_subject_matter_expert where data_object_id = ${row.id}`.execute(tx);
  await sql`insert into asset_subject_matter_expert (data_object_id, global_user_id)
    select ${row.id}::uuid, u from unnest(${[...wanted.subjectMatterExperts]}::uuid[]) as u`.execute(tx);
}
