import {
  cancelIdentification,
  type IdentificationRun,
  type IdentificationRunSource,
  listIdentificationRunSources,
  readIdentificationRun,
} from '@stoa/contract/identification';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './identification.module.css';
import { RunMark, SourceMark } from './marks.tsx';
import { StartButton } from './StartButton.tsx';

const TaskProgress = lazy(() => import('../tasks/TaskProgress.tsx').then((part) => ({ default: part.TaskProgress })));

const pageSize = 50;
const sourceStates = ['waiting', 'done', 'refused'] as const;

function useColumns(): Column<IdentificationRunSource>[] {
  const t = useText();
  return [
    {
      key: 'source',
      header: t('identification.column.source'),
      width: '44%',
      cell: (one) => <Identifier value={one.objectPath.join('.')} maxLength={64} />,
    },
    {
      key: 'status',
      header: t('identification.column.status'),
      cell: (one) => (
        <div className={styles.name}>
          <SourceMark status={one.status} />
          {one.reason !== null && <span className={styles.says}>{t(`identification.reason.${one.reason}`)}</span>}
        </div>
      ),
    },
    { key: 'columns', header: t('identification.column.columns'), isNumeric: true, cell: (one) => one.columns },
    {
      key: 'tags',
      header: t('identification.column.tags'),
      isNumeric: true,
      cell: (one) =>
        one.status === 'done' ? (
          <LinkTo
            to="/govern/identification"
            search={{ tab: 'found', dataSourceId: String(one.dataSourceId), show: 'all' }}
          >
            {one.tagsAdded}
          </LinkTo>
        ) : (
          ''
        ),
    },
    { key: 'proposed', header: t('identification.column.proposed'), isNumeric: true, cell: (one) => one.tagsProposed },
  ];
}

function Sources({ id }: { id: string }) {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const status = wordOf(sourceStates, list.text('status'));
  const query = {
    offset: list.offset,
    limit: pageSize,
    ...(searchText === undefined ? {} : { searchText }),
    ...(status === undefined ? {} : { status }),
  };
  const sources = useOperation(listIdentificationRunSources, { params: { id }, query }, { keepPrevious: true });
  const columns = useColumns();
  const total = sources.data?.meta.totalCount;
  const facets = [
    {
      name: 'status',
      label: t('identification.filter.status'),
      isClosed: true,
      isSingle: true,
      options: sourceStates.map((value) => ({ value, label: t(`identification.source.${value}`) })),
    },
  ];
  return (
    <Section title={t('identification.sources')} lead={t('identification.sourcesLead')}>
      <FilterBar list={list} searchLabel={t('identification.sourcesSearch')} facets={facets} />
      <DataTable
        label={t('identification.sourcesTable')}
        columns={columns}
        rows={sources.data?.data}
        rowKey={(one) => String(one.dataSourceId)}
        state={sources}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('identification.runsEmptyTitle')} />
          )
        }
      />
    </Section>
  );
}

function Facts({ run }: { run: IdentificationRun }) {
  const t = useText();
  const time = (label: string, value: string | null) =>
    value === null ? [] : [{ label, value: <TimeStamp value={value} style="dateTime" /> }];
  return (
    <FactList
      facts={[
        { label: t('identification.fact.scope'), value: t(`identification.what.${run.scope}`) },
        { label: t('identification.fact.columns'), value: run.columns },
        { label: t('identification.fact.tags'), value: run.tagsAdded },
        { label: t('identification.fact.proposed'), value: run.tagsProposed },
        ...time(t('identification.fact.started'), run.startedAt),
        ...time(t('identification.fact.ended'), run.finishedAt),
      ]}
    />
  );
}

const startOf = (run: IdentificationRun) => {
  if (run.scope === 'domain' && run.domainId !== null) return { domainId: run.domainId };
  if (run.scope === 'source' && run.dataSourceId !== null) return { dataSourceId: run.dataSourceId };
  return run.connectionKey === null ? undefined : { connectionKey: run.connectionKey };
};

function Acts({ run }: { run: IdentificationRun }) {
  const t = useText();
  const cancel = useCommand(cancelIdentification, { invalidates: [readIdentificationRun] });
  const isEnded = run.status !== 'QUEUED' && run.status !== 'RUNNING';
  const body = startOf(run);
  return (
    <div className={styles.stack}>
      {cancel.error !== null && <ErrorNotice problem={cancel.error} isWrite />}
      {!isEnded && run.taskId !== null && (
        <Suspense fallback={<SkeletonText lines={1} />}>
          <TaskProgress taskId={run.taskId} label={t('identification.progress', { name: run.scopeName })} />
        </Suspense>
      )}
      {run.error !== null && <p role="alert">{run.error}</p>}
      <div className={styles.acts}>
        {!isEnded &&
          (run.cancelRequestedAt === null ? (
            <ActionButton
              label={t('identification.cancel')}
              ability={abilityOn(run.abilities, 'cancel')}
              isBusy={cancel.isPending}
              onClick={() => cancel.mutate({ params: { id: run.id } })}
            />
          ) : (
            <p className="text-2" role="status">
              {t('identification.canceling')}
            </p>
          ))}
        {isEnded && body !== undefined && <StartButton body={body} label={t('identification.again')} />}
        {run.done > 0 && (
          <LinkTo look="button" to="/govern/identification" search={{ tab: 'found', runId: run.id }}>
            {t('identification.seeFound')}
          </LinkTo>
        )}
      </div>
    </div>
  );
}

/** One run: how far it is, what came of each data source; it can be ended. */
export function RunPage() {
  const t = useText();
  const { id } = useParams({ from: '/shell/govern/identification/$id' });
  const run = useOperation(readIdentificationRun, { params: { id } });
  if (run.data === undefined || isGone(run.error)) {
    if (run.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('identification.title')} />
        <ErrorNotice problem={run.error} wasShown={run.data !== undefined} onRetry={() => void run.refetch()} />
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={t('identification.run', { name: run.data.scopeName })}
        section={t('identification.title')}
        facts={<RunMark status={run.data.status} />}
      />
      <div className={styles.two}>
        <Acts run={run.data} />
        <Facts run={run.data} />
      </div>
      <Sources id={id} />
    </>
  );
}
