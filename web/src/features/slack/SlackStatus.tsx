import {
  deleteSlackConfiguration,
  getSlackApp,
  getSlackConfiguration,
  type SlackApp,
  type SlackConfiguration,
  testSlackConnection,
} from '@stoa/contract/slack';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './Slack.module.css';

type Props = { readonly app: SlackApp; readonly found: SlackConfiguration };

/** Asks Slack itself; its answer stays on the page. */
function TestSlack() {
  const t = useText();
  const announce = useAnnounce();
  const test = useCommand(testSlackConnection, {
    onSuccess: ({ isValid }) => {
      if (isValid) announce(t('slack.testValid'));
    },
  });
  const run = () => test.mutate({});
  useKeys([{ keys: 't', label: t('slack.test'), scope: 'page', run }]);
  useCommands([{ id: 'slack-test', label: t('slack.test'), group: 'page', keys: 't', run }]);
  return (
    <>
      <div className={styles.buttons}>
        <ActionButton tone="primary" label={t('slack.test')} isBusy={test.isPending} onClick={run} />
        <span className="text-2" role="status">
          {test.isPending ? t('slack.testing') : test.data?.isValid === true ? t('slack.testValid') : ''}
        </span>
      </div>
      {test.error !== null && <ErrorNotice problem={test.error} onRetry={run} />}
      {test.data?.isValid === false && (
        <Banner tone="danger">{t('slack.testInvalid', { error: test.data.errorMessage ?? '' })}</Banner>
      )}
    </>
  );
}

function RemoveSlack() {
  const t = useText();
  const announce = useAnnounce();
  const [isAsked, setIsAsked] = useState(false);
  const remove = useCommand(deleteSlackConfiguration, {
    invalidates: [getSlackApp, getSlackConfiguration],
    onSuccess: () => {
      setIsAsked(false);
      announce(t('slack.removed'));
    },
  });
  return (
    <>
      <ActionButton label={t('slack.disconnect')} onClick={() => setIsAsked(true)} />
      <ConfirmDialog
        isOpen={isAsked}
        title={t('slack.disconnectTitle')}
        confirmLabel={t('slack.disconnect')}
        isBusy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({})}
        onClose={() => setIsAsked(false)}
      >
        <p>{t('slack.disconnectText')}</p>
      </ConfirmDialog>
    </>
  );
}

/** Where Slack is connected, whether it answers, and what it last refused. */
export function SlackStatus({ app, found: { isConfigured, configuration } }: Props) {
  const t = useText();
  if (!app.hasSecrets && !isConfigured)
    return (
      <Section title={t('slack.status')}>
        <EmptyState title={t('slack.notSetUp')} text={t('slack.notSetUpHint')} />
      </Section>
    );
  const { teamName, enterpriseName } = configuration;
  const facts = [
    ...(teamName === undefined ? [] : [{ label: t('slack.workspace'), value: teamName }]),
    ...(enterpriseName === undefined ? [] : [{ label: t('slack.organisation'), value: enterpriseName }]),
    ...(app.installedAt === null
      ? []
      : [{ label: t('slack.since'), value: <TimeStamp value={app.installedAt} style="dateTime" /> }]),
    {
      label: t('slack.lastInteraction'),
      value:
        app.lastInteractionAt === null ? (
          t('slack.never')
        ) : (
          <TimeStamp value={app.lastInteractionAt} style="dateTime" withRelative />
        ),
    },
    ...(app.lastFailure === null
      ? []
      : [
          {
            label: t('slack.lastFailure'),
            value: (
              <>
                {app.lastFailure.error} <TimeStamp value={app.lastFailure.at} style="relative" />
              </>
            ),
          },
        ]),
  ];
  return (
    <Section title={t('slack.status')} action={<RemoveSlack />}>
      <div className={styles.stack}>
        {isConfigured ? <FactList label={t('slack.status')} facts={facts} /> : <p>{t('slack.notConnected')}</p>}
        {isConfigured && <TestSlack />}
      </div>
    </Section>
  );
}
