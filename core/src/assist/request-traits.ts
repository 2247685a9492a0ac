import type { Answer } from '../review/check-answers.ts';

/** What may be compared between requests: who would get access, and how the form was answered. */
export type RequestTraits = {
  readonly groups: readonly { readonly id: number; readonly name: string }[];
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly answers: readonly Answer[];
};

/** The request that is looked at, with the wording of its questions. */
export type Candidate = Omit<RequestTraits, 'answers'> & {
  readonly answers: readonly (Answer & { readonly label: string })[];
};
