import { Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton, type Ability } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import styles from './Domains.module.css';

export type DomainText = { readonly name: string; readonly description: string };

type Props = {
  readonly before: DomainText;
  readonly label: string;
  readonly ability?: Ability;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly note?: ReactNode;
  /** More fields, between what is written and the button. */
  readonly children?: ReactNode;
  readonly isMoreBad?: boolean;
  readonly onSubmit: (text: DomainText) => void;
};

/** Name and description of a domain, new or old. */
export function DomainForm(props: Props) {
  const { before, label, ability, isBusy, problem, note, onSubmit } = props;
  const t = useText();
  const [name, setName] = useState(before.name);
  const [description, setDescription] = useState(before.description);
  const [isTried, setIsTried] = useState(false);
  const isBad = name.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!isBad && props.isMoreBad !== true) onSubmit({ name: name.trim(), description });
  };
  return (
    <form noValidate className={`${styles.form} form-column`} onSubmit={submit}>
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      <TextInput
        data-autofocus
        required
        label={t('domains.name')}
        value={name}
        maxLength={255}
        error={isTried && isBad ? t('domains.nameBad') : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label={t('domains.description')}
        value={description}
        maxLength={10_000}
        autosize
        minRows={3}
        maxRows={12}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      {props.children}
      <div className={styles.buttons}>
        <ActionButton
          type="submit"
          tone="primary"
          label={label}
          ability={ability}
          isBusy={isBusy}
          onClick={() => undefined}
        />
        {note}
      </div>
    </form>
  );
}
