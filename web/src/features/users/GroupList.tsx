import { type Group, listGroups } from '@stoa/contract/group';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';

const pageSize = 50;

/** The groups and how many are in each. */
export function GroupList() {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const query = { offset: list.offset, limit: pageSize, ...(searchText === undefined ? {} : { searchText }) };
  const groups = useOperation(listGroups, { query }, { keepPrevious: true });
  const columns: Column<Group>[] = [
    {
      key: 'name',
      header: t('people.column.name'),
      cell: (one) => (
        <LinkTo look="row" to="/admin/groups/$id" params={{ id: String(one.id) }}>
          {one.name}
        </LinkTo>
      ),
    },
    { key: 'email', header: t('people.column.email'), cell: (one) => <span className="text-2">{one.email}</span> },
    {
      key: 'attributes',
      header: t('people.column.attributes'),
      cell: (one) =>
        Object.entries(one.attributes)
          .map(([name, values]) => `${name}: ${values.join(', ')}`)
          .join(' · '),
    },
    { key: 'members', header: t('people.column.members'), isNumeric: true, cell: (one) => one.memberCount },
  ];
  const total = groups.data?.meta.totalCount;
  return (
    <>
      <FilterBar list={list} searchLabel={t('people.searchGroups')} />
      <DataTable
        label={t('people.tableGroups')}
        columns={columns}
        rows={groups.data?.data}
        rowKey={(one) => String(one.id)}
        state={groups}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('people.emptyGroups')} text={t('people.emptyGroupsText')} />
          )
        }
      />
    </>
  );
}
