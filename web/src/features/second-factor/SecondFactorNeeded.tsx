import { signOut } from '@stoa/contract/auth';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { leavePage } from '../../lib/person-of-page.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import { SetUpSecondFactor } from './SetUpSecondFactor.tsx';

const FreshLogin = lazy(() => import('../../app/FreshLogin.tsx').then((part) => ({ default: part.FreshLogin })));

/** Nothing was written here yet that would go with them. */
function useLeave(onLeft: () => void) {
  const client = useQueryClient();
  const left = () => {
    leavePage();
    client.clear();
    onLeft();
  };
  // The session may have ended by itself.
  return useCommand(signOut, { onSuccess: left, onError: ({ status }) => status === 401 && left() });
}

/** Right after signing in, where the installation asks for a second factor and there is none: it is set up, or one leaves. */
export function SecondFactorNeeded({ onDone, onLeft }: { onDone: () => void; onLeft: () => void }) {
  const t = useText();
  const leave = useLeave(onLeft);
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <>
      <PageHeader title={t('secondFactor.neededTitle')} lead={t('secondFactor.needed')} />
      {leave.error !== null && <ErrorNotice problem={leave.error} isWrite />}
      {codes === undefined ? (
        <SetUpSecondFactor
          onActive={setCodes}
          beside={
            <ActionButton label={t('secondFactor.leave')} isBusy={leave.isPending} onClick={() => leave.mutate({})} />
          }
        />
      ) : (
        <RecoveryCodes codes={codes} doneLabel={t('secondFactor.keptAndOn')} onDone={onDone} />
      )}
      <Suspense fallback={null}>
        <FreshLogin />
      </Suspense>
    </>
  );
}
