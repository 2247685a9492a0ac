import { NativeSelect, Switch, Textarea } from '@mantine/core';
import type { FormField } from '@stoa/contract/request-form';
import { type KeyboardEvent, useId } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { type FieldType, fieldTypes, type Lack, withType } from './form-draft.ts';
import { OptionsEditor } from './OptionsEditor.tsx';
import styles from './forms.module.css';

export const labelId = (fieldId: string): string => `question-label-${fieldId}`;

type Props = {
  readonly field: FormField;
  readonly place: number;
  readonly lacks: readonly Lack[];
  readonly isReadOnly: boolean;
  /** The form asks for a period already: no other question becomes one. */
  readonly hasDuration: boolean;
  readonly onChange: (field: FormField) => void;
  /** Escape leads back to the question in the form. */
  readonly onLeave: () => void;
};

function Kind({ field, hasDuration, isReadOnly, onChange }: Props) {
  const t = useText();
  const offered = fieldTypes.filter((type) => type !== 'ACCESS_DURATION' || field.type === type || !hasDuration);
  return (
    <NativeSelect
      label={t('forms.kind')}
      disabled={isReadOnly}
      data={offered.map((type) => ({ value: type, label: t(`forms.type.${type}`) }))}
      value={field.type}
      onChange={(event) => {
        const type: FieldType | undefined = offered.find((one) => one === event.currentTarget.value);
        if (type !== undefined) onChange(withType(field, type));
      }}
    />
  );
}

/** What can be said about the chosen question. */
export function QuestionProperties(props: Props) {
  const t = useText();
  const heading = useId();
  const { field, place, lacks, isReadOnly, onChange, onLeave } = props;
  const lack = (text: Lack['text']) => (lacks.some((one) => one.text === text) ? t(text) : undefined);
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onLeave();
  };
  return (
    <section className={styles.properties} aria-labelledby={heading} onKeyDown={leave}>
      <h2 id={heading} className={styles.boxTitle}>
        {t('forms.properties', { n: place })}
      </h2>
      {field.type === 'ACCESS_DURATION' ? (
        <p className="text-2 small">{t('forms.durationFixed')}</p>
      ) : (
        <Textarea
          id={labelId(field.id)}
          required
          label={t('forms.label')}
          value={field.label}
          maxLength={1_000}
          autosize
          minRows={2}
          maxRows={8}
          readOnly={isReadOnly}
          error={lack('forms.lack.label')}
          onChange={(event) => onChange({ ...field, label: event.currentTarget.value })}
        />
      )}
      <Kind {...props} />
      {field.type !== 'ACCESS_DURATION' && (
        <Switch
          label={t('forms.required')}
          description={t(field.required ? 'forms.requiredOn' : 'forms.requiredOff')}
          checked={field.required}
          disabled={isReadOnly}
          onChange={(event) => onChange({ ...field, required: event.currentTarget.checked })}
        />
      )}
      {(field.type === 'DROPDOWN' || field.type === 'CHECKBOXES') && (
        <OptionsEditor
          key={field.id}
          options={field.options}
          lacks={lacks}
          isReadOnly={isReadOnly}
          onChange={(options) => onChange({ ...field, options: [...options] })}
        />
      )}
    </section>
  );
}
