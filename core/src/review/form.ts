/** A question of a request form. */
export type FormField = {
  readonly id: string;
  readonly label: string;
  readonly required?: boolean | undefined;
} & (
  | { readonly type: 'SHORT_ANSWER' | 'ACCESS_DURATION' }
  | { readonly type: 'DROPDOWN' | 'CHECKBOXES'; readonly options: readonly { readonly value: string }[] }
);

/** A version of a data use agreement; `sha256` is of its text. */
export type Agreement = { readonly id: string; readonly version: number; readonly sha256: string };

/** The fixed label of every question for a period. */
export const durationLabel = 'How long do you need access to this data?';
/** The longest answer to a free-text question, in UTF-16 units. */
export const shortAnswerMaxLength = 10_000;
