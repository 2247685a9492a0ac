import { listSignInProviders, startProviderSignIn } from '@stoa/contract/provider-sign-in';
import { useEffect } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import styles from './AuthFrame.module.css';

/** A button for each provider, above the local form. Without any, nothing. */
export function ProviderButtons({ returnTo }: { returnTo: string | undefined }) {
  const t = useText();
  const providers = useOperation(listSignInProviders, {});
  const start = useCommand(startProviderSignIn, { onSuccess: ({ url }) => window.location.assign(url) });
  const { reset } = start;
  useEffect(() => {
    // Who comes back from the provider by the browser's own button finds the page as it was left, and has to get on.
    const comeBack = ({ persisted }: PageTransitionEvent) => {
      if (persisted) reset();
    };
    window.addEventListener('pageshow', comeBack);
    return () => window.removeEventListener('pageshow', comeBack);
  }, [reset]);
  const list = providers.data?.data ?? [];
  if (list.length === 0) return null;
  return (
    <div className={styles.form}>
      {start.error !== null && <ErrorNotice problem={start.error} isWrite />}
      {list.map(({ id, name }) => (
        <ActionButton
          key={id}
          tone={list.length === 1 ? 'primary' : 'default'}
          label={t('byProvider.continue', { name })}
          isFullWidth
          isBusy={(start.isPending || start.isSuccess) && start.variables?.params.id === id}
          onClick={() => start.mutate({ params: { id }, body: returnTo === undefined ? {} : { returnTo } })}
        />
      ))}
      <p className={styles.note}>{t('byProvider.or')}</p>
    </div>
  );
}
