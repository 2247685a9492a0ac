import type { AccessRequest, AnswerValue } from './access-request.ts';

/** What two requests may differ in, so that they are not decided in one pass. */
export const unlikeness = ['TARGET', 'TYPE', 'FORM', 'ANSWERS', 'COLUMNS'] as const;
export type Unlikeness = (typeof unlikeness)[number];

type Column = { readonly columnName: string; readonly sourceId: string | number };
/** What was asked for: of these things alone it depends whether two requests are alike. */
export type Asked = {
  readonly targetId: string | undefined;
  readonly type: AccessRequest['type'];
  readonly formVersion: string;
  readonly answers: readonly { readonly fieldId: string; readonly value: AnswerValue }[];
  readonly columns: readonly Column[];
};

/** What a request that was read asked for. */
export const askedBy = (request: AccessRequest): Asked => ({
  targetId: request.dataProduct?.id ?? request.asset?.id,
  type: request.type,
  formVersion: request.formVersion,
  answers: request.form?.answers ?? [],
  columns: request.metadata?.columns ?? [],
});

/** Neither the order of questions counts, nor that in which options were ticked. */
const answersText = ({ answers }: Asked): string =>
  JSON.stringify(answers.map(({ fieldId, value }) => [fieldId, valueText(value)]).toSorted(byFirst));

const valueText = (value: AnswerValue): string =>
  JSON.stringify(
    Array.isArray(value)
      ? value.toSorted()
      : typeof value === 'object' && value !== null
        ? [value.amount, value.unit]
        : value,
  );

const columnsText = ({ columns }: Asked): string =>
  JSON.stringify(columns.map(({ columnName, sourceId }) => [String(sourceId), columnName]).toSorted(byAll));

const byFirst = ([one = '']: readonly string[], [other = '']: readonly string[]): number => compare(one, other);
const byAll = (one: readonly string[], other: readonly string[]): number =>
  compare(JSON.stringify(one), JSON.stringify(other));
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** In what two requests differ; nothing where they are alike. */
export function unlikenessOf(one: Asked, other: Asked): Unlikeness[] {
  const isSame: Readonly<Record<Unlikeness, boolean>> = {
    TARGET: one.targetId === other.targetId,
    TYPE: one.type === other.type,
    FORM: one.formVersion === other.formVersion,
    ANSWERS: answersText(one) === answersText(other),
    COLUMNS: columnsText(one) === columnsText(other),
  };
  return unlikeness.filter((what) => !isSame[what]);
}
