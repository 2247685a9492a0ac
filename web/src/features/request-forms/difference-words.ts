import type { FieldDifference, RequestFormDifference } from '@stoa/contract/request-form';
import { type MessageId, type TextValues, useText } from '../../app/messages/use-text.tsx';

/** One change that a version made, as a line; `before` and `after` stand below it where the words themselves changed. */
export type ChangeLine = {
  readonly key: string;
  readonly mark: 'added' | 'removed' | 'changed' | 'moved';
  readonly id: MessageId;
  readonly values?: TextValues;
  readonly before?: string;
  readonly after?: string;
};

type Side = NonNullable<FieldDifference['after']>;
const optionsOf = (field: Side): readonly string[] =>
  field.type === 'DROPDOWN' || field.type === 'CHECKBOXES' ? field.options.map((option) => option.value) : [];

function optionLines(key: string, before: Side, after: Side): ChangeLine[] {
  const [was, is] = [optionsOf(before), optionsOf(after)];
  const line = (mark: 'added' | 'removed', value: string): ChangeLine => ({
    key: `${key}-${mark}-${value}`,
    mark,
    id: mark === 'added' ? 'forms.change.optionAdded' : 'forms.change.optionRemoved',
    values: { label: after.label, option: value },
  });
  const added = is.filter((value) => !was.includes(value)).map((value) => line('added', value));
  const removed = was.filter((value) => !is.includes(value)).map((value) => line('removed', value));
  const kept = was.filter((value) => is.includes(value)).join('\n');
  const isReordered = kept !== is.filter((value) => was.includes(value)).join('\n');
  const reordered: ChangeLine = {
    key: `${key}-order`,
    mark: 'moved',
    id: 'forms.change.optionsMoved',
    values: { label: after.label },
  };
  return [...added, ...removed, ...(isReordered ? [reordered] : [])];
}

function changedLines({ id, before, after, placeBefore = 0, placeAfter = 0, moved }: FieldDifference): ChangeLine[] {
  if (before === undefined || after === undefined) return [];
  const { label } = after;
  const lines: ChangeLine[] = [];
  if (moved)
    lines.push({
      key: `${id}-moved`,
      mark: 'moved',
      id: 'forms.change.moved',
      values: { label, from: placeBefore, to: placeAfter },
    });
  if (before.label !== label)
    lines.push({
      key: `${id}-label`,
      mark: 'changed',
      id: 'forms.change.label',
      values: { place: placeAfter },
      before: before.label,
      after: label,
    });
  if (before.type !== after.type)
    lines.push({ key: `${id}-type`, mark: 'changed', id: `forms.change.type.${after.type}`, values: { label } });
  if (before.required !== after.required)
    lines.push({
      key: `${id}-required`,
      mark: 'changed',
      id: after.required ? 'forms.change.required' : 'forms.change.optional',
      values: { label },
    });
  // A question that had no options before tells them by being of another kind.
  return before.type === after.type || optionsOf(before).length > 0
    ? [...lines, ...optionLines(id, before, after)]
    : lines;
}

function fieldLines(field: FieldDifference): ChangeLine[] {
  const { id, before, after, placeBefore = 0, placeAfter = 0 } = field;
  if (before === undefined && after !== undefined)
    return [
      {
        key: id,
        mark: 'added',
        id: `forms.change.added.${after.type}`,
        values: { label: after.label, place: placeAfter },
      },
    ];
  if (after === undefined && before !== undefined)
    return [
      { key: id, mark: 'removed', id: 'forms.change.removed', values: { label: before.label, place: placeBefore } },
    ];
  return changedLines(field);
}

/** The changes in the order of the form: its name, its questions, its agreements, who decides. */
export function linesOf(difference: RequestFormDifference): readonly ChangeLine[] {
  const { name, fields, agreements, policy } = difference;
  return [
    ...(name === undefined
      ? []
      : [{ key: 'name', mark: 'changed' as const, id: 'forms.change.name' as const, ...name }]),
    ...fields.flatMap(fieldLines),
    ...agreements.map(
      ({ id, name: agreement, change }): ChangeLine => ({
        key: id,
        mark: change,
        id: change === 'added' ? 'forms.change.agreementAdded' : 'forms.change.agreementRemoved',
        values: { name: agreement },
      }),
    ),
    ...(policy === undefined ? [] : [{ key: 'policy', mark: 'changed' as const, id: 'forms.change.policy' as const }]),
  ];
}

/** The line in words. */
export function useChangeText(): (line: ChangeLine) => string {
  const t = useText();
  return ({ id, values }) => t(id, values);
}
