import {
  type AccessRequest,
  getAccessRequestById,
  previewAccessRequest,
  requestAccess,
  requestMaskingException,
  searchAccessRequests,
} from '@stoa/contract/access-request';
import type { TargetRequestForm } from '@stoa/contract/asset';
import { getDataProductById, searchDataProducts, type DataProduct } from '@stoa/contract/data-product';
import type { RequestType } from '@stoa/contract/enums';
import { listMemberships } from '@stoa/contract/membership';
import { useDebouncedValue } from '@mantine/hooks';
import { useCommand, useOperation } from '../../lib/api.ts';
import { isTextList, membersOf } from '../../lib/members.ts';
import { type Answers, formInputOf, keptAnswersOf, startAnswers } from './answers.ts';
import { useKept } from '../../lib/kept-text.ts';

export type Draft = {
  readonly user: string;
  readonly answers: Answers;
  readonly accepted: string[];
  readonly columns: string[];
};

function parseDraft(stored: unknown): Draft | undefined {
  const { user, answers, accepted, columns } = membersOf(stored);
  if (typeof user !== 'string' || !isTextList(accepted) || !isTextList(columns)) return undefined;
  return { user, answers: keptAnswersOf(answers), accepted, columns };
}

/** The answers of an earlier request, by question. */
export function answersOf(request: AccessRequest | undefined): Answers {
  return Object.fromEntries((request?.form?.answers ?? []).map((answer) => [answer.fieldId, answer.value]));
}

/** Reads the request whose answers are taken over; none is asked for when there is none. */
export function useEarlierRequest(id: string | undefined) {
  return useOperation(getAccessRequestById, { params: { id: id ?? '' } }, { enabled: id !== undefined });
}

export type FormTarget = {
  readonly product: DataProduct;
  readonly type: RequestType;
  readonly form: TargetRequestForm;
  readonly earlier: Answers;
  readonly user: string;
};

const columnsOf = (chosen: readonly string[]) =>
  chosen.map((one) => {
    const at = one.indexOf('/');
    return { sourceId: one.slice(0, at), columnName: one.slice(at + 1) };
  });

/** The body of a request: the versions that were shown go with the answers. */
function bodyOf(form: TargetRequestForm, value: Draft) {
  const agreements = form.dataUseAgreements
    .filter((agreement) => value.accepted.includes(agreement.id))
    .map(({ id, version }) => (version === undefined ? { id } : { id, version }));
  return {
    user: value.user,
    form: { formVersion: form.version, answers: formInputOf(form.fields, value.answers), agreements },
  };
}

const shown = [searchAccessRequests, getDataProductById, searchDataProducts, listMemberships];

/** The state of the request form: what is written, kept; what would happen; sending it. */
export function useRequestForm(target: FormTarget, onSent: (request: AccessRequest) => void) {
  const { product, type, form, earlier } = target;
  const kept = useKept<Draft>(`stoa-request-${product.id}-${type}`, parseDraft);
  const value: Draft = kept.value ?? {
    user: target.user,
    answers: startAnswers(form.fields, earlier),
    accepted: [],
    columns: [],
  };
  const body = bodyOf(form, value);
  const [settled] = useDebouncedValue(body, 400);
  const preview = useOperation(
    previewAccessRequest,
    { params: { id: product.id }, body: settled },
    { keepPrevious: true, enabled: type === 'DATA_ACCESS' },
  );
  const options = {
    invalidates: shown,
    onSuccess: (request: AccessRequest) => {
      kept.forget();
      onSent(request);
    },
  };
  const ask = useCommand(requestAccess, options);
  const askForColumns = useCommand(requestMaskingException, options);
  const params = { id: product.id };
  const submit = () =>
    type === 'DATA_ACCESS'
      ? ask.mutate({ params, body })
      : askForColumns.mutate({ params, body: { ...body, columns: columnsOf(value.columns) } });
  const command = type === 'DATA_ACCESS' ? ask : askForColumns;
  return {
    value,
    set: (changes: Partial<Draft>) => kept.keep({ ...value, ...changes }),
    body,
    preview,
    command,
    submit,
  };
}
