import { PasswordInput, TextInput } from '@mantine/core';
import { changePassword } from '@stoa/contract/change-password';
import { longestPassword, shortestPassword } from '@stoa/contract/text';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import styles from './account.module.css';

const empty = { currentPassword: '', newPassword: '' };
type Field = keyof typeof empty;
type Faults = Readonly<Partial<Record<Field, string>>>;

/** What can be told before it is sent; the server has the last word. */
function useFaults(values: typeof empty): Faults {
  const t = useText();
  const { currentPassword, newPassword } = values;
  const faults: Partial<Record<Field, string>> = {};
  if (currentPassword === '') faults.currentPassword = t('account.currentMissing');
  if (newPassword.length < shortestPassword) faults.newPassword = t('account.newShort');
  else if (newPassword === currentPassword) faults.newPassword = t('account.newSame');
  return faults;
}

/** What the server found at a field, in its words. */
const atField = (problem: ApiProblem | null, field: Field): string | undefined =>
  problem?.fields.find(({ path }) => path === `body.${field}`)?.message;

function useChange(onDone: () => void, onRefused: (problem: ApiProblem) => void) {
  const t = useText();
  const announce = useAnnounce();
  const client = useQueryClient();
  return useCommand(changePassword, {
    onSuccess: () => {
      announce(t('account.changed'));
      // What was under way with the former cookie found it dead, and the other sessions are gone.
      void client.invalidateQueries();
      onDone();
    },
    onError: onRefused,
  });
}

/** The present password and the next one; each fault stands at its field. */
export function PasswordForm({ username }: { readonly username: string }) {
  const t = useText();
  const [values, setValues] = useState(empty);
  const [isTried, setIsTried] = useState(false);
  const current = useRef<HTMLInputElement>(null);
  const next = useRef<HTMLInputElement>(null);
  const focusFirst = (isAt: (field: Field) => boolean) =>
    isAt('currentPassword') ? current.current?.focus() : isAt('newPassword') ? next.current?.focus() : undefined;
  const command = useChange(
    () => {
      setValues(empty);
      setIsTried(false);
    },
    (problem) => focusFirst((field) => atField(problem, field) !== undefined),
  );
  const faults = useFaults(values);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (Object.keys(faults).length === 0) command.mutate({ body: values });
    else focusFirst((field) => faults[field] !== undefined);
  };
  const bind = (field: Field) => ({
    value: values[field],
    error: (isTried ? faults[field] : undefined) ?? atField(command.error, field),
    visibilityToggleButtonProps: { 'aria-label': t('account.show') },
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setValues((now) => ({ ...now, [field]: value }));
      command.reset();
    },
  });
  const isElsewhere = command.error !== null && command.error.fields.length === 0;
  return (
    <form noValidate className={styles.form} onSubmit={submit}>
      {command.isSuccess && <Banner>{t('account.changed')}</Banner>}
      {isElsewhere && <ErrorNotice problem={command.error} isWrite />}
      <TextInput label={t('signIn.username')} autoComplete="username" value={username} readOnly />
      <PasswordInput
        {...bind('currentPassword')}
        ref={current}
        required
        label={t('account.current')}
        autoComplete="current-password"
      />
      <PasswordInput
        {...bind('newPassword')}
        ref={next}
        required
        label={t('account.new')}
        description={t('account.rule')}
        autoComplete="new-password"
        maxLength={longestPassword}
      />
      <div className={styles.act}>
        <ActionButton
          type="submit"
          tone="primary"
          label={t('account.change')}
          isBusy={command.isPending}
          onClick={() => undefined}
        />
        <p className="text-2 small">{t('account.changeNote')}</p>
      </div>
    </form>
  );
}
