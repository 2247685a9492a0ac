import { lazy, Suspense } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { SessionList } from './SessionList.tsx';

const OwnSecondFactor = lazy(() =>
  import('../second-factor/OwnSecondFactor.tsx').then((part) => ({ default: part.OwnSecondFactor })),
);

/** One's own password and second factor, where the password is kept here, and one's own sessions. */
export function AccountPage() {
  const t = useText();
  const user = useCurrentUser();
  return (
    <>
      <PageHeader title={t('account.title')} lead={t('account.lead')} />
      {user !== undefined && (
        <Section title={t('account.password')}>
          {user.hasPassword === true ? <PasswordForm username={user.username} /> : <p>{t('account.elsewhere')}</p>}
        </Section>
      )}
      {user?.hasPassword === true && (
        <Suspense fallback={<SkeletonText lines={3} />}>
          <OwnSecondFactor />
        </Suspense>
      )}
      <SessionList />
    </>
  );
}
