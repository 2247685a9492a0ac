import { type Connection, listConnections, reconcileConnection } from '@stoa/contract/connection';
import { lazy, Suspense, useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { ReconcileWords } from '../connections/connection-words.tsx';
import { TaskProgress } from '../tasks/TaskProgress.tsx';
import { LastStatements } from './LastStatements.tsx';
import styles from './Provisioning.module.css';

const DriftList = lazy(() => import('../connections/DriftList.tsx').then((part) => ({ default: part.DriftList })));

const DryRun = lazy(() => import('./DryRun.tsx').then((part) => ({ default: part.DryRun })));

const states = ['failed', 'pending', 'drift'] as const;

const isIn: Readonly<Record<(typeof states)[number], (one: Connection) => boolean>> = {
  failed: (one) => one.reconcile.failed > 0 || one.reconcile.status === 'FAILED',
  pending: (one) => one.reconcile.pending > 0,
  drift: (one) => (one.driftCount ?? 0) > 0,
};

function matching(connections: readonly Connection[] | undefined, list: ListState) {
  const keys = list.values('connection');
  const chosen = states.filter((state) => list.values('state').includes(state));
  return connections?.filter(
    (one) =>
      (keys.length === 0 || keys.includes(one.connectionKey)) &&
      (chosen.length === 0 || chosen.some((state) => isIn[state](one))),
  );
}

type Acts = {
  readonly reconcile: (one: Connection) => void;
  readonly dryRun: (one: Connection) => void;
};

function useColumns(acts: Acts): Column<Connection>[] {
  const t = useText();
  return [
    {
      key: 'key',
      header: t('connections.column.key'),
      cell: (one) => (
        <LinkTo look="row" to="/admin/connections/$key" params={{ key: one.connectionKey }} search={{}}>
          {one.connectionKey}
        </LinkTo>
      ),
    },
    {
      key: 'state',
      header: t('connections.column.state'),
      cell: (one) => <StatusMark kind="connection" value={one.state} />,
    },
    {
      key: 'reconcile',
      header: t('connections.column.reconcile'),
      cell: (one) => (
        <>
          <ReconcileWords connection={one} />
          {one.reconcile.error !== undefined && <p className={styles.bad}>{one.reconcile.error}</p>}
          {one.reconcile.nextAttemptAt !== undefined && (
            <p className="text-2 small">
              <Say
                id="jobs.next"
                values={{ when: <TimeStamp key="when" value={one.reconcile.nextAttemptAt} style="relative" /> }}
              />
            </p>
          )}
        </>
      ),
    },
    {
      key: 'drift',
      header: t('connections.column.drift'),
      isNumeric: true,
      cell: (one) => one.driftCount ?? 0,
    },
    {
      key: 'action',
      header: t('jobs.column.action'),
      isHeaderHidden: true,
      width: '240px',
      cell: (one) => (
        <span className={styles.acts}>
          <ActionButton
            size="xs"
            tone="quiet"
            label={t('jobs.dryRun')}
            fullLabel={t('jobs.dryRunThis', { connection: one.connectionKey })}
            ability={abilityOn(one.abilities, 'manage')}
            onClick={() => acts.dryRun(one)}
          />
          <ActionButton
            size="xs"
            label={t('jobs.reconcile')}
            fullLabel={t('jobs.reconcileThis', { connection: one.connectionKey })}
            ability={abilityOn(one.abilities, 'manage')}
            onClick={() => acts.reconcile(one)}
          />
        </span>
      ),
    },
  ];
}

/** What waits, what ran, what failed and what differs, over all platforms. */
export function ProvisioningPage() {
  const t = useText();
  const list = useListState();
  const [tasks, setTasks] = useState<ReadonlyMap<string, string>>(new Map());
  const connections = useOperation(listConnections, { query: { limit: 1_000 } });
  const reconcile = useCommand(reconcileConnection, {
    invalidates: [listConnections],
    onSuccess: ({ taskId }, { params }) => setTasks((before) => new Map(before).set(params.connectionKey, taskId)),
  });
  const [tried, setTried] = useState<Connection>();
  const run = (one: Connection) => reconcile.mutate({ params: { connectionKey: one.connectionKey } });
  const columns = useColumns({ reconcile: run, dryRun: setTried });
  const rows = matching(connections.data?.data, list);
  const differing = (rows ?? []).filter(isIn.drift);
  const facets = [
    {
      name: 'connection',
      label: t('jobs.facet.connection'),
      options: (connections.data?.data ?? []).map((one) => ({ value: one.connectionKey, label: one.connectionKey })),
    },
    {
      name: 'state',
      label: t('jobs.facet.state'),
      isClosed: true,
      options: states.map((value) => ({ value, label: t(`jobs.state.${value}`) })),
    },
  ];
  return (
    <>
      <PageHeader title={t('jobs.title')} lead={t('jobs.lead')} />
      <div className={styles.tasks}>
        {reconcile.error !== null && <ErrorNotice problem={reconcile.error} isWrite />}
        {[...tasks].map(([connection, taskId]) => (
          <TaskProgress key={taskId} taskId={taskId} label={t('jobs.task', { connection })} />
        ))}
      </div>
      <FilterBar list={list} facets={facets} hasSearch={false} />
      <Section title={t('jobs.connections')}>
        <DataTable
          label={t('jobs.connections')}
          columns={columns}
          rows={rows}
          rowKey={(one) => one.connectionKey}
          state={connections}
          empty={
            list.activeFilters.length > 0 ? (
              <FilteredEmpty list={list} facets={facets} />
            ) : (
              <EmptyState title={t('jobs.noneTitle')} text={t('jobs.noneText')} />
            )
          }
        />
      </Section>
      {differing.map((one) => (
        <Section key={one.connectionKey} title={t('jobs.drift', { connection: one.connectionKey })}>
          <Suspense fallback={<SkeletonText lines={4} />}>
            <DriftList connection={one} isOnly={false} />
          </Suspense>
        </Section>
      ))}
      <LastStatements />
      {tried !== undefined && (
        <Suspense fallback={null}>
          <DryRun
            connectionKey={tried.connectionKey}
            reconcile={{ ability: abilityOn(tried.abilities, 'manage'), run: () => run(tried) }}
            onClose={() => setTried(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}
