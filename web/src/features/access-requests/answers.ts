import type { AnswerValue, CreateAccessRequestBody } from '@stoa/contract/access-request';
import { durationUnit } from '@stoa/contract/enums';
import type { FormField } from '@stoa/contract/request-form';
import { isTextList, membersOf, wordOf } from '../../lib/members.ts';

export type Answers = Readonly<Record<string, AnswerValue | undefined>>;

const usualPeriod: AnswerValue = { amount: 90, unit: 'DAYS' };

function keptAnswerOf(value: unknown): AnswerValue | undefined {
  if (value === null || typeof value === 'string' || isTextList(value)) return value;
  const { amount, unit } = membersOf(value);
  const known = wordOf(durationUnit.options, unit);
  return typeof amount === 'number' && known !== undefined ? { amount, unit: known } : undefined;
}

/** Answers that were kept in the tab; one of a shape that the form does not know is asked again. */
export const keptAnswersOf = (stored: unknown): Answers =>
  Object.fromEntries(Object.entries(membersOf(stored)).map(([id, value]) => [id, keptAnswerOf(value)]));

/** What stands in the form at first: the earlier answer where the question is the same, else nothing. */
export function startAnswers(fields: readonly FormField[], earlier: Answers): Answers {
  return Object.fromEntries(
    fields.map((field) => {
      const before = earlier[field.id];
      return [field.id, before === undefined && field.type === 'ACCESS_DURATION' ? usualPeriod : before];
    }),
  );
}

function isMissing(field: FormField, value: AnswerValue | undefined): boolean {
  if (!field.required) return false;
  // For a period, null is an answer: without end.
  if (field.type === 'ACCESS_DURATION') return value === undefined;
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return Array.isArray(value) && value.length === 0;
}

/** The questions that still need an answer. The server has the last word; this one only saves a trip. */
export const missingAnswers = (fields: readonly FormField[], answers: Answers): readonly FormField[] =>
  fields.filter((field) => isMissing(field, answers[field.id]));

type FormInput = NonNullable<CreateAccessRequestBody['form']>;

/** The answers as they are sent. An optional question without an answer is left out. */
export function formInputOf(fields: readonly FormField[], answers: Answers): FormInput['answers'] {
  return fields.flatMap((field) => {
    const value = answers[field.id];
    if (value === undefined || (value === null && field.type !== 'ACCESS_DURATION')) return [];
    if (!field.required && (value === '' || (Array.isArray(value) && value.length === 0))) return [];
    return [{ fieldId: field.id, value }];
  });
}

/** Which question an error of the server is about: its path names the field, or its place among the answers sent. */
export function fieldOfError(path: string, sent: FormInput['answers']): string | undefined {
  const named = sent.find((answer) => path.includes(answer.fieldId));
  if (named !== undefined) return named.fieldId;
  const place = /answers[.[/](\d+)/.exec(path)?.[1];
  return place === undefined ? undefined : sent[Number(place)]?.fieldId;
}

/** Which of the columns that were sent an error of the server is about. */
export function columnOfError(path: string, sent: readonly string[]): string | undefined {
  const place = /columns[.[/](\d+)/.exec(path)?.[1];
  return place === undefined ? undefined : sent[Number(place)];
}
