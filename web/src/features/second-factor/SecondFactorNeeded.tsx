import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useSignOut } from '../../app/sign-out.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import { SetUpSecondFactor } from './SetUpSecondFactor.tsx';

const FreshLogin = lazy(() => import('../../app/FreshLogin.tsx').then((part) => ({ default: part.FreshLogin })));

/** Right after signing in, where the installation asks for a second factor and there is none: it is set up, or one leaves. */
export function SecondFactorNeeded({ onDone }: { onDone: () => void }) {
  const t = useText();
  const leave = useSignOut();
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <>
      <PageHeader title={t('secondFactor.neededTitle')} lead={t('secondFactor.needed')} />
      {leave.problem !== null && <ErrorNotice problem={leave.problem} isWrite />}
      {codes === undefined ? (
        <SetUpSecondFactor
          onActive={setCodes}
          beside={<ActionButton label={t('secondFactor.leave')} isBusy={leave.isBusy} onClick={leave.signOut} />}
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
