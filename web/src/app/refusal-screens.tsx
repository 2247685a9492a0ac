import { useLocation } from '@tanstack/react-router';
import { EmptyState } from '../ui/EmptyState.tsx';
import { LinkTo } from '../ui/LinkTo.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { Identifier } from '../ui/Identifier.tsx';
import { Say, useText } from './messages/use-text.tsx';
import styles from './Plain.module.css';

/** Nothing stands at this address. Inside the shell it keeps the navigation; outside it stands alone. */
export function NotFoundScreen() {
  const t = useText();
  const { pathname } = useLocation();
  return (
    <main className={styles.page}>
      <PageHeader title={t('shell.notFound.title')} />
      <EmptyState
        kind="filtered"
        title={t('shell.notFound.title')}
        text={
          <Say
            id="shell.notFound.text"
            values={{ path: <Identifier value={pathname} isCopyable={false} key="path" /> }}
          />
        }
        action={
          <LinkTo to="/search" look="primary">
            {t('shell.notFound.action')}
          </LinkTo>
        }
      />
    </main>
  );
}

/** The address is real, the right is missing. `reason` names the permission, as the server says it. */
export function ForbiddenScreen({ reason = '' }: { reason?: string }) {
  const t = useText();
  return (
    <main className={styles.page}>
      <PageHeader title={t('shell.forbidden.title')} />
      <EmptyState
        kind="denied"
        title={t('shell.forbidden.text', { reason })}
        text={t('shell.forbidden.ask')}
        action={
          <LinkTo to="/" look="primary">
            {t('shell.forbidden.action')}
          </LinkTo>
        }
      />
    </main>
  );
}
