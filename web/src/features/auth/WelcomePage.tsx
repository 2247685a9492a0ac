import { PasswordInput, TextInput } from '@mantine/core';
import { getCurrentUser, getSetup, setUp } from '@stoa/contract/auth';
import { useQueryClient } from '@tanstack/react-query';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { queryOf, useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { type FieldError, SummaryErrors } from '../../ui/SummaryErrors.tsx';
import { AuthFrame } from './AuthFrame.tsx';
import styles from './AuthFrame.module.css';

const shortestPassword = 10;
const empty = { name: '', email: '', username: '', password: '' };
type Field = keyof typeof empty;
type Values = Readonly<Record<Field, string>>;

function useErrors(values: Values): FieldError[] {
  const t = useText();
  const errors: FieldError[] = [];
  const labels = { name: t('welcome.name'), email: t('welcome.email'), username: t('welcome.username') };
  for (const field of ['name', 'email', 'username'] as const) {
    if (values[field].trim() === '') {
      errors.push({ fieldId: field, message: t('welcome.missing', { label: labels[field] }) });
    } else if (field === 'email' && !/^\S+@\S+$/.test(values.email.trim())) {
      errors.push({ fieldId: 'email', message: t('welcome.emailWrong') });
    }
  }
  if (values.password.length < shortestPassword) {
    errors.push({ fieldId: 'password', message: t('welcome.passwordShort') });
  }
  return errors;
}

function useSetUp() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useCommand(setUp, {
    onSuccess: async () => {
      client.clear();
      await client.prefetchQuery(queryOf(getCurrentUser, {}));
      await navigate({ to: '/admin/first-steps' });
    },
  });
}

function FirstAdministratorForm() {
  const t = useText();
  const command = useSetUp();
  const [values, setValues] = useState<Values>(empty);
  const [attempt, setAttempt] = useState(0);
  const found = useErrors(values);
  const errors = attempt > 0 ? found : [];
  const bind = (field: Field) => ({
    id: field,
    value: values[field],
    error: errors.find((error) => error.fieldId === field)?.message,
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [field]: event.currentTarget.value }),
  });
  const submit = () => {
    setAttempt(attempt + 1);
    if (found.length > 0) return;
    const { name, email, username, password } = values;
    command.mutate({ body: { name: name.trim(), email: email.trim(), username: username.trim(), password } });
  };
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <SummaryErrors errors={errors} attempt={attempt} />
      {command.error !== null && <ErrorNotice problem={command.error} isWrite />}
      <TextInput {...bind('name')} label={t('welcome.name')} autoComplete="name" />
      <TextInput {...bind('email')} label={t('welcome.email')} type="email" autoComplete="email" />
      <TextInput {...bind('username')} label={t('welcome.username')} autoComplete="username" autoCapitalize="none" />
      <PasswordInput
        {...bind('password')}
        label={t('welcome.password')}
        description={t('welcome.passwordHint')}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
      />
      <ActionButton
        type="submit"
        tone="primary"
        label={t('welcome.submit')}
        isBusy={command.isPending}
        isFullWidth
        onClick={() => undefined}
      />
    </form>
  );
}

/** First run: the installation has nobody yet. */
export function WelcomePage() {
  const t = useText();
  const setup = useOperation(getSetup, {});
  if (setup.data?.needed === false) return <Navigate to="/admin/first-steps" replace />;
  return (
    <AuthFrame>
      <PageHeader title={t('welcome.title')} lead={t('welcome.lead')} />
      <FirstAdministratorForm />
    </AuthFrame>
  );
}
