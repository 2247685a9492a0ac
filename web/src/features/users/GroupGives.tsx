import { type GroupPermissions, readGroupPermissions } from '@stoa/contract/group-permission';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './People.module.css';
import { PolicyNames } from './PolicyNames.tsx';

/** What policies make of being in the group, and what stands open on the platforms behind them. */
function Policies({ gives }: { gives: GroupPermissions }) {
  const t = useText();
  return (
    <Section title={t('holding.gives.policies')} lead={t('holding.gives.policiesLead')}>
      {gives.policies.length === 0 ? (
        <p className="text-2">{t('holding.gives.noPolicy')}</p>
      ) : (
        <PolicyNames policies={gives.policies} className={styles.lines} />
      )}
      <ul className={styles.lines}>
        {gives.access.map((one) => (
          <li key={one.connectionKey} className={styles.line}>
            <LinkTo to="/admin/connections/$key" params={{ key: one.connectionKey }}>
              {one.connectionKey}
            </LinkTo>
            <span>{t('holding.gives.access', { sources: one.sourceCount, members: one.memberCount })}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Rights({ gives }: { gives: GroupPermissions }) {
  const t = useText();
  return (
    <Section title={t('holding.gives.rights')} lead={t('holding.gives.rightsLead')}>
      {gives.domainPermissions.length + gives.reviews.length === 0 && (
        <p className="text-2">{t('holding.gives.noRights')}</p>
      )}
      <ul className={styles.lines}>
        {gives.domainPermissions.map((one) => (
          <li key={`${one.domainId} ${one.permission}`} className={styles.line}>
            <span>
              <b>{one.permission}</b> {t('holding.gives.in')}{' '}
              <LinkTo to="/govern/domains/$id" params={{ id: one.domainId }} search={{ tab: 'permissions' }}>
                {one.domainName}
              </LinkTo>
            </span>
            <span className="text-2 small">
              {t('people.grantedBy', { name: one.grantedBy ?? t('people.stoa') })}{' '}
              <TimeStamp value={one.grantedAt} style="relative" />
            </span>
          </li>
        ))}
        {gives.reviews.map((one) => (
          <li key={one.id} className={styles.line}>
            <span>{t(`holding.gives.review.${one.type}`, { name: one.name })}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What being in a group brings: permissions in domains, reviews, and what policies open by it. */
export function GroupGives({ id }: { id: number }) {
  const t = useText();
  const gives = useOperation(readGroupPermissions, { params: { id } });
  if (gives.data === undefined) {
    if (gives.error === null) return <SkeletonText lines={4} />;
    return (
      <Section title={t('holding.gives.rights')}>
        <ErrorNotice problem={gives.error} onRetry={() => void gives.refetch()} />
      </Section>
    );
  }
  return (
    <>
      <Rights gives={gives.data} />
      <Policies gives={gives.data} />
    </>
  );
}
