import type { CreateIdentifierBody, CriteriaType, Identifier } from '@stoa/contract/identifier';

/** An identifier as it is edited: everything is text. */
export type IdentifierDraft = {
  readonly name: string;
  readonly description: string;
  readonly criteriaType: CriteriaType;
  readonly pattern: string;
  readonly values: string;
  readonly caseSensitive: boolean;
  readonly validator: string;
  readonly percent: number;
  readonly specificity: number;
  readonly tags: string;
  /** Empty: everywhere. */
  readonly domainId: string;
};

export const emptyDraft: IdentifierDraft = {
  name: '',
  description: '',
  criteriaType: 'regex',
  pattern: '',
  values: '',
  caseSensitive: true,
  validator: '',
  percent: 90,
  specificity: 50,
  tags: '',
  domainId: '',
};

export const draftOf = (one: Identifier): IdentifierDraft => ({
  name: one.name,
  description: one.description,
  criteriaType: one.criteriaType,
  pattern: one.pattern ?? '',
  values: (one.values ?? []).join('\n'),
  caseSensitive: one.caseSensitive,
  validator: one.validator ?? '',
  percent: Math.round(one.minHitRatio * 1_000) / 10,
  specificity: one.specificity,
  tags: one.tags.join('\n'),
  domainId: one.domain?.id ?? '',
});

/** The lines of a text that say something. */
export const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

type Validator = NonNullable<CreateIdentifierBody['validator']>;

/** What makes up the criteria on the wire; members of another kind are left out. */
export function criteriaOf(draft: IdentifierDraft, validators: readonly Validator[]) {
  const { criteriaType, caseSensitive } = draft;
  if (criteriaType === 'dictionary') return { criteriaType, caseSensitive, values: linesOf(draft.values) };
  const validator = criteriaType === 'regex' ? (validators.find((one) => one === draft.validator) ?? null) : null;
  return { criteriaType, caseSensitive, pattern: draft.pattern, validator };
}

export type DraftProblem = 'name' | 'pattern' | 'values' | 'tags';

/** What has to be written before it can be saved. */
export function problemsOf(draft: IdentifierDraft): readonly DraftProblem[] {
  const isDictionary = draft.criteriaType === 'dictionary';
  return [
    ...(draft.name.trim() === '' ? (['name'] as const) : []),
    ...(!isDictionary && draft.pattern === '' ? (['pattern'] as const) : []),
    ...(isDictionary && linesOf(draft.values).length === 0 ? (['values'] as const) : []),
    ...(linesOf(draft.tags).length === 0 ? (['tags'] as const) : []),
  ];
}
