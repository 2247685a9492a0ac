import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type Sensitivity, sensitivity as sensitivities } from '@stoa/contract/tag';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import styles from './tags.module.css';

export type TagDraft = {
  readonly name: string;
  readonly description: string;
  readonly sensitivity: Sensitivity | null;
};

type Props = {
  readonly before: TagDraft;
  /** The name of a tag that exists stays. */
  readonly isNameFixed?: boolean;
  readonly label: string;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly onSubmit: (draft: TagDraft) => void;
};

const levelOf = (value: string): Sensitivity | null => sensitivities.options.find((one) => one === value) ?? null;

/** Name, description and sensitivity of a tag. */
export function TagForm({ before, isNameFixed = false, label, isBusy, problem, onSubmit }: Props) {
  const t = useText();
  const [draft, setDraft] = useState(before);
  const [isTried, setIsTried] = useState(false);
  const isBad = draft.name.trim() === '' || draft.name.trim().endsWith('.');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!isBad) onSubmit({ ...draft, name: draft.name.trim() });
  };
  return (
    <form noValidate className={`${styles.form} form-column`} onSubmit={submit}>
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      {!isNameFixed && (
        <TextInput
          data-autofocus
          required
          label={t('tags.name')}
          description={t('tags.nameHint')}
          value={draft.name}
          maxLength={255}
          error={isTried && isBad ? t('tags.nameBad') : undefined}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
        />
      )}
      <Textarea
        label={t('tags.description')}
        value={draft.description}
        maxLength={10_000}
        autosize
        minRows={3}
        maxRows={12}
        onChange={(event) => setDraft({ ...draft, description: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('tags.column.sensitivity')}
        description={t('tags.sensitivityHint')}
        value={draft.sensitivity ?? ''}
        data={[
          { value: '', label: t('tags.sensitivity.none') },
          ...sensitivities.options.map((value) => ({ value, label: t(`tags.sensitivity.${value}`) })),
        ]}
        onChange={(event) => setDraft({ ...draft, sensitivity: levelOf(event.currentTarget.value) })}
      />
      <div className={styles.buttons}>
        <ActionButton type="submit" tone="primary" label={label} isBusy={isBusy} onClick={() => undefined} />
      </div>
    </form>
  );
}
