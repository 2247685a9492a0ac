import type { FormField } from '@stoa/contract/request-form';
import { formFlow, type FormFlow } from '@stoa/contract/review-flow';
import { foldName } from '@stoa/core/folded-name';
import { formProblems } from '@stoa/core/review/check-form';
import { sql } from 'kysely';
import { newCuid } from '../../db/new-id.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { holdAgreements } from '../data-use-agreement/load-agreements.ts';
import { loadReviewerNames, requireReviewers, withNames } from '../review-flow/reviewer-names.ts';

/** A form as it is about to be saved. */
export type FormContent = {
  readonly name: string;
  readonly fields: readonly FormField[];
  readonly policy: FormFlow;
  /** Ids, in the order in which they are read. */
  readonly agreements: readonly string[];
};

/** The same with its reviewers under the names of today: what somebody called them is no change. */
export async function nameReviewers(reader: Reader, content: FormContent): Promise<FormContent> {
  const names = await loadReviewerNames(reader, content.policy);
  return { ...content, policy: formFlow.parse(withNames(content.policy, names)) };
}

/**
 * Refuses a form whose questions, flow or agreements are not valid, with the place of each mistake. Answers it as it is to be
 * stored, its reviewers under their own names.
 */
export async function requireValid(tx: Tx, content: FormContent, before: FormContent | null): Promise<FormContent> {
  const problems = formProblems(content);
  const [first] = problems;
  if (first)
    throw new Refusal(first.code, {
      ...(problems.length === 1 ? { detail: first.message } : {}),
      errors: problems.map(({ path, message }) => ({ path: `body.${path}`, message })),
    });
  const policy = await requireReviewers(tx, content.policy, { path: 'body.policy', kept: before?.policy ?? null });
  const known = await holdAgreements(tx, content.agreements);
  const unknown = content.agreements.filter((id) => !known.has(id));
  if (unknown.length > 0)
    throw new Refusal('request_form.agreement_unknown', {
      detail: `There is no data use agreement ${unknown.join(', ')}.`,
      extra: { dataUseAgreementIds: unknown },
    });
  return { ...content, policy: formFlow.parse(policy) };
}

/** The agreements that a body names, each once. */
export const agreementIdsOf = (ids: readonly string[] | undefined): readonly string[] | undefined =>
  ids && [...new Set(ids.map((id) => id.toLowerCase()))];

/** Appends a version and makes it the current one. */
export async function saveVersion(tx: Tx, formId: string, save: { content: FormContent; by: string }): Promise<string> {
  const version = newCuid();
  const { name, fields, policy, agreements } = save.content;
  await sql`
    with saved as (
      insert into request_form_version (version, request_form_id, number, name, fields, policy, agreements, created_by)
      select ${version}, ${formId}::uuid, coalesce(max(v.number), 0) + 1, ${name}, ${JSON.stringify(fields)}::jsonb,
        ${JSON.stringify(policy)}::jsonb, ${JSON.stringify(agreements)}::jsonb, ${save.by}
      from request_form_version v where v.request_form_id = ${formId}
      returning created_at
    )
    update request_form f set current_version = ${version}, name = ${name}, name_key = ${foldName(name)}, updated_by = ${save.by}, updated_at = saved.created_at
    from saved where f.id = ${formId}`.execute(tx);
  return version;
}
