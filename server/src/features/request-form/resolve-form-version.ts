import type { RequestType } from '@stoa/contract/enums';
import type { FlowsOfTarget } from '@stoa/core/review/resolve-flow';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { type LoadedForm, loadFormsOrStandard } from './load-forms.ts';
import { readStoredFlow } from './stored-flow.ts';

export type FormTarget = { readonly type: 'DATA_PRODUCT' | 'DATA_OBJECT'; readonly id: string };
export type ResolvedForm = LoadedForm & {
  /** What `eventFor` asks: the form's flow beside the target's own. */
  readonly flows: FlowsOfTarget;
};

type TargetRow = { form_id: string | null; flow: unknown };

/** The form to fill in for a target now: its own, or the Standard Request Form. Undefined for an unknown target. */
export async function resolveFormVersion(
  reader: Reader,
  target: FormTarget,
  requestType: RequestType,
): Promise<ResolvedForm | undefined> {
  const own =
    target.type === 'DATA_PRODUCT'
      ? await ofProduct(reader, target.id, requestType)
      : await ofObject(reader, target.id);
  if (!own) return undefined;
  const form = (await loadFormsOrStandard(reader, [own.form_id]))(own.form_id);
  const targetFlow = own.flow === null ? null : readStoredFlow(own.flow, 'target');
  return { ...form, flows: { formFlow: form.policy, targetFlow, targetType: target.type } };
}

async function ofProduct(reader: Reader, id: string, requestType: RequestType): Promise<TargetRow | undefined> {
  const { rows } = await sql<TargetRow>`
    select case when ${requestType} = 'DATA_ACCESS' then data_access_form_id else masking_exception_form_id end as form_id,
      case when ${requestType} = 'DATA_ACCESS' then data_access_review_flow else masking_exception_review_flow end as flow
    from data_product where id = ${id} and deleted_at is null`.execute(reader);
  return rows[0];
}

/** Assets carry no form and no flow of their own yet: the standard one stands for all of them. */
async function ofObject(reader: Reader, id: string): Promise<TargetRow | undefined> {
  const { rows } = await sql<TargetRow>`select null as form_id, null as flow from data_object where id = ${id}`.execute(
    reader,
  );
  return rows[0];
}
