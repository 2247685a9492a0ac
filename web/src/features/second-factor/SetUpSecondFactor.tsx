import { getCurrentUser } from '@stoa/contract/auth';
import { activateSecondFactor, beginSecondFactor, getSecondFactor } from '@stoa/contract/second-factor';
import { lazy, type ReactNode, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { CodeForm } from './CodeForm.tsx';
import styles from '../account/account.module.css';

const QrCode = lazy(() => import('./QrCode.tsx').then((part) => ({ default: part.QrCode })));

/** In groups of four, as it is typed from one screen into another. */
const inFours = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

type Props = {
  readonly onActive: (recoveryCodes: readonly string[]) => void;
  /** A way out that leaves everything as it is. */
  readonly beside?: ReactNode;
};

/** Makes a secret, shows it for the app, and turns it on with the first code. */
export function SetUpSecondFactor({ onActive, beside }: Props) {
  const t = useText();
  const begin = useCommand(beginSecondFactor);
  const activate = useCommand(activateSecondFactor, {
    onSuccess: ({ recoveryCodes }) => onActive(recoveryCodes),
    invalidates: [getSecondFactor, getCurrentUser],
  });
  if (begin.data === undefined)
    return (
      <div className={styles.form}>
        {begin.error !== null && <ErrorNotice problem={begin.error} isWrite />}
        <div className={styles.act}>
          <ActionButton
            tone="primary"
            label={t('secondFactor.setUp')}
            isBusy={begin.isPending}
            onClick={() => begin.mutate({})}
          />
          {beside}
        </div>
      </div>
    );
  const { secret, uri } = begin.data;
  return (
    <div className={styles.form}>
      <p>{t('secondFactor.scan')}</p>
      <Suspense fallback={<SkeletonText lines={4} />}>
        <QrCode text={uri} />
      </Suspense>
      <p>
        {t('secondFactor.type')} <Identifier value={inFours(secret)} maxLength={60} />
      </p>
      <CodeForm
        isOfAppAlone
        label={t('secondFactor.activate')}
        isBusy={activate.isPending}
        problem={activate.error}
        onSubmit={(code) => activate.mutate({ body: { code } })}
        beside={beside}
      />
    </div>
  );
}
