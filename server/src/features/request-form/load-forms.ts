import { formField, type FormField } from '@stoa/contract/request-form';
import { uuid } from '@stoa/contract/text';
import type { Flow } from '@stoa/core/review/flow';
import { standardRequestForm } from '@stoa/core/review/standard';
import { sql } from 'kysely';
import { z } from 'zod';
import { prepared, type Reader } from '../../db/pool.ts';
import { type LoadedAgreement, loadAgreements } from '../data-use-agreement/load-agreements.ts';
import { loadReviewerNames, withNames } from '../review-flow/reviewer-names.ts';
import { readStoredFlow } from './stored-flow.ts';

export const standardFormId: string = standardRequestForm.id;

/** A version of a form; the current one unless it was asked for by its own id. */
export type LoadedForm = {
  readonly formId: string;
  readonly version: string;
  /** Of the versions of the form, from 1. */
  readonly number: number;
  readonly name: string;
  readonly isStandard: boolean;
  readonly fields: readonly FormField[];
  /** The form's own flow; it may delegate to the target's. */
  readonly policy: Flow;
  /** What it asks to accept: always the current versions. */
  readonly agreements: readonly LoadedAgreement[];
  /** Of all that the version asks for; of an old version some may be deleted by now. */
  readonly agreementIds: readonly string[];
  readonly createdBy: { globalUserId: string; name: string };
  readonly updatedBy: { globalUserId: string; name: string };
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

export type FormRow = {
  id: string;
  version: string;
  number: number;
  name: string;
  is_standard: boolean;
  fields: unknown;
  policy: unknown;
  agreements: unknown;
  created_by: string | null;
  created_by_name: string | null;
  updated_by: string | null;
  updated_by_name: string | null;
  created_at: Date;
  updated_at: Date;
};

/** The Standard Request Form was made by nobody. */
const stoa = { globalUserId: '00000000-0000-0000-0000-000000000000', name: 'Stoa' };
export const authorOf = (id: string | null, name: string | null) =>
  id === null ? stoa : { globalUserId: id, name: name ?? '' };

export const formColumns = sql<FormRow>`f.id, v.version, v.number, v.name, f.is_standard, v.fields, v.policy, v.agreements,
  f.created_by, c.name as created_by_name, f.updated_by, u.name as updated_by_name, f.created_at, f.updated_at`;
export const formTables = sql`request_form f join request_form_version v on v.version = f.current_version
  left join app_user c on c.global_user_id = f.created_by left join app_user u on u.global_user_id = f.updated_by`;

/** Rows of `formColumns` as forms, in their order, each with the current texts of its agreements. */
export async function toForms(reader: Reader, rows: readonly FormRow[]): Promise<LoadedForm[]> {
  const asked = rows.map((row) => z.array(uuid).parse(row.agreements));
  const agreements = await loadAgreements(reader, asked.flat());
  const names = await loadReviewerNames(
    reader,
    rows.map((row) => row.policy),
  );
  return rows.map((row, index) => ({
    formId: row.id,
    version: row.version,
    number: row.number,
    name: row.name,
    isStandard: row.is_standard,
    fields: z.array(formField).parse(row.fields),
    policy: readStoredFlow(withNames(row.policy, names), 'form'),
    agreementIds: asked[index] ?? [],
    agreements: (asked[index] ?? []).flatMap((id) => agreements.get(id) ?? []),
    createdBy: authorOf(row.created_by, row.created_by_name),
    updatedBy: authorOf(row.updated_by ?? row.created_by, row.updated_by_name ?? row.created_by_name),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

/** Current versions of forms by id; unknown and deleted ones are not in the answer. */
export async function loadForms(reader: Reader, formIds: readonly string[]): Promise<Map<string, LoadedForm>> {
  const ids = [...new Set(formIds)];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<FormRow>`${prepared('forms')} select ${formColumns} from ${formTables}
    where f.id = any(${ids}::uuid[]) and f.deleted_at is null`.execute(reader);
  return new Map((await toForms(reader, rows)).map((form) => [form.formId, form]));
}

/** One version as requests were made under it, of deleted forms too; changed by whoever saved it, when they saved it. */
export async function loadFormVersion(reader: Reader, version: string): Promise<LoadedForm | undefined> {
  const { rows } = await sql<FormRow>`
    select f.id, v.version, v.number, v.name, f.is_standard, v.fields, v.policy, v.agreements, f.created_by,
      c.name as created_by_name, v.created_by as updated_by, u.name as updated_by_name, f.created_at, v.created_at as updated_at
    from request_form_version v join request_form f on f.id = v.request_form_id
      left join app_user c on c.global_user_id = f.created_by left join app_user u on u.global_user_id = v.created_by
    where v.version = ${version}`.execute(reader);
  return (await toForms(reader, rows))[0];
}

/** Forms as targets name them; null, and what is unknown, means the Standard Request Form. */
export type FormOf = (formId: string | null) => LoadedForm;

/** As `loadForms`, with the Standard Request Form in it, where a target without a form of its own finds it. */
export async function loadFormsOrStandard(reader: Reader, formIds: readonly (string | null)[]): Promise<FormOf> {
  return formsOrStandard(await loadForms(reader, [standardFormId, ...formIds.filter((id) => id !== null)]));
}

export function formsOrStandard(forms: ReadonlyMap<string, LoadedForm>): FormOf {
  const standard = forms.get(standardFormId);
  if (!standard) throw new Error('the Standard Request Form is missing');
  return (formId) => (formId === null ? standard : (forms.get(formId) ?? standard));
}
