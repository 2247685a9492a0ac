import { Checkbox } from '@mantine/core';
import {
  type ChannelPreference,
  getNotificationHours,
  getUserPreferences,
  type NotificationHours,
  updateUserPreferences,
  updateUserProviderConfigs,
} from '@stoa/contract/notification';
import { notificationTypes, type Provider, providers } from '@stoa/contract/notification-type';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import styles from './inbox.module.css';
import { useTypeText } from './use-type-text.ts';

/** The names of all time zones come after the page. */
const HoursForm = lazy(() => import('./HoursForm.tsx').then((part) => ({ default: part.HoursForm })));

type Change = {
  readonly onChannel: (provider: string, enabled: boolean) => void;
  readonly onType: (provider: string, notificationType: string, enabled: boolean) => void;
};

function useProviderText(): (provider: string) => string {
  const t = useText();
  return (provider) => {
    const known: Provider | undefined = wordOf(providers, provider);
    return known === undefined ? provider : t(`inbox.provider.${known}`);
  };
}

function Channels({
  channels,
  hours,
  onChannel,
}: { channels: readonly ChannelPreference[]; hours: NotificationHours | undefined } & Pick<Change, 'onChannel'>) {
  const t = useText();
  const name = useProviderText();
  const hint = ({ provider, metadata }: ChannelPreference): string => {
    if (provider === 'INBOX') return t('inbox.preferences.inbox');
    if (metadata?.authVerified === false) return t('inbox.preferences.notConnected');
    if (provider !== 'EMAIL') return '';
    const email = hours?.email;
    return email === null || email === undefined
      ? t('inbox.preferences.noEmail')
      : t('inbox.preferences.email', { email });
  };
  return (
    <div className={styles.stack}>
      {channels.map((channel) => (
        <Checkbox
          key={channel.provider}
          label={name(channel.provider)}
          description={hint(channel)}
          checked={channel.enabled}
          disabled={channel.provider === 'INBOX'}
          onChange={(event) => onChannel(channel.provider, event.currentTarget.checked)}
        />
      ))}
    </div>
  );
}

function Kinds({ channels, onType }: { channels: readonly ChannelPreference[] } & Pick<Change, 'onType'>) {
  const t = useText();
  const name = useProviderText();
  const typeText = useTypeText();
  const outside = channels.filter(({ provider }) => provider !== 'INBOX');
  return (
    <table className={styles.kinds}>
      <thead>
        <tr>
          <th scope="col">{t('inbox.preferences.kind')}</th>
          {outside.map(({ provider }) => (
            <th key={provider} scope="col">
              {name(provider)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {notificationTypes.map((type) => (
          <tr key={type}>
            <th scope="row">{typeText(type)}</th>
            {outside.map(({ provider, enabled, typePreferences }) => (
              <td key={provider}>
                <Checkbox
                  size="sm"
                  aria-label={t('inbox.preferences.kindOn', { kind: typeText(type), channel: name(provider) })}
                  checked={enabled && typePreferences.some((one) => one.notificationType === type && one.enabled)}
                  disabled={!enabled}
                  onChange={(event) => onType(provider, type, event.currentTarget.checked)}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What reaches the reader outside the inbox, and when. */
export function PreferencesPage() {
  const t = useText();
  const announce = useAnnounce();
  const preferences = useOperation(getUserPreferences, {});
  const hours = useOperation(getNotificationHours, {});
  const saved = { invalidates: [getUserPreferences], onSuccess: () => announce(t('inbox.preferences.saved')) };
  const channel = useCommand(updateUserProviderConfigs, saved);
  const type = useCommand(updateUserPreferences, saved);
  const problem = channel.error ?? type.error;
  const failed = preferences.error ?? hours.error;
  return (
    <>
      <PageHeader
        title={t('inbox.preferences.title')}
        lead={t('inbox.preferences.lead')}
        secondary={
          <LinkTo look="button" to="/inbox">
            {t('inbox.preferences.toInbox')}
          </LinkTo>
        }
      />
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      {failed !== null && (
        <ErrorNotice problem={failed} onRetry={() => void Promise.all([preferences.refetch(), hours.refetch()])} />
      )}
      {preferences.isPending && <SkeletonText lines={8} />}
      {preferences.data !== undefined && (
        <div className="form-column">
          <Section title={t('inbox.preferences.channels')}>
            <Channels
              channels={preferences.data}
              hours={hours.data}
              onChannel={(provider, enabled) => channel.mutate({ body: { configs: [{ provider, enabled }] } })}
            />
          </Section>
          {hours.data !== undefined && (
            <Section title={t('inbox.preferences.hours')} lead={t('inbox.preferences.hoursLead')}>
              <Suspense fallback={<SkeletonText lines={3} />}>
                <HoursForm hours={hours.data} />
              </Suspense>
            </Section>
          )}
          <Section title={t('inbox.preferences.kinds')}>
            <Kinds
              channels={preferences.data}
              onType={(provider, notificationType, enabled) =>
                type.mutate({ body: { preferences: [{ provider, typePreferences: [{ notificationType, enabled }] }] } })
              }
            />
          </Section>
        </div>
      )}
    </>
  );
}
