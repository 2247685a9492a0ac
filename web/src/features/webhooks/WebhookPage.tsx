import { getWebhook, getWebhooks, listWebhookDeliveries, updateWebhook, type Webhook } from '@stoa/contract/webhook';
import { useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { Deliveries } from './Deliveries.tsx';
import { WebhookMark } from './marks.tsx';
import { SecretOnce } from './SecretOnce.tsx';
import { WebhookForm } from './WebhookForm.tsx';
import { WebhookSettings } from './WebhookSettings.tsx';
import styles from './webhooks.module.css';

const TestDialog = lazy(() => import('./TestDialog.tsx').then((part) => ({ default: part.TestDialog })));

const refreshMs = 10_000;

/** Why nothing is sent there, or since when nothing arrives. */
function Condition({ hook }: { hook: Webhook }) {
  const t = useText();
  if (hook.enabled === false) return <Banner tone="warning">{t('webhooks.offText')}</Banner>;
  if (hook.suppressed === true)
    return (
      <Banner tone="danger">
        <Say
          id="webhooks.suppressedText"
          values={{
            why: hook.suppressedReason ?? '',
            when: hook.suppressedAt == null ? '' : <TimeStamp value={hook.suppressedAt} style="dateTime" />,
          }}
        />
      </Banner>
    );
  if (hook.health?.failingSince == null) return null;
  return (
    <Banner tone="warning">
      <Say
        id="webhooks.failingText"
        values={{ when: <TimeStamp value={hook.health.failingSince} style="dateTime" /> }}
      />
    </Banner>
  );
}

function Acts({ hook }: { hook: Webhook }) {
  const t = useText();
  const [isTesting, setIsTesting] = useState(false);
  const [wasAsked, setWasAsked] = useState(false);
  const change = useCommand(updateWebhook, { invalidates: [getWebhook, getWebhooks, listWebhookDeliveries] });
  const isOff = hook.enabled === false || hook.suppressed === true;
  const send = () => {
    setWasAsked(true);
    setIsTesting(true);
  };
  useKeys([{ keys: 't', label: t('webhooks.test'), scope: 'page', run: send }]);
  useCommands([{ id: 'webhook-test', label: t('webhooks.test'), group: 'page', keys: 't', run: send }]);
  return (
    <div className={styles.stack}>
      <Condition hook={hook} />
      {change.error !== null && <ErrorNotice problem={change.error} isWrite />}
      <div className={styles.buttons}>
        <ActionButton label={t('webhooks.test')} tone={isOff ? 'default' : 'primary'} onClick={send} />
        <ActionButton
          label={t(isOff ? 'webhooks.turnOn' : 'webhooks.turnOff')}
          tone={isOff ? 'primary' : 'default'}
          isBusy={change.isPending}
          onClick={() => change.mutate({ params: { id: hook.id }, body: { enabled: isOff } })}
        />
      </div>
      {wasAsked && (
        <Suspense fallback={null}>
          <TestDialog hook={hook} isOpen={isTesting} onClose={() => setIsTesting(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Existing({ id }: { id: string }) {
  const t = useText();
  const hook = useOperation(getWebhook, { params: { id } }, { refetchIntervalMs: refreshMs });
  const tabs = [
    { value: 'deliveries', label: t('webhooks.tab.deliveries') },
    { value: 'settings', label: t('webhooks.tab.settings') },
  ];
  const tab = usePageTab(tabs);
  if (hook.data === undefined) {
    if (hook.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('webhooks.unknown')} section={t('webhooks.title')} />
        <ErrorNotice problem={hook.error} onRetry={() => void hook.refetch()} />
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={hook.data.url}
        section={t('webhooks.title')}
        {...(hook.data.description == null ? {} : { lead: hook.data.description })}
        facts={<WebhookMark hook={hook.data} />}
      />
      <Acts hook={hook.data} />
      <PageTabs tabs={tabs} label={t('webhooks.tabs')} />
      {tab === 'deliveries' ? <Deliveries hook={hook.data} /> : <WebhookSettings hook={hook.data} />}
    </>
  );
}

function New() {
  const t = useText();
  const navigate = useNavigate();
  const [made, setMade] = useState<{ id: string; secret?: string }>();
  const open = (id: string) => void navigate({ to: '/admin/webhooks/$id', params: { id }, search: {} });
  return (
    <>
      <PageHeader title={t('webhooks.new')} section={t('webhooks.title')} lead={t('webhooks.newLead')} />
      <WebhookForm onCreated={(id, secret) => (secret === undefined ? open(id) : setMade({ id, secret }))} />
      <SecretOnce secret={made?.secret} onDone={() => made !== undefined && open(made.id)} />
    </>
  );
}

/** One webhook: how it does, what it was told, and its settings. `new` makes one. */
export function WebhookPage() {
  const t = useText();
  const may = useMay()('webhook.manage');
  const { id } = useParams({ from: '/shell/admin/webhooks/$id' });
  if (!may)
    return (
      <>
        <PageHeader title={t('webhooks.title')} />
        <Banner>{t('webhooks.denied')}</Banner>
      </>
    );
  return id === 'new' ? <New /> : <Existing key={id} id={id} />;
}
