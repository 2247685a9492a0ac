import { requestFormDifference, type RequestFormDifference } from '@stoa/contract/request-form';
import { compareForms } from '@stoa/core/review/compare-forms';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { type LoadedForm, loadFormVersion } from './load-forms.ts';
import type { FormContent } from './save-version.ts';
import { presentFlow } from './stored-flow.ts';

export const contentOf = (form: LoadedForm): FormContent => ({
  name: form.name,
  fields: form.fields,
  policy: presentFlow(form.policy),
  agreements: form.agreementIds,
});

/** What stands between a version and what is to follow it, as the wire shows it. */
export function presentDifference(
  before: FormContent,
  after: FormContent,
  agreementNames: ReadonlyMap<string, string>,
): RequestFormDifference {
  const found = compareForms(before, after);
  return {
    ...(found.name === undefined ? {} : { name: found.name }),
    fields: requestFormDifference.shape.fields.parse(found.fields),
    agreements: found.agreements.map(({ id, change }) => ({ id, change, name: agreementNames.get(id) ?? '' })),
    ...(found.policy ? { policy: { before: before.policy, after: after.policy } } : {}),
  };
}

/** What a version changed against another one of its form; without `from`, against the one before it. */
export async function compareVersions(reader: Reader, id: string, versions: { version: string; from?: string }) {
  const to = await versionOf(reader, id, versions.version);
  const earlier = versions.from ?? (await versionBefore(reader, id, to.number));
  const from = earlier === undefined ? undefined : await versionOf(reader, id, earlier);
  const which = ({ version, number }: LoadedForm) => ({ version, number });
  const names = await agreementNames(reader, [...to.agreementIds, ...(from?.agreementIds ?? [])]);
  const after = contentOf(to);
  const before = from === undefined ? { ...after, fields: [], agreements: [] } : contentOf(from);
  return {
    from: from === undefined ? null : which(from),
    to: which(to),
    difference: presentDifference(before, after, names),
  };
}

/** The names of agreements, of deleted ones too: old versions ask for them. */
export async function agreementNames(reader: Reader, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from data_use_agreement where id = any(${ids}::uuid[])`.execute(reader);
  return new Map(rows.map((row) => [row.id, row.name]));
}

async function versionOf(reader: Reader, id: string, version: string): Promise<LoadedForm> {
  const form = await loadFormVersion(reader, version);
  if (form?.formId !== id) throw notFound('version of this request form');
  return form;
}

async function versionBefore(reader: Reader, id: string, number: number): Promise<string | undefined> {
  const { rows } = await sql<{ version: string }>`select version from request_form_version
    where request_form_id = ${id} and number < ${number} order by number desc limit 1`.execute(reader);
  return rows[0]?.version;
}
