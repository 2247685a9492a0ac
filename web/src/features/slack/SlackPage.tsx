import { getSlackApp, getSlackConfiguration, type SlackApp, startSlackInstall } from '@stoa/contract/slack';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { PlainLink } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import styles from './Slack.module.css';
import { SlackSecrets } from './SlackSecrets.tsx';
import { SlackStatus } from './SlackStatus.tsx';

const outcomes = ['connected', 'denied', 'stale', 'forbidden', 'failed'] as const;

/** How the way to Slack and back came out. */
function Outcome() {
  const t = useText();
  const list = useListState();
  const outcome = outcomes.find((one) => one === list.text('outcome'));
  if (outcome === undefined) return null;
  const tone = outcome === 'connected' ? 'info' : outcome === 'denied' ? 'warning' : 'danger';
  return <Banner tone={tone}>{t(`slack.outcome.${outcome}`, { error: list.text('error') ?? '' })}</Banner>;
}

function MakeApp({ app }: { app: SlackApp }) {
  const t = useText();
  return (
    <Section title={t('slack.step1')} lead={t('slack.step1Lead')}>
      <div className={styles.stack}>
        {!app.redirectUrl.startsWith('https:') && <Banner tone="warning">{t('slack.notTls')}</Banner>}
        <p>
          <PlainLink look="button" href={app.appsUrl} target="_blank" rel="noreferrer">
            {t('slack.openSlack')}
          </PlainLink>
        </p>
        <StatementBlock isOpenAtFirst={!app.hasSecrets} title={t('slack.manifest')} statements={[app.manifest]} />
      </div>
    </Section>
  );
}

function AddToSlack({ app }: { app: SlackApp }) {
  const t = useText();
  const start = useCommand(startSlackInstall, { onSuccess: ({ url }) => window.location.assign(url) });
  const isConnected = app.installedAt !== null;
  return (
    <Section title={t('slack.step3')} lead={t('slack.step3Lead')}>
      <div className={styles.stack}>
        {start.error !== null && <ErrorNotice problem={start.error} isWrite />}
        <div className={styles.buttons}>
          <ActionButton
            label={t(isConnected ? 'slack.addAgain' : 'slack.add')}
            tone={app.hasSecrets && !isConnected ? 'primary' : 'default'}
            ability={app.hasSecrets ? { allowed: true } : { allowed: false, reason: t('slack.addFirst') }}
            isBusy={start.isPending || start.isSuccess}
            onClick={() => start.mutate({})}
          />
        </div>
      </div>
    </Section>
  );
}

function Settings() {
  const app = useOperation(getSlackApp, {});
  const found = useOperation(getSlackConfiguration, {});
  const problem = app.error ?? found.error;
  if (problem !== null)
    return (
      <ErrorNotice
        problem={problem}
        onRetry={() => {
          void app.refetch();
          void found.refetch();
        }}
      />
    );
  if (app.data === undefined || found.data === undefined) return <SkeletonText lines={8} />;
  return (
    <>
      <SlackStatus app={app.data} found={found.data} />
      <MakeApp app={app.data} />
      <SlackSecrets key={app.data.clientId} app={app.data} />
      <AddToSlack app={app.data} />
    </>
  );
}

/** Connecting Slack: what is connected, and the three steps that lead there. */
export function SlackPage() {
  const t = useText();
  const may = useMay();
  return (
    <>
      <PageHeader title={t('slack.title')} section={t('slack.section')} lead={t('slack.lead')} />
      <Outcome />
      {may('slack.manage') ? <Settings /> : <Banner>{t('slack.denied')}</Banner>}
    </>
  );
}
