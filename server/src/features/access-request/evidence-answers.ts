import type { AnswerValue } from '@stoa/contract/access-request';
import type { Evidence, EvidenceAgreement, EvidenceAnswer } from '@stoa/contract/evidence';
import type { FormField } from '@stoa/contract/request-form';
import type { PersonName } from '@stoa/contract/person';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { LoadedRequest } from './load-requests.ts';

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

type PinnedText = { id: string; version: number; name: string; body: string; current_version: number };

/** The agreements as they were pinned, with their texts; `outdated` where a newer version is asked for by now. */
export async function describeAgreements(db: Reader, request: LoadedRequest): Promise<EvidenceAgreement[]> {
  const { agreements } = request.form;
  if (agreements.length === 0) return [];
  const acceptors = agreements.flatMap((a) => a.acceptedBy ?? []);
  const { rows: people } = await sql<PersonName>`
    select global_user_id as "globalUserId", username, name from app_user where global_user_id = any(${acceptors}::uuid[])`.execute(
    db,
  );
  const { rows: texts } = await sql<PinnedText>`
    select a.id, v.version, v.name, v.body, a.current_version
    from data_use_agreement_version v join data_use_agreement a on a.id = v.data_use_agreement_id
    where (a.id, v.version) in (select * from unnest(${agreements.map((a) => a.id)}::uuid[], ${agreements.map((a) => a.version)}::int[]))`.execute(
    db,
  );
  return agreements.flatMap(({ id, version, sha256, acceptedBy, acceptedAt }) => {
    const text = texts.find((t) => t.id === id);
    if (text === undefined) return [];
    return {
      id,
      name: text.name,
      version,
      sha256,
      body: text.body,
      acceptedBy: people.find((p) => p.globalUserId === acceptedBy) ?? null,
      acceptedAt: acceptedAt ?? null,
      outdated: text.current_version !== version,
    };
  });
}
