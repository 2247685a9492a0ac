import {
  type IdentityProvider,
  listIdentityProviderEvents,
  testIdentityProvider,
} from '@stoa/contract/identity-provider';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from '../slack/Slack.module.css';
import lines from '../users/People.module.css';

/** Asks the provider itself; what was found and what it said stay on the page. */
export function ProviderTest({ provider: { id } }: { provider: IdentityProvider }) {
  const t = useText();
  const announce = useAnnounce();
  const test = useCommand(testIdentityProvider, {
    onSuccess: ({ isUsable }) => announce(t(isUsable ? 'sso.usable' : 'sso.unusable')),
  });
  const run = () => test.mutate({ params: { id } });
  useKeys([{ keys: 't', label: t('sso.test'), scope: 'page', run }]);
  useCommands([{ id: 'sso-test', label: t('sso.test'), group: 'page', keys: 't', run }]);
  const found = test.data;
  return (
    <Section title={t('sso.testTitle')} lead={t('sso.testLead')}>
      <div className={styles.stack}>
        <div className={styles.buttons}>
          <ActionButton tone="primary" label={t('sso.test')} isBusy={test.isPending} onClick={run} />
        </div>
        {test.error !== null && <ErrorNotice problem={test.error} onRetry={run} />}
        {found !== undefined && (
          <>
            <Banner tone={found.isUsable ? 'info' : 'danger'}>
              {t(found.isUsable ? 'sso.usable' : 'sso.unusable')}
            </Banner>
            <FactList
              label={t('sso.testTitle')}
              facts={found.checks.map(({ check, state, detail }) => ({
                label: t(`sso.check.${check}`),
                value: (
                  <>
                    <strong>{t(`sso.state.${state}`)}.</strong> {detail}
                  </>
                ),
              }))}
            />
            {found.answer !== null && (
              <StatementBlock
                title={t('sso.answer', { status: found.answer.status })}
                statements={[`${found.answer.body}${found.answer.isCut ? ' …' : ''}`]}
              />
            )}
          </>
        )}
      </div>
    </Section>
  );
}

/** Who signed in by it, and who could not. */
export function ProviderEvents({ provider: { id } }: { provider: IdentityProvider }) {
  const t = useText();
  const events = useOperation(listIdentityProviderEvents, { params: { id } });
  const list = events.data?.data ?? [];
  return (
    <Section title={t('sso.events')} lead={t('sso.eventsLead')}>
      {events.error !== null && <ErrorNotice problem={events.error} onRetry={() => void events.refetch()} />}
      {events.isPending && <SkeletonText lines={3} />}
      {events.isSuccess && list.length === 0 && <p className="text-2">{t('sso.events.none')}</p>}
      <ul className={lines.lines}>
        {list.map((event) => (
          <li key={event.id} className={lines.line}>
            <span>
              {event.globalUserId === null ? (
                event.name
              ) : (
                <LinkTo to="/admin/people/$id" params={{ id: event.globalUserId }}>
                  {event.name}
                </LinkTo>
              )}{' '}
              {event.subject !== null && <Identifier value={event.subject} maxLength={40} />}
            </span>
            <span className="text-2 small">
              {event.isRefused ? t('sso.events.refused', { reason: event.reason ?? '' }) : t('sso.events.signedIn')}{' '}
              <TimeStamp value={event.at} style="relative" />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
