import { getEmailConfiguration } from '@stoa/contract/email';
import { getTeamsConfiguration, getTenantProviderConfigs } from '@stoa/contract/notification-channel';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { ChannelSwitches } from './ChannelSwitches.tsx';
import { EmailSettings } from './EmailSettings.tsx';
import { TeamsSettings } from './TeamsSettings.tsx';

/** Each channel with its settings and a test. */
export function Channels() {
  const t = useText();
  const tenant = useOperation(getTenantProviderConfigs, {});
  const email = useOperation(getEmailConfiguration, {});
  const teams = useOperation(getTeamsConfiguration, {});
  const problem = tenant.error ?? email.error ?? teams.error;
  const retry = () => void Promise.all([tenant.refetch(), email.refetch(), teams.refetch()]);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={retry} />;
  if (tenant.data === undefined || email.data === undefined || teams.data === undefined)
    return <SkeletonText lines={8} />;
  return (
    <div className="form-column">
      <Section title={t('messages.forAll')} lead={t('messages.forAllLead')}>
        <ChannelSwitches tenant={tenant.data} />
      </Section>
      <Section title={t('messages.email')} lead={t('messages.email.lead')}>
        <EmailSettings key={JSON.stringify(email.data)} kept={email.data} />
      </Section>
      <Section title={t('messages.slack')} lead={t('messages.slack.lead')}>
        <LinkTo look="button" to="/admin/settings/slack">
          {t('messages.slack.open')}
        </LinkTo>
      </Section>
      <Section title={t('messages.teams')} lead={t('messages.teams.lead')}>
        <TeamsSettings kept={teams.data} />
      </Section>
    </div>
  );
}
