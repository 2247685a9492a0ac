import type { AccessRequest } from '@stoa/contract/access-request';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { Banner } from '../../ui/Banner.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { changeAt } from './asked-target.tsx';
import { RerouteButton } from './RerouteButton.tsx';
import styles from './reroute.module.css';

/** Opens a new one in its place with the same answers, under what holds now. */
function AskAnew({ request }: { request: AccessRequest }) {
  const t = useText();
  const form = changeAt(request);
  if (form === undefined || !abilityOn(request.abilities, 'replace').allowed) return null;
  return (
    <LinkTo look="button" {...form}>
      {t('requests.older.anew')}
    </LinkTo>
  );
}

/** What stands in the way of a pending request: nobody left to decide it, or a form that has changed since. */
export function PendingNotices({ request }: { request: AccessRequest }) {
  const t = useText();
  const intl = useIntl();
  if (request.status !== 'PENDING') return null;
  const changed = (request.changedSince ?? []).map((one) => t(`requests.older.${one}`));
  return (
    <div className={styles.notices}>
      {request.reviewable === false && (
        <Banner tone="warning" action={<RerouteButton request={request} tone="primary" />}>
          {t('requests.reroute.stuck')}
        </Banner>
      )}
      {request.asset?.registered === false && <Banner>{t('requests.unregistered')}</Banner>}
      {changed.length > 0 && (
        <Banner action={<AskAnew request={request} />}>
          {t('requests.older.banner', {
            what: intl.formatList(changed, { type: 'conjunction' }),
            count: changed.length,
          })}
        </Banner>
      )}
    </div>
  );
}
