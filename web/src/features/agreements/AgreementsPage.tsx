import { type DataUseAgreement, searchDataUseAgreements } from '@stoa/contract/data-use-agreement';
import { useNavigate } from '@tanstack/react-router';
import { useMay } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { useCommands } from '../../ui/commands.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';

const pageSize = 25;

function useColumns(): Column<DataUseAgreement>[] {
  const t = useText();
  return [
    {
      key: 'name',
      header: t('agreements.column.name'),
      sortBy: 'name',
      width: '40%',
      cell: (one) => (
        <LinkTo look="row" to="/manage/agreements/$id" params={{ id: one.id }} search={{}}>
          {one.name}
        </LinkTo>
      ),
    },
    { key: 'version', header: t('agreements.column.version'), isNumeric: true, cell: (one) => one.version },
    {
      key: 'usedBy',
      header: t('agreements.column.usedBy'),
      cell: (one) => (
        <span className={one.usedByForms === 0 ? 'text-2' : undefined}>
          {t('agreements.usedBy', { count: one.usedByForms ?? 0 })}
        </span>
      ),
    },
    {
      key: 'updated',
      header: t('agreements.column.updated'),
      sortBy: 'updatedAt',
      cell: (one) => (
        <Say
          id="agreements.by"
          values={{ when: <TimeStamp value={one.updatedAt} style="date" />, who: one.updatedBy.name }}
        />
      ),
    },
  ];
}

function queryOf(list: ListState) {
  const { sort } = list;
  const sortBy = sort?.column === 'updatedAt' ? ('updatedAt' as const) : ('name' as const);
  return {
    nameFilter: list.text('searchText') ?? '',
    sortBy,
    sortOrder: sort?.order ?? ('asc' as const),
    offset: list.offset,
    limit: pageSize,
  };
}

/** The agreements, and how many forms ask for each. */
export function AgreementsPage() {
  const t = useText();
  const mayCreate = useMay()('data-use-agreement.create');
  const list = useListState();
  const navigate = useNavigate();
  const query = queryOf(list);
  const found = useOperation(searchDataUseAgreements, { query }, { keepPrevious: true });
  const columns = useColumns();
  const create = () => void navigate({ to: '/manage/agreements/$id', params: { id: 'new' }, search: {} });
  useKeys(mayCreate ? [{ keys: 'n', label: t('agreements.new'), scope: 'page', run: create }] : []);
  useCommands(
    mayCreate ? [{ id: 'agreement-new', label: t('agreements.new'), group: 'page', keys: 'n', run: create }] : [],
  );
  const button = mayCreate && (
    <LinkTo look="primary" to="/manage/agreements/$id" params={{ id: 'new' }} search={{}}>
      {t('agreements.new')}
    </LinkTo>
  );
  const total = found.data?.meta.totalCount;
  return (
    <>
      <PageHeader title={t('agreements.title')} lead={t('agreements.lead')} action={button} />
      <FilterBar list={list} searchLabel={t('agreements.search')} />
      <DataTable
        label={t('agreements.table')}
        columns={columns}
        rows={found.data?.data}
        rowKey={(one) => one.id}
        state={found}
        total={total}
        sort={list.sort ?? { column: 'name', order: 'asc' }}
        onSort={list.setSort}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('agreements.emptyTitle')} text={t('agreements.emptyText')} action={button} />
          )
        }
      />
    </>
  );
}
