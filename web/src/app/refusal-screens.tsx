import { useLocation } from '@tanstack/react-router';
import { EmptyState } from '../ui/EmptyState.tsx';
import { LinkTo } from '../ui/LinkTo.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { Identifier } from '../ui/Identifier.tsx';
import { Say, useText } from './messages/use-text.tsx';
import { Plain } from './Plain.tsx';

/** Nothing stands at this address. Inside the shell it keeps the navigation; outside it stands alone. */
export function NotFoundScreen() {
  const t = useText();
  const { pathname } = useLocation();
  return (
    <Plain>
      <PageHeader title={t('shell.notFound.title')} />
      <EmptyState
        kind="filtered"
        title={
          <Say
            id="shell.notFound.text"
            values={{ path: <Identifier value={pathname} isCopyable={false} key="path" /> }}
          />
        }
        text={t('shell.notFound.why')}
        action={
          <LinkTo to="/search" look="primary">
            {t('shell.notFound.action')}
          </LinkTo>
        }
      />
    </Plain>
  );
}

/** The address is real, the right is missing. `reason` names the permission, as the server says it. */
export function ForbiddenScreen({ reason = '' }: { reason?: string }) {
  const t = useText();
  return (
    <Plain>
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
    </Plain>
  );
}
