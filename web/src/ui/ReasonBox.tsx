import { Textarea, UnstyledButton } from '@mantine/core';
import { type Ref, useId } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import { appendSentence } from './append-sentence.ts';
import styles from './ReasonBox.module.css';

type Props = {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label?: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly isRequired?: boolean;
  readonly templates?: readonly string[];
  readonly maxLength?: number;
  readonly id?: string;
  readonly ref?: Ref<HTMLTextAreaElement>;
};

/** Why: the sentence that stays in the record. Templates are added to the text, never put in its place. */
export function ReasonBox(props: Props) {
  const { value, onChange, templates = [], maxLength = 1000, isRequired = true } = props;
  const t = useText();
  const listId = useId();
  const insert = (template: string) => onChange(appendSentence(value, template));
  return (
    <div>
      <Textarea
        ref={props.ref ?? null}
        id={props.id ?? listId}
        label={props.label ?? t('ui.reason.label')}
        description={props.hint ?? t('ui.reason.hint')}
        error={props.error}
        required={isRequired}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={maxLength}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <p className={styles.count}>{t('ui.reason.count', { used: value.length, max: maxLength })}</p>
      {templates.length > 0 && (
        <div role="group" aria-label={t('ui.reason.templates')} className={styles.templates}>
          {templates.map((template) => (
            <UnstyledButton key={template} className={styles.template} onClick={() => insert(template)}>
              {template}
            </UnstyledButton>
          ))}
        </div>
      )}
    </div>
  );
}
