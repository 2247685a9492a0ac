import { type Connection, readConnection, reconcileConnection, syncConnection } from '@stoa/contract/connection';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { abilityOn } from '../../lib/ability-on.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { type PageTab, PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TaskProgress } from '../tasks/TaskProgress.tsx';
import { addressOf } from './connection-words.tsx';
import styles from './Connections.module.css';
import { ConnectionOverview } from './ConnectionOverview.tsx';

const ConnectionSettings = lazy(() =>
  import('./ConnectionSettings.tsx').then((part) => ({ default: part.ConnectionSettings })),
);

const DriftList = lazy(() => import('./DriftList.tsx').then((part) => ({ default: part.DriftList })));
const DryRun = lazy(() => import('../provisioning/DryRun.tsx').then((part) => ({ default: part.DryRun })));
const IdentityList = lazy(() => import('./IdentityList.tsx').then((part) => ({ default: part.IdentityList })));

const askEveryMs = 1_000;
type Started = { readonly taskId: string; readonly label: MessageId };

/** The acts on a platform that go on after the answer, and the tasks they started. */
function useActs(connectionKey: string) {
  const t = useText();
  const announce = useAnnounce();
  const [started, setStarted] = useState<readonly Started[]>([]);
  const add = (taskId: string, label: MessageId) =>
    setStarted((before) => [...before.filter((one) => one.label !== label), { taskId, label }]);
  const input = { params: { connectionKey } };
  const sync = useCommand(syncConnection, {
    invalidates: [readConnection],
    onSuccess: ({ taskId }) => {
      announce(t('connections.syncStarted'));
      add(taskId, 'connections.task.sync');
    },
  });
  const reconcile = useCommand(reconcileConnection, {
    invalidates: [readConnection],
    onSuccess: ({ taskId }) => {
      announce(t('connections.reconcileStarted'));
      add(taskId, 'connections.task.reconcile');
    },
  });
  return {
    started,
    problem: sync.error ?? reconcile.error,
    isSyncing: sync.isPending,
    isReconciling: reconcile.isPending,
    sync: () => sync.mutate(input),
    reconcile: () => reconcile.mutate(input),
    onDelete: (taskId: string) => add(taskId, 'connections.task.delete'),
  };
}

function StateBanner({ connection }: { connection: Connection }) {
  const t = useText();
  if (connection.state === 'error') {
    const reason = connection.stateReason ?? '';
    return <Banner tone="danger">{t('connections.errorBanner', { reason })}</Banner>;
  }
  if (connection.state === 'paused') return <Banner tone="warning">{t('connections.pausedBanner')}</Banner>;
  if (connection.state === 'deleting') return <Banner>{t('connections.deletingBanner')}</Banner>;
  return null;
}

function useTabs(connection: Connection | undefined): PageTab[] {
  const t = useText();
  const drift = connection?.driftCount ?? 0;
  return [
    { value: 'overview', label: t('connections.tab.overview') },
    {
      value: 'drift',
      label: t('connections.tab.drift'),
      ...(drift === 0 ? {} : { mark: <span className={styles.drift}>{drift}</span> }),
    },
    { value: 'identities', label: t('connections.tab.identities') },
    { value: 'settings', label: t('connections.tab.settings') },
  ];
}

/** Only user admins read who people are on a platform; others are told whom to ask. */
function Identities({ connection }: { connection: Connection }) {
  const t = useText();
  const map = abilityOn(connection.abilities, 'mapIdentities');
  if (map.allowed) return <IdentityList connection={connection} />;
  return <EmptyState kind="denied" title={t('ui.empty.noPermissionTitle')} text={map.reason ?? ''} />;
}

function Loaded({ connection }: { connection: Connection }) {
  const t = useText();
  const acts = useActs(connection.connectionKey);
  const tabs = useTabs(connection);
  const tab = usePageTab(tabs);
  const manage = connection.abilities?.manage ?? { allowed: false };
  const [isTrying, setIsTrying] = useState(false);
  const dryRun = () => setIsTrying(true);
  useCommands([
    { id: 'connection-sync', label: t('connections.sync'), group: 'page', run: acts.sync },
    { id: 'connection-reconcile', label: t('connections.reconcileNow'), group: 'page', run: acts.reconcile },
    { id: 'connection-dry-run', label: t('connections.dryRun'), group: 'page', run: dryRun },
  ]);
  useKeys([{ keys: 'd', label: t('connections.dryRun'), scope: 'page', run: dryRun }]);
  return (
    <>
      <PageHeader
        title={connection.connectionKey}
        section={t('connections.title')}
        facts={
          <>
            <StatusMark kind="connection" value={connection.state} isTinted />
            <PlatformGlyph technology={connection.technology} isNamed />
            <Identifier value={addressOf(connection)} />
            <LinkTo to="/admin/objects" search={{ connectionKey: connection.connectionKey }}>
              {t('connections.objects')}
            </LinkTo>
          </>
        }
        secondary={
          <>
            <ActionButton label={t('connections.dryRun')} ability={manage} onClick={dryRun} />
            <ActionButton
              label={t('connections.reconcileNow')}
              ability={manage}
              isBusy={acts.isReconciling}
              onClick={acts.reconcile}
            />
          </>
        }
        action={
          <ActionButton
            label={t('connections.sync')}
            tone="primary"
            ability={manage}
            isBusy={acts.isSyncing}
            onClick={acts.sync}
          />
        }
      />
      <div className={styles.tasks}>
        <StateBanner connection={connection} />
        {acts.problem !== null && <ErrorNotice problem={acts.problem} isWrite />}
        {acts.started.map((one) => (
          <TaskProgress key={one.taskId} taskId={one.taskId} label={t(one.label)} />
        ))}
      </div>
      <PageTabs tabs={tabs} label={t('connections.tabs')} />
      {tab === 'overview' && <ConnectionOverview connection={connection} />}
      {tab === 'drift' && (
        <Suspense fallback={<SkeletonText lines={8} />}>
          <DriftList connection={connection} />
        </Suspense>
      )}
      {tab === 'identities' && (
        <Suspense fallback={<SkeletonText lines={8} />}>
          <Identities connection={connection} />
        </Suspense>
      )}
      {tab === 'settings' && (
        <Suspense fallback={<SkeletonText lines={6} />}>
          <ConnectionSettings connection={connection} onDelete={acts.onDelete} />
        </Suspense>
      )}
      {isTrying && (
        <Suspense fallback={null}>
          <DryRun
            connectionKey={connection.connectionKey}
            reconcile={{ ability: manage, run: acts.reconcile }}
            onClose={() => setIsTrying(false)}
          />
        </Suspense>
      )}
    </>
  );
}

const isMoving = (connection: Connection | undefined): boolean =>
  connection?.crawl?.status === 'RUNNING' ||
  connection?.reconcile.status === 'RUNNING' ||
  connection?.state === 'deleting';

/** One platform: how it stands, what differs, who people are there, and the acts on it. */
export function ConnectionPage() {
  const { key } = useParams({ from: '/shell/admin/connections/$key' });
  const input = { params: { connectionKey: key } };
  const known = useOperation(readConnection, input).data;
  const connection = useOperation(readConnection, input, isMoving(known) ? { refetchIntervalMs: askEveryMs } : {});
  if (connection.data === undefined || isGone(connection.error)) {
    if (connection.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={key} />
        <ErrorNotice
          problem={connection.error}
          wasShown={connection.data !== undefined}
          onRetry={() => void connection.refetch()}
        />
      </>
    );
  }
  return <Loaded connection={connection.data} />;
}
