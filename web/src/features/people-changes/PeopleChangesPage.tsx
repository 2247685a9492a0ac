import { listPeopleChanges, type PeopleChange, peopleChangeState } from '@stoa/contract/people-change';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useChangeWords } from './use-change-words.ts';

const OneChange = lazy(() => import('./OneChange.tsx').then((part) => ({ default: part.OneChange })));

const pageSize = 50;

function useColumns(): Column<PeopleChange>[] {
  const t = useText();
  const { aboutOf, whysOf } = useChangeWords();
  return [
    {
      key: 'about',
      header: t('peopleChange.about'),
      cell: (one) => (
        <LinkTo look="row" to="/admin/people-changes" search={{ row: one.id }}>
          {aboutOf(one)}
        </LinkTo>
      ),
    },
    { key: 'state', header: t('peopleChange.state'), cell: (one) => t(`peopleChange.state.${one.state}`) },
    { key: 'why', header: t('peopleChange.why'), cell: (one) => whysOf(one).join('. ') },
    { key: 'by', header: t('peopleChange.filedBy'), cell: (one) => one.filedBy.name },
    {
      key: 'at',
      header: t('peopleChange.filedAt'),
      cell: (one) => <TimeStamp value={one.filedAt} style="dateTime" />,
    },
  ];
}

function ChangeList() {
  const t = useText();
  const list = useListState();
  const columns = useColumns();
  const state = peopleChangeState.options.filter((one) => list.values('state').includes(one));
  const changes = useOperation(
    listPeopleChanges,
    { query: { offset: list.offset, limit: pageSize, ...(state.length === 0 ? {} : { state }) } },
    { keepPrevious: true },
  );
  const total = changes.data?.meta.totalCount;
  const options = peopleChangeState.options.map((value) => ({ value, label: t(`peopleChange.state.${value}`) }));
  const facets = [{ name: 'state', label: t('peopleChange.state'), isClosed: true, options }];
  return (
    <>
      <PageHeader
        title={t('peopleChange.title')}
        lead={t('peopleChange.lead')}
        secondary={
          <LinkTo look="button" to="/admin/people">
            {t('peopleChange.toPeople')}
          </LinkTo>
        }
      />
      <FilterBar list={list} hasSearch={false} facets={facets} />
      <DataTable
        label={t('peopleChange.table')}
        columns={columns}
        rows={changes.data?.data}
        rowKey={(one) => one.id}
        state={changes}
        total={total}
        paging={list.paging(pageSize, total)}
        needsAttention={(one) => one.abilities?.['confirm']?.allowed === true}
        empty={
          state.length > 0 ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState title={t('peopleChange.empty')} text={t('peopleChange.emptyText')} />
          )
        }
      />
    </>
  );
}

/** Changes of people and groups that wait for another user admin, or waited, the newest first; or one of them. */
export function PeopleChangesPage() {
  const row = useListState().text('row');
  if (row === undefined) return <ChangeList />;
  return (
    <Suspense fallback={<SkeletonPage />}>
      <OneChange key={row} id={row} />
    </Suspense>
  );
}
