import type { DurationUnit } from '@stoa/contract/enums';
import { type Duration, durationProblem } from '../duration/duration.ts';
import type { FieldError, Refused } from '../refusal.ts';
import { refused } from '../refusal.ts';
import { type Agreement, type FormField, shortAnswerMaxLength } from './form.ts';

/** An answer as stored. For a period `null` means indefinitely; for the others, that an optional question was left out. */
export type AnswerValue = string | readonly string[] | Duration | null;
export type Answer = { readonly fieldId: string; readonly type: FormField['type']; readonly value: AnswerValue };

/** What a client sends: an answer left out is not given; for a period, an explicit null asks for no end. */
export type GivenAnswers = {
  readonly answers: readonly { readonly fieldId: string; readonly value: unknown }[];
  /** Without a version, the current one is meant. */
  readonly agreements: readonly { readonly id: string; readonly version?: number | undefined }[];
};
export type AskedForm = { readonly fields: readonly FormField[]; readonly agreements: readonly Agreement[] };
export type CheckedAnswers = {
  readonly ok: true;
  /** One per question, in the order of the form. */
  readonly answers: readonly Answer[];
  /** One per agreement of the form, current version. */
  readonly agreements: readonly Agreement[];
  /** The requester's own period: only a pre-selection for stewards. Null: indefinitely, or not asked. */
  readonly duration: Duration | null;
};

const units: readonly string[] = ['HOURS', 'DAYS', 'WEEKS', 'MONTHS', 'YEARS'] satisfies DurationUnit[];
const isUnit = (value: unknown): value is DurationUnit => typeof value === 'string' && units.includes(value);

/** Reads a period as a client sends it, `{amount, unit}`; null when it is none. */
export const parseDuration = (value: unknown): Duration | null => {
  if (typeof value !== 'object' || value === null || !('amount' in value) || !('unit' in value)) return null;
  const { amount, unit } = value;
  if (typeof amount !== 'number' || !isUnit(unit)) return null;
  // Only whether the calendar can say the end matters here, so that any start of our century gives the same answer.
  return durationProblem({ amount, unit }, Date.UTC(2100, 0, 1)) === null ? { amount, unit } : null;
};

type Read = { readonly value: AnswerValue } | { readonly message: string };

const readText = (field: FormField, value: unknown): Read => {
  if (typeof value !== 'string') return { message: 'Answer with a text.' };
  if (value.length > shortAnswerMaxLength) return { message: `At most ${shortAnswerMaxLength} characters.` };
  if (value.includes('\u0000')) return { message: 'The text holds a character that cannot be stored.' };
  return value.trim() === '' && field.required !== false ? { message: 'Answer this question.' } : { value };
};

const readOptions = (options: readonly { readonly value: string }[], value: unknown, required: boolean): Read => {
  if (!Array.isArray(value)) return { message: 'Answer with a list of options.' };
  const known = options.map((o) => o.value);
  const chosen = value.filter((v): v is string => typeof v === 'string' && known.includes(v));
  if (chosen.length !== value.length) return { message: 'Pick only from the options of the question.' };
  if (new Set(chosen).size !== chosen.length) return { message: 'Pick each option once.' };
  return required && chosen.length === 0 ? { message: 'Pick at least one option.' } : { value: chosen };
};

const readValue = (field: FormField, value: unknown): Read => {
  const required = field.required !== false;
  if (value === undefined || (value === null && field.type !== 'ACCESS_DURATION'))
    return required ? { message: 'Answer this question.' } : { value: null };
  switch (field.type) {
    case 'SHORT_ANSWER':
      return readText(field, value);
    case 'DROPDOWN':
      return typeof value === 'string' && field.options.some((o) => o.value === value)
        ? { value }
        : { message: 'Pick one of the options of the question.' };
    case 'CHECKBOXES':
      return readOptions(field.options, value, required);
    case 'ACCESS_DURATION': {
      if (value === null) return { value: null };
      const duration = parseDuration(value);
      return duration === null ? { message: 'Give a whole number, 1 or more, and a unit.' } : { value: duration };
    }
  }
};

const checkAgreements = (asked: readonly Agreement[], given: GivenAnswers['agreements']): Refused | null => {
  const missing = asked.filter((a) => !given.some((g) => g.id === a.id));
  if (missing.length > 0)
    return {
      ...refused('agreement.required', 'Accept every data use agreement of the form.', {
        agreements: missing.map((a) => a.id),
      }),
      errors: missing.map((a) => ({ path: 'form.agreements', message: `Agreement ${a.id} is not accepted.` })),
    };
  const outdated = given.filter((g) => asked.some((a) => a.id === g.id && (g.version ?? a.version) !== a.version));
  if (outdated.length > 0)
    return refused('agreement.outdated', 'A data use agreement has a newer version than the one accepted.', {
      agreements: outdated.map((g) => g.id),
    });
  return null;
};

/**
 * Holds answers against the questions and agreements of a form.
 * Refuses with `access_request.answers_invalid` (an error per question), `agreement.required` or `agreement.outdated`.
 */
export const checkAnswers = (form: AskedForm, given: GivenAnswers): CheckedAnswers | Refused => {
  const errors: FieldError[] = [];
  const answers: Answer[] = [];
  for (const [index, { fieldId }] of given.answers.entries()) {
    const path = `form.answers[${index}]`;
    if (!form.fields.some((f) => f.id === fieldId)) errors.push({ path, message: 'The form has no such question.' });
    if (given.answers.findIndex((a) => a.fieldId === fieldId) !== index)
      errors.push({ path, message: 'This question is answered twice.' });
  }
  for (const field of form.fields) {
    const index = given.answers.findIndex((a) => a.fieldId === field.id);
    const read = readValue(field, given.answers[index]?.value);
    if ('value' in read) answers.push({ fieldId: field.id, type: field.type, value: read.value });
    else
      errors.push({
        path: index < 0 ? 'form.answers' : `form.answers[${index}].value`,
        message: `${field.label}: ${read.message}`,
      });
  }
  if (errors.length > 0)
    return { ...refused('access_request.answers_invalid', 'The answers do not fit the form.'), errors };
  const refusal = checkAgreements(form.agreements, given.agreements);
  return refusal ?? { ok: true, answers, agreements: form.agreements, duration: durationAnswer(answers) };
};

export type PartOfAnswers = {
  readonly answers: readonly Answer[];
  readonly problems: readonly { readonly fieldId: string; readonly message: string }[];
};

/** The answers that fit their questions, from a form that is not filled in yet: nothing has to be answered. */
export const fittingAnswers = (fields: readonly FormField[], given: GivenAnswers['answers']): PartOfAnswers => {
  const answers: Answer[] = [];
  const problems: { fieldId: string; message: string }[] = [];
  for (const { fieldId, value } of given) {
    const field = fields.find((f) => f.id === fieldId);
    const read: Read =
      field === undefined
        ? { message: 'The form has no such question.' }
        : readValue({ ...field, required: false }, value);
    if ('message' in read) problems.push({ fieldId, message: read.message });
    else if (field !== undefined && read.value !== '') answers.push({ fieldId, type: field.type, value: read.value });
  }
  return { answers, problems };
};

/** The period among the answers; null when it is without end, or not asked. */
export const durationAnswer = (answers: readonly Answer[]): Duration | null => {
  const answer = answers.find((a) => a.type === 'ACCESS_DURATION');
  return parseDuration(answer?.value);
};
