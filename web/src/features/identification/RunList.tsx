import { type IdentificationRun, identificationStatus, listIdentificationRuns } from '@stoa/contract/identification';
import type { ReactNode } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './identification.module.css';
import { RunMark } from './marks.tsx';

const pageSize = 50;

function When({ run }: { run: IdentificationRun }) {
  const when = <TimeStamp value={run.createdAt} style="dateTime" />;
  if (run.cause !== 'person') return <Say id={`identification.byItself.${run.cause}`} values={{ when }} />;
  return <Say id="identification.by" values={{ when, who: run.createdBy?.name ?? '' }} />;
}

function useColumns(): Column<IdentificationRun>[] {
  const t = useText();
  return [
    {
      key: 'what',
      header: t('identification.column.what'),
      cell: (one) => (
        <div className={styles.name}>
          <LinkTo look="row" to="/govern/identification/$id" params={{ id: one.id }} search={{}}>
            {one.scopeName}
          </LinkTo>
          <span className={styles.says}>{t(`identification.what.${one.scope}`)}</span>
        </div>
      ),
    },
    { key: 'status', header: t('identification.column.status'), cell: (one) => <RunMark status={one.status} /> },
    {
      key: 'sources',
      header: t('identification.column.sources'),
      cell: (one) => (
        <div className={styles.name}>
          <span>{t('identification.doneOf', { done: one.done, total: one.total })}</span>
          {one.refused > 0 && (
            <span className={styles.says}>{t('identification.refusedOf', { count: one.refused })}</span>
          )}
        </div>
      ),
    },
    { key: 'tags', header: t('identification.column.tags'), isNumeric: true, cell: (one) => one.tagsAdded },
    { key: 'proposed', header: t('identification.column.proposed'), isNumeric: true, cell: (one) => one.tagsProposed },
    { key: 'when', header: t('identification.column.when'), cell: (one) => <When run={one} /> },
  ];
}

/** Runs, the newest first; those under way move by themselves. */
export function RunList({ start }: { start: ReactNode }) {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const status = wordOf(identificationStatus.options, list.text('status'));
  const connectionKey = list.text('connectionKey');
  const domainId = list.text('domainId');
  const query = {
    offset: list.offset,
    limit: pageSize,
    ...(searchText === undefined ? {} : { searchText }),
    ...(status === undefined ? {} : { status }),
    ...(connectionKey === undefined ? {} : { connectionKey }),
    ...(domainId === undefined ? {} : { domainId }),
  };
  const runs = useOperation(listIdentificationRuns, { query }, { keepPrevious: true });
  const columns = useColumns();
  const total = runs.data?.meta.totalCount;
  const facets = [
    {
      name: 'status',
      label: t('identification.filter.status'),
      isClosed: true,
      isSingle: true,
      options: identificationStatus.options.map((value) => ({ value, label: t(`identification.status.${value}`) })),
    },
  ];
  return (
    <>
      <FilterBar list={list} searchLabel={t('identification.runsSearch')} facets={facets} />
      <DataTable
        label={t('identification.runs')}
        columns={columns}
        rows={runs.data?.data}
        rowKey={(one) => one.id}
        state={runs}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState
              title={t('identification.runsEmptyTitle')}
              text={t('identification.runsEmptyText')}
              action={start}
            />
          )
        }
      />
    </>
  );
}
