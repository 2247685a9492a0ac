import { Checkbox, NativeSelect, Textarea } from '@mantine/core';
import type { AnswerValue } from '@stoa/contract/access-request';
import type { FormField } from '@stoa/contract/request-form';
import { useText } from '../../app/messages/use-text.tsx';
import { DurationPicker } from '../../ui/DurationPicker.tsx';

type Props<F extends FormField = FormField> = {
  readonly field: F;
  readonly value: AnswerValue | undefined;
  readonly error: string | undefined;
  readonly onChange: (value: AnswerValue) => void;
};

const longestAnswer = 10_000;

/** The id of a question's control, for the summary of errors to link to. */
export const questionId = (fieldId: string): string => `question-${fieldId}`;

function Period({ field, value, error, onChange }: Props) {
  const period = typeof value === 'object' && value !== null && 'amount' in value ? value : null;
  return (
    <DurationPicker
      id={questionId(field.id)}
      label={field.label}
      error={error}
      value={period === null ? null : { duration: period.amount, durationUnit: period.unit }}
      onChange={(next) => onChange(next === null ? null : { amount: next.duration, unit: next.durationUnit })}
    />
  );
}

function Boxes({ field, value, error, onChange }: Props<Extract<FormField, { type: 'DROPDOWN' | 'CHECKBOXES' }>>) {
  return (
    <Checkbox.Group
      label={field.label}
      required={field.required}
      error={error}
      value={Array.isArray(value) ? value : []}
      onChange={onChange}
    >
      {field.options.map((option, at) => (
        <Checkbox
          key={option.value}
          mt={6}
          value={option.value}
          label={option.value}
          {...(at === 0 ? { id: questionId(field.id) } : {})}
        />
      ))}
    </Checkbox.Group>
  );
}

/** One question of a request form. */
export function QuestionField(props: Props) {
  const t = useText();
  const { field, value, error, onChange } = props;
  const label = field.required ? field.label : t('ui.form.optional', { label: field.label });
  switch (field.type) {
    case 'SHORT_ANSWER':
      return (
        <Textarea
          id={questionId(field.id)}
          label={label}
          required={field.required}
          error={error}
          autosize
          minRows={3}
          maxRows={12}
          maxLength={longestAnswer}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'DROPDOWN':
      return (
        <NativeSelect
          id={questionId(field.id)}
          label={label}
          required={field.required}
          error={error}
          value={typeof value === 'string' ? value : ''}
          data={[{ value: '', label: t('asking.form.choose') }, ...field.options.map((option) => option.value)]}
          onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
        />
      );
    case 'CHECKBOXES':
      return <Boxes {...props} field={field} />;
    case 'ACCESS_DURATION':
      return <Period {...props} />;
  }
}
