import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { SessionList } from './SessionList.tsx';

/** One's own password, where it is kept here, and one's own sessions. */
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
      <SessionList />
    </>
  );
}
