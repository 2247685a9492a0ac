import {
  durationLabel,
  type FormField,
  type RequestForm,
  type UpdateRequestFormBody,
} from '@stoa/contract/request-form';
import { openParts } from '../review-flows/facts.ts';
import type { FlowDraft, FlowProblem } from '../review-flows/flow-draft.ts';

export type FieldType = FormField['type'];
export const fieldTypes = ['SHORT_ANSWER', 'DROPDOWN', 'CHECKBOXES', 'ACCESS_DURATION'] as const satisfies FieldType[];

/** A request form as the builder holds it. Questions keep their ids, so that versions can be compared. */
export type FormDraft = {
  readonly name: string;
  readonly fields: readonly FormField[];
  readonly policy: FlowDraft;
  readonly agreementIds: readonly string[];
};

const newId = (): string => crypto.randomUUID();

export function newField(type: FieldType): FormField {
  const id = newId();
  switch (type) {
    case 'SHORT_ANSWER':
      return { id, type, label: '', required: true };
    case 'ACCESS_DURATION':
      return { id, type, label: durationLabel, required: true };
    case 'DROPDOWN':
    case 'CHECKBOXES':
      return { id, type, label: '', required: true, options: [{ value: '' }] };
  }
}

/** Where a form starts: one question, for how long, and the targets say who decides. */
export const emptyFormDraft = (): FormDraft => ({
  name: '',
  fields: [newField('SHORT_ANSWER'), newField('ACCESS_DURATION')],
  policy: { rules: [], defaultEvent: { type: 'dataProductPolicy' } },
  agreementIds: [],
});

export const draftOfForm = (form: RequestForm): FormDraft => ({
  name: form.name,
  fields: form.fields,
  policy: form.policy,
  agreementIds: form.dataUseAgreements.map((agreement) => agreement.id),
});

/** A form of the same content: the questions are new ones, and the rules look at those. */
export function copyOfDraft(draft: FormDraft, name: string): FormDraft {
  const ids = new Map(draft.fields.map((field) => [field.id, newId()]));
  const fields = draft.fields.map((field) => ({ ...field, id: ids.get(field.id) ?? field.id }));
  return { ...draft, name, fields, policy: withQuestions(draft.policy, ids) };
}

function withQuestions(policy: FlowDraft, ids: ReadonlyMap<string, string>): FlowDraft {
  const renamed = JSON.stringify(policy.rules, (key, value: unknown) => {
    const id = key === 'path' && typeof value === 'string' ? ids.get(value.slice(2)) : undefined;
    return id === undefined ? value : `$.${id}`;
  });
  // It was JSON a moment ago; only texts inside it were replaced by texts.
  return { ...policy, rules: JSON.parse(renamed) as FlowDraft['rules'] };
}

export const hasDuration = (draft: FormDraft): boolean => draft.fields.some((f) => f.type === 'ACCESS_DURATION');

const insertAt = (fields: readonly FormField[], at: number, field: FormField): FormField[] => [
  ...fields.slice(0, at),
  field,
  ...fields.slice(at),
];

/** The draft with a question after the one that is chosen, or at the end. */
export function withField(draft: FormDraft, field: FormField, after: string | undefined): FormDraft {
  const at = draft.fields.findIndex((one) => one.id === after);
  return { ...draft, fields: insertAt(draft.fields, at === -1 ? draft.fields.length : at + 1, field) };
}

/** The same question once more below; undefined for the one that a form asks only once. */
export function duplicateOf(field: FormField): FormField | undefined {
  return field.type === 'ACCESS_DURATION' ? undefined : { ...field, id: newId() };
}

export const withoutField = (draft: FormDraft, id: string): FormDraft => ({
  ...draft,
  fields: draft.fields.filter((field) => field.id !== id),
});

export const withChanged = (draft: FormDraft, field: FormField): FormDraft => ({
  ...draft,
  fields: draft.fields.map((one) => (one.id === field.id ? field : one)),
});

/** The same question of another kind; options stay between the two kinds that have them. */
export function withType(field: FormField, type: FieldType): FormField {
  if (type === field.type) return field;
  const fresh = { ...newField(type), id: field.id };
  if (fresh.type === 'ACCESS_DURATION') return fresh;
  const label = field.type === 'ACCESS_DURATION' ? '' : field.label;
  const asked = { ...fresh, label, required: field.required };
  const hasOptions = field.type === 'DROPDOWN' || field.type === 'CHECKBOXES';
  return hasOptions && asked.type !== 'SHORT_ANSWER' ? { ...asked, options: field.options } : asked;
}

/** Options from lines of text, as they are pasted from a table: blank lines and repeats are left out. */
export function optionsOfLines(text: string, before: readonly { readonly value: string }[]): { value: string }[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim().slice(0, 255));
  const all = [...before.map((one) => one.value), ...lines].filter((value) => value.trim() !== '');
  return [...new Set(all)].map((value) => ({ value }));
}

export type LackId =
  | 'forms.lack.name'
  | 'forms.lack.label'
  | 'forms.lack.options'
  | 'forms.lack.option'
  | 'forms.lack.optionTwice';
/** What is not written yet. `fieldId` is missing for what is about the whole form. */
export type Lack = { readonly text: LackId; readonly fieldId?: string; readonly option?: number };

const optionLacks = (field: FormField): Lack[] => {
  if (field.type !== 'DROPDOWN' && field.type !== 'CHECKBOXES') return [];
  if (field.options.length === 0) return [{ text: 'forms.lack.options', fieldId: field.id }];
  return field.options.flatMap(({ value }, option): Lack[] => {
    if (value.trim() === '') return [{ text: 'forms.lack.option', fieldId: field.id, option }];
    const isFirst = field.options.findIndex((one) => one.value === value) === option;
    return isFirst ? [] : [{ text: 'forms.lack.optionTwice', fieldId: field.id, option }];
  });
};

/** What a draft lacks before it is worth asking the server, in the order of the page. */
export const lacksOf = (draft: FormDraft): readonly Lack[] => [
  ...(draft.name.trim() === '' ? [{ text: 'forms.lack.name' as const }] : []),
  ...draft.fields.flatMap((field): Lack[] => [
    ...(field.label.trim() === '' ? [{ text: 'forms.lack.label' as const, fieldId: field.id }] : []),
    ...optionLacks(field),
  ]),
];

/** What is open in who decides, by its paths in the body. The editor of the flow tells the same at the spot. */
export const openIn = (draft: FormDraft, words: Parameters<typeof openParts>[2]): readonly FlowProblem[] =>
  openParts(draft.policy, draft.fields, words).map(({ path, message }) => ({ path: `policy.${path}`, message }));

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The members that differ, and nothing else: a steward may change a few of them only. */
export function bodyOfDraft(before: FormDraft, draft: FormDraft): UpdateRequestFormBody {
  return {
    ...(draft.name.trim() === before.name ? {} : { name: draft.name.trim() }),
    ...(same(draft.fields, before.fields) ? {} : { fields: [...draft.fields] }),
    ...(same(draft.policy, before.policy) ? {} : { policy: draft.policy }),
    ...(same(draft.agreementIds, before.agreementIds) ? {} : { dataUseAgreementIds: [...draft.agreementIds] }),
  };
}

export const isSameDraft = (a: FormDraft, b: FormDraft): boolean => Object.keys(bodyOfDraft(a, b)).length === 0;

/** Which question, or which part of the page, a problem of the server is about: its path is one of the body's. */
export function placeOfProblem(path: string, draft: FormDraft): { tab: 'questions' | 'review'; fieldId?: string } {
  const [, at] = /^(?:body\.)?fields[.[](\d+)/.exec(path) ?? [];
  const field = at === undefined ? undefined : draft.fields[Number(at)];
  if (field !== undefined) return { tab: 'questions', fieldId: field.id };
  return { tab: /^(?:body\.)?policy/.test(path) ? 'review' : 'questions' };
}
