import type { RequestType } from '@stoa/contract/enums';
import type { FlowsOfTarget } from '@stoa/core/review/resolve-flow';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { loadReviewerNames, withNames } from '../review-flow/reviewer-names.ts';
import { type LoadedForm, loadFormsOrStandard } from './load-forms.ts';
import { readStoredFlow } from './stored-flow.ts';

export type FormTarget = { readonly type: 'DATA_PRODUCT' | 'DATA_OBJECT'; readonly id: string };
export type ResolvedForm = LoadedForm & {
  /** What `eventFor` asks: the form's flow beside the target's own. */
  readonly flows: FlowsOfTarget;
  /** The assets that form and flow are taken from: itself or one above it; null for the defaults, and on products. */
  readonly formFrom: string | null;
  readonly flowFrom: string | null;
};

type TargetRow = {
  form_id: string | null;
  flow: unknown;
  form_from: string | null;
  flow_from: string | null;
};

/** The form to fill in for a target now: its own, inherited, or the Standard Request Form. Undefined for an unknown target. */
export async function resolveFormVersion(
  reader: Reader,
  target: FormTarget,
  requestType: RequestType,
): Promise<ResolvedForm | undefined> {
  if (target.type === 'DATA_OBJECT')
    return (await resolveAssetForms(reader, [target.id])).get(target.id)?.[requestType];
  const own = await ofProduct(reader, target.id, requestType);
  if (!own) return undefined;
  const formOf = await loadFormsOrStandard(reader, [own.form_id]);
  return toResolved(own, formOf(own.form_id), target.type);
}

function toResolved(row: TargetRow, form: LoadedForm, targetType: FormTarget['type']): ResolvedForm {
  const targetFlow = row.flow === null ? null : readStoredFlow(row.flow, 'target');
  return {
    ...form,
    flows: { formFlow: form.policy, targetFlow, targetType },
    formFrom: row.form_from,
    flowFrom: row.flow_from,
  };
}

async function ofProduct(reader: Reader, id: string, requestType: RequestType): Promise<TargetRow | undefined> {
  const { rows } = await sql<TargetRow>`
    select case when ${requestType} = 'DATA_ACCESS' then data_access_form_id else masking_exception_form_id end as form_id,
      case when ${requestType} = 'DATA_ACCESS' then data_access_review_flow else masking_exception_review_flow end as flow,
      null as form_from, null as flow_from
    from data_product where id = ${id} and deleted_at is null`.execute(reader);
  const [row] = rows;
  return row && { ...row, flow: withNames(row.flow, await loadReviewerNames(reader, row.flow)) };
}

export type AssetForms = Readonly<Record<RequestType, ResolvedForm>>;
type InForce = { id: string; data_access: TargetRow; masking_exception: TargetRow };

/** The same for many assets in one query and one look at the forms; ids of nothing are not in the answer. */
export async function resolveAssetForms(reader: Reader, ids: readonly string[]): Promise<Map<string, AssetForms>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<InForce>`
    select w.id,
      json_build_object('form_id', f.data_access_form_id, 'form_from', f.data_access_form_from,
        'flow', f.data_access_review_flow, 'flow_from', f.data_access_flow_from) as data_access,
      json_build_object('form_id', f.masking_exception_form_id, 'form_from', f.masking_exception_form_from,
        'flow', f.masking_exception_review_flow, 'flow_from', f.masking_exception_flow_from) as masking_exception
    from unnest(${[...new Set(ids)]}::uuid[]) as w (id) cross join lateral asset_in_force(w.id) f`.execute(reader);
  const formOf = await loadFormsOrStandard(
    reader,
    rows.flatMap((row) => [row.data_access.form_id, row.masking_exception.form_id]),
  );
  const names = await loadReviewerNames(
    reader,
    rows.map((row) => [row.data_access.flow, row.masking_exception.flow]),
  );
  const resolved = (row: TargetRow) =>
    toResolved({ ...row, flow: withNames(row.flow, names) }, formOf(row.form_id), 'DATA_OBJECT');
  return new Map(
    rows.map((row) => [
      row.id,
      { DATA_ACCESS: resolved(row.data_access), MASKING_EXCEPTION: resolved(row.masking_exception) },
    ]),
  );
}

/** The forms of an object that no crawl has found: there is nothing above it to inherit from. */
export async function defaultAssetForms(reader: Reader): Promise<AssetForms> {
  const nothingSet: TargetRow = { form_id: null, flow: null, form_from: null, flow_from: null };
  const standard = toResolved(nothingSet, (await loadFormsOrStandard(reader, [null]))(null), 'DATA_OBJECT');
  return { DATA_ACCESS: standard, MASKING_EXCEPTION: standard };
}
