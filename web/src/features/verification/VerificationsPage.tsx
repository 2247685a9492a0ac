import { listVerifications, type Verification, verificationOutcome } from '@stoa/contract/verification';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { OutcomeMark } from './marks.tsx';
import { StartButton } from './StartButton.tsx';

const pageSize = 50;
const causes = ['person', 'night'] as const;

const violated = (run: Verification): string =>
  run.invariants
    .filter(({ status }) => status === 'violated')
    .map(({ invariant }) => invariant)
    .join(', ');

function useColumns(): Column<Verification>[] {
  const t = useText();
  return [
    {
      key: 'when',
      header: t('verification.column.when'),
      cell: (one) => (
        <LinkTo look="row" to="/admin/verification/$id" params={{ id: one.id }} search={{}}>
          <TimeStamp value={one.createdAt} style="dateTime" />
        </LinkTo>
      ),
    },
    { key: 'outcome', header: t('verification.column.outcome'), cell: (one) => <OutcomeMark run={one} /> },
    { key: 'findings', header: t('verification.column.findings'), isNumeric: true, cell: (one) => one.findings },
    { key: 'violated', header: t('verification.column.violated'), cell: violated },
    {
      key: 'cause',
      header: t('verification.column.cause'),
      cell: (one) => one.createdBy?.name ?? t(`verification.cause.${one.cause}`),
    },
  ];
}

/** All runs, the newest first; one that is under way moves by itself. */
export function VerificationsPage() {
  const t = useText();
  const mayStart = useMay()('verification.run');
  const list = useListState();
  const searchText = list.text('searchText');
  const outcome = wordOf(verificationOutcome.options, list.text('outcome'));
  const cause = wordOf(causes, list.text('cause'));
  const query = {
    offset: list.offset,
    limit: pageSize,
    ...(searchText === undefined ? {} : { searchText }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(cause === undefined ? {} : { cause }),
  };
  const runs = useOperation(listVerifications, { query }, { keepPrevious: true });
  const columns = useColumns();
  const total = runs.data?.meta.totalCount;
  const facets = [
    {
      name: 'outcome',
      label: t('verification.filter.outcome'),
      isClosed: true,
      isSingle: true,
      options: verificationOutcome.options.map((value) => ({ value, label: t(`verification.outcome.${value}`) })),
    },
    {
      name: 'cause',
      label: t('verification.filter.cause'),
      isClosed: true,
      isSingle: true,
      options: causes.map((value) => ({ value, label: t(`verification.cause.${value}`) })),
    },
  ];
  return (
    <>
      <PageHeader
        title={t('verification.title')}
        lead={t('verification.lead')}
        action={mayStart ? <StartButton /> : undefined}
      />
      <FilterBar list={list} searchLabel={t('verification.search')} facets={facets} />
      <DataTable
        label={t('verification.runs')}
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
            <EmptyState title={t('verification.emptyTitle')} text={t('verification.emptyText')} />
          )
        }
      />
    </>
  );
}
