import type { PersonName as Person } from '@stoa/contract/person';
import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import styles from './reports.module.css';

/** Who it is, led to what they have, and by which login; null: a login that is nobody's here. */
export function ReportPerson({ user, account }: { user: Person | null; account: string | null }) {
  const t = useText();
  return (
    <>
      {user === null ? (
        t('reports.nobodyHere')
      ) : (
        <LinkTo look="row" to="/reports" search={{ tab: 'what-has', of: user.globalUserId }}>
          <PersonName name={user.name} username={user.username} withUsername />
        </LinkTo>
      )}
      <span className={styles.under}>
        {account === null ? t('reports.noAccount') : t('reports.account', { account })}
      </span>
    </>
  );
}
