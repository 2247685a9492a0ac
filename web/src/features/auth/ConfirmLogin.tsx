import { startProviderConfirmation, startProviderSignIn } from '@stoa/contract/provider-sign-in';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { call } from '../../lib/api.ts';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { tellConfirmed } from '../../lib/confirmed-elsewhere.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SignInFailure } from './SignInFailure.tsx';

const done = '/confirm-login?done=true';

/** Where the other tab asked to confirm; a session that has ended is signed in anew at the same provider. */
const start = (provider: string | undefined): Promise<{ url: string }> =>
  provider === undefined
    ? call(startProviderConfirmation, { body: { returnTo: done } })
    : call(startProviderSignIn, { params: { id: provider }, body: { returnTo: done } });

function OnTheWay({ provider }: { provider: string | undefined }) {
  const t = useText();
  const [problem, setProblem] = useState<ApiProblem>();
  const isBegun = useRef(false);
  const go = () => {
    setProblem(undefined);
    start(provider).then(
      ({ url }) => window.location.replace(url),
      // `call` throws nothing else.
      (cause: unknown) => setProblem(cause as ApiProblem),
    );
  };
  useEffect(() => {
    if (isBegun.current) return;
    isBegun.current = true;
    go();
  });
  return (
    <>
      <PageHeader title={t('byProvider.confirmTitle')} />
      {problem === undefined ? (
        <p role="status">{t('byProvider.confirming')}</p>
      ) : (
        <ErrorNotice problem={problem} isWrite onRetry={go} />
      )}
    </>
  );
}

function Done() {
  const t = useText();
  useEffect(tellConfirmed, []);
  return <PageHeader title={t('byProvider.confirmed')} lead={t('byProvider.confirmedText')} />;
}

type Search = Readonly<Partial<Record<'done' | 'failure' | 'providerCode' | 'provider', string | string[]>>>;
const oneOf = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** There, back again, and what came of it. */
export function ConfirmLogin() {
  const t = useText();
  const search: Search = useSearch({ from: '/confirm-login' });
  const failure = oneOf(search.failure);
  if (search.done === 'true') return <Done />;
  if (failure === undefined) return <OnTheWay provider={oneOf(search.provider)} />;
  return (
    <>
      <PageHeader title={t('byProvider.notConfirmed')} />
      <SignInFailure failure={failure} providerCode={oneOf(search.providerCode)} />
      <p style={{ marginBlockStart: 16 }}>
        <ActionButton
          tone="primary"
          label={t('byProvider.again')}
          onClick={() => window.location.assign('/confirm-login')}
        />
      </p>
    </>
  );
}
