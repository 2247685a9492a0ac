import type { AnswerValue } from '@stoa/contract/access-request';
import type { Evidence, EvidenceAgreement, EvidenceAnswer } from '@stoa/contract/evidence';
import type { FormField } from '@stoa/contract/request-form';
import { isSamePerson } from '@stoa/core/person';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { listRequestAgreements } from '../data-use-agreement/list-request-agreements.ts';
import type { LoadedRequest, Party } from './load-requests.ts';

/** A form version as it was pinned; the operations that save forms have parsed it. */
export type PinnedForm = { form_id: string; name: string; fields: FormField[] };

export async function loadPinnedForm(db: Reader, version: string): Promise<PinnedForm> {
  const { rows } = await sql<PinnedForm>`
    select request_form_id as form_id, name, fields from request_form_version where version = ${version}`.execute(db);
  const form = rows[0];
  if (form === undefined) throw new Error(`the form version ${version} of a request is missing`);
  return form;
}

export const describeForm = (request: LoadedRequest, form: PinnedForm): Evidence['form'] => ({
  id: form.form_id,
  name: form.name,
  version: request.form_version,
  newerExists: request.current_form !== null && request.current_form.version !== request.form_version,
});

/** An answer as a sentence shows it. */
export function answerWords(value: AnswerValue, type: FormField['type']): string {
  if (value === null) return type === 'ACCESS_DURATION' ? 'Indefinitely' : 'Not answered';
  if (typeof value === 'string') return value;
  if ('amount' in value) {
    const unit = value.unit.toLowerCase();
    return `${value.amount} ${value.amount === 1 ? unit.slice(0, -1) : unit}`;
  }
  return value.join(', ');
}

/** The answers beside those that the same person gave the last time for this target. */
export async function describeAnswers(db: Reader, request: LoadedRequest, form: PinnedForm): Promise<EvidenceAnswer[]> {
  const { rows } = await sql<Pick<LoadedRequest, 'form'>>`
    select form from access_request where beneficiary = ${request.beneficiary.globalUserId} and target_id = ${request.target_id}
      and type = ${request.type} and created_at < ${request.created_at} order by created_at desc limit 1`.execute(db);
  const before = new Map(rows[0]?.form.answers.map((a) => [a.fieldId, a]));
  return request.form.answers.map(({ fieldId, type, value }) => {
    const earlier = before.get(fieldId);
    return {
      fieldId,
      type,
      label: form.fields.find((f) => f.id === fieldId)?.label ?? 'A question of an earlier form',
      value,
      display: answerWords(value, type),
      ...(earlier === undefined ? {} : { previous: answerWords(earlier.value, earlier.type) }),
    };
  });
}

/** The agreements as they were pinned, with their texts; `outdated` where a newer version is asked for by now. */
export async function describeAgreements(db: Reader, request: LoadedRequest): Promise<EvidenceAgreement[]> {
  const pinned = await listRequestAgreements(db, request.id, request.form.agreements);
  const { requesting_user: asker, beneficiary } = request;
  return pinned.map(({ id, name, body, version, sha256, currentVersion, acceptances }) => {
    const by = (person: Party) => acceptances.find((one) => one.acceptedBy.globalUserId === person.globalUserId);
    const asked = by(asker);
    return {
      id,
      name,
      version,
      sha256,
      body,
      acceptedBy: asked?.acceptedBy ?? null,
      acceptedAt: asked?.acceptedAt ?? null,
      outdated: currentVersion !== null && currentVersion !== version,
      ...(isSamePerson(asker, beneficiary)
        ? {}
        : { byBeneficiary: { name: beneficiary.name, acceptedAt: by(beneficiary)?.acceptedAt ?? null } }),
    };
  });
}
