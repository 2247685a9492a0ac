import type { AccessRequest, CreateAccessRequestBody } from '@stoa/contract/access-request';
import type { TargetRequestForm } from '@stoa/contract/asset';
import type { RequestDraft } from '@stoa/contract/request-draft';
import { isTextList, membersOf } from '../../lib/members.ts';
import { type Answers, formInputOf, keptAnswersOf } from './answers.ts';

export type Accepted = { readonly id: string; readonly version: number };

/** What is written on the request page. */
export type Draft = {
  readonly user: string;
  readonly answers: Answers;
  /** Agreements by the version that was ticked: a later version is another text. */
  readonly accepted: readonly Accepted[];
  /** `sourceId/columnName` of each chosen column. */
  readonly columns: string[];
};

function acceptedOf(value: unknown): Accepted[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((one: unknown) => {
    const { id, version } = membersOf(one);
    return typeof id === 'string' && typeof version === 'number' ? [{ id, version }] : [];
  });
}

/** A draft as this tab kept it; undefined for one of a shape that is not known any more. */
export function parseDraft(stored: unknown): Draft | undefined {
  const { user, answers, accepted, columns } = membersOf(stored);
  const versions = acceptedOf(accepted);
  if (typeof user !== 'string' || versions === undefined || !isTextList(columns)) return undefined;
  return { user, answers: keptAnswersOf(answers), accepted: versions, columns };
}

/** The answers of an earlier request, by question. */
export function answersOf(request: AccessRequest | undefined): Answers {
  return Object.fromEntries((request?.form?.answers ?? []).map((answer) => [answer.fieldId, answer.value]));
}

/** The columns of an earlier request for masked ones, as they are chosen. */
export function columnKeysOf({ metadata }: Pick<AccessRequest, 'metadata'>): string[] {
  return (metadata?.columns ?? []).map(({ sourceId, columnName }) => `${sourceId}/${columnName}`);
}

export const columnsOf = (chosen: readonly string[]) =>
  chosen.map((one) => {
    const at = one.indexOf('/');
    return { sourceId: one.slice(0, at), columnName: one.slice(at + 1) };
  });

/** The name of a chosen column. */
export const nameOfKey = (key: string): string => key.slice(key.indexOf('/') + 1);

/** The draft as the server keeps it: whatever is written so far, whether or not the form would take it. */
export function draftToWire(draft: Draft): RequestDraft {
  const answers = Object.entries(draft.answers).flatMap(([fieldId, value]) =>
    value === undefined ? [] : [{ fieldId, value }],
  );
  return {
    user: draft.user,
    form: { answers, agreements: [...draft.accepted] },
    ...(draft.columns.length === 0 ? {} : { columns: columnsOf(draft.columns) }),
  };
}

export const draftFromWire =
  (me: string) =>
  ({ user, form, columns }: RequestDraft): Draft => ({
    user: user ?? me,
    answers: keptAnswersOf(Object.fromEntries(form.answers.map((answer) => [answer.fieldId, answer.value]))),
    accepted: form.agreements.flatMap(({ id, version }) => (version === undefined ? [] : [{ id, version }])),
    columns: (columns ?? []).map((column) => `${column.sourceId}/${column.columnName}`),
  });

export type RequestBody = {
  readonly user: string;
  readonly form: NonNullable<CreateAccessRequestBody['form']>;
  /** The pending request whose place it takes. */
  readonly replaces?: string;
};

/** The body of a request: what is answered, and the versions that were shown and ticked. */
export function bodyOf(form: TargetRequestForm, draft: Draft): RequestBody {
  const asked = form.dataUseAgreements.map((agreement) => agreement.id);
  return {
    user: draft.user,
    form: {
      formVersion: form.version,
      answers: formInputOf(form.fields, draft.answers),
      agreements: draft.accepted.filter((one) => asked.includes(one.id)).map(({ id, version }) => ({ id, version })),
    },
  };
}

/** The agreements of the form that are not ticked in the version that it asks for. */
export const notAccepted = (form: TargetRequestForm, accepted: readonly Accepted[]) =>
  form.dataUseAgreements.filter(
    ({ id, version = 1 }) => !accepted.some((one) => one.id === id && one.version === version),
  );
