import { PasswordInput, TextInput } from '@mantine/core';
import { type CurrentUser, getCurrentUser, getSetup, signIn } from '@stoa/contract/auth';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { Navigate, useRouter, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { queryOf, useCommand, useOperation } from '../../lib/api.ts';
import { leavePage } from '../../lib/person-of-page.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { type FieldError, SummaryErrors } from '../../ui/SummaryErrors.tsx';
import { AuthFrame } from './AuthFrame.tsx';
import styles from './AuthFrame.module.css';

// Who signs in here alone waits for none of it.
const ProviderButtons = lazy(() => import('./ProviderButtons.tsx').then((part) => ({ default: part.ProviderButtons })));
const CodeStep = lazy(() => import('../second-factor/CodeStep.tsx').then((part) => ({ default: part.CodeStep })));
const SecondFactorNeeded = lazy(() =>
  import('../second-factor/SecondFactorNeeded.tsx').then((part) => ({ default: part.SecondFactorNeeded })),
);
const SignInFailure = lazy(() => import('./SignInFailure.tsx').then((part) => ({ default: part.SignInFailure })));

type Asked = { readonly onCode: () => void; readonly onNeeded: () => void };

function useSignIn({ onCode, onNeeded }: Asked) {
  const client = useQueryClient();
  const goOn = useGoOn();
  return useCommand(signIn, {
    onError: ({ code }) => code === 'auth.code_wanted' && onCode(),
    onSuccess: async () => {
      leavePage();
      client.clear();
      await client.prefetchQuery(queryOf(getCurrentUser, {}));
      if (isInNeed(client)) onNeeded();
      else goOn();
    },
  });
}

/** Whether who signed in has to set up a second factor before anything else. */
const isInNeed = (client: QueryClient): boolean =>
  client.getQueryData<CurrentUser>(queryOf(getCurrentUser, {}).queryKey)?.secondFactor === 'needed';

/** Where they were going. */
function useGoOn(): () => void {
  const router = useRouter();
  const { returnTo } = useSearch({ from: '/login' });
  return () => router.history.replace(returnTo ?? '/');
}

function SignInForm({ onNeeded }: { onNeeded: () => void }) {
  const t = useText();
  const [isCodeAsked, setIsCodeAsked] = useState(false);
  const command = useSignIn({ onCode: () => setIsCodeAsked(true), onNeeded });
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [attempt, setAttempt] = useState(0);
  const missing: FieldError[] = [];
  if (username.trim() === '') missing.push({ fieldId: 'username', message: t('signIn.usernameMissing') });
  if (password === '') missing.push({ fieldId: 'password', message: t('signIn.passwordMissing') });
  const errors = attempt > 0 ? missing : [];
  const errorOf = (id: string) => errors.find((error) => error.fieldId === id)?.message;
  const submit = () => {
    setAttempt(attempt + 1);
    if (missing.length === 0) command.mutate({ body: { username: username.trim(), password } });
  };
  if (isCodeAsked)
    return (
      <Suspense fallback={<SkeletonText lines={3} />}>
        <CodeStep
          isBusy={command.isPending}
          problem={command.error}
          onSubmit={(code) => command.mutate({ body: { username: username.trim(), password, code } })}
          onBack={() => {
            command.reset();
            setIsCodeAsked(false);
          }}
        />
      </Suspense>
    );
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
      {command.error !== null && <ErrorNotice problem={command.error} />}
      <TextInput
        id="username"
        label={t('signIn.username')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        value={username}
        error={errorOf('username')}
        onChange={(event) => setUsername(event.currentTarget.value)}
      />
      <PasswordInput
        id="password"
        label={t('signIn.password')}
        autoComplete="current-password"
        value={password}
        error={errorOf('password')}
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <ActionButton
        type="submit"
        tone="primary"
        label={t('signIn.submit')}
        isBusy={command.isPending}
        isFullWidth
        onClick={() => undefined}
      />
    </form>
  );
}

/** Sign-in by a provider or with a local account. A link that was followed signed out is kept and named. */
export function SignInPage() {
  const t = useText();
  const { returnTo, failure, providerCode } = useSearch({ from: '/login' });
  const setup = useOperation(getSetup, {});
  const client = useQueryClient();
  const [isNeeded, setIsNeeded] = useState(() => isInNeed(client));
  const goOn = useGoOn();
  if (isNeeded)
    return (
      <AuthFrame>
        <Suspense fallback={<SkeletonText lines={4} />}>
          <SecondFactorNeeded onDone={goOn} onLeft={() => setIsNeeded(false)} />
        </Suspense>
      </AuthFrame>
    );
  if (setup.data?.needed === true) return <Navigate to="/welcome" replace />;
  return (
    <AuthFrame>
      <PageHeader title={t('signIn.title')} />
      <Suspense fallback={null}>
        {failure !== undefined && <SignInFailure failure={failure} providerCode={providerCode} />}
        <ProviderButtons returnTo={returnTo} />
      </Suspense>
      <SignInForm onNeeded={() => setIsNeeded(true)} />
      <p className={styles.note}>{t('signIn.help')}</p>
      {returnTo !== undefined && (
        <p className={styles.note}>
          <Say
            id="signIn.returning"
            values={{ path: <Identifier key="path" value={returnTo} isCopyable={false} maxLength={40} /> }}
          />
        </p>
      )}
    </AuthFrame>
  );
}
