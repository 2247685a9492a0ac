import { globalPermission } from '@stoa/contract/enums';
import { listUsers, type User, userStatus } from '@stoa/contract/user';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './People.module.css';

const pageSize = 50;

function useColumns(): Column<User>[] {
  const t = useText();
  return [
    {
      key: 'name',
      header: t('people.column.name'),
      cell: (one) => (
        <>
          <LinkTo look="row" to="/admin/people/$id" params={{ id: one.globalUserId }}>
            {one.name}
          </LinkTo>{' '}
          <span className="mono text-2">{one.username}</span>
        </>
      ),
    },
    { key: 'email', header: t('people.column.email'), cell: (one) => <span className="text-2">{one.email}</span> },
    {
      key: 'permissions',
      header: t('people.column.permissions'),
      cell: (one) => one.permissions.map((permission) => t(`people.permission.${permission}`)).join(', '),
    },
    {
      key: 'groups',
      header: t('people.column.groups'),
      cell: (one) => one.groups.map((group) => group.name).join(', '),
    },
    {
      key: 'status',
      header: t('people.column.status'),
      cell: (one) => <span className={styles[one.status]}>{t(`people.status.${one.status}`)}</span>,
    },
    {
      key: 'lastLogin',
      header: t('people.column.lastLogin'),
      cell: (one) =>
        one.lastLoginAt === undefined ? (
          <span className="text-2">{t('people.never')}</span>
        ) : (
          <TimeStamp value={one.lastLoginAt} style="relative" />
        ),
    },
  ];
}

/** The people who can sign in. */
export function UserList() {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const status = userStatus.options.filter((one) => list.values('status').includes(one));
  const permission = globalPermission.options.filter((one) => list.values('permission').includes(one));
  const attributeName = list.text('attributeName');
  const attributeValue = list.text('attributeValue');
  const users = useOperation(
    listUsers,
    {
      query: {
        offset: list.offset,
        limit: pageSize,
        ...(searchText === undefined ? {} : { searchText }),
        ...(status.length === 0 ? {} : { status }),
        ...(permission.length === 0 ? {} : { permission }),
        ...(attributeName === undefined ? {} : { attributeName }),
        ...(attributeValue === undefined ? {} : { attributeValue }),
      },
    },
    { keepPrevious: true },
  );
  const columns = useColumns();
  const total = users.data?.meta.totalCount;
  const options = userStatus.options.map((value) => ({ value, label: t(`people.status.${value}`) }));
  const only = (name: string, label: string, value: string | undefined) =>
    value === undefined ? [] : [{ name, label, options: [{ value, label: value }], isSingle: true }];
  const facets = [
    { name: 'status', label: t('people.facet.status'), isClosed: true, options },
    {
      name: 'permission',
      label: t('people.facet.permission'),
      isClosed: true,
      options: globalPermission.options.map((value) => ({ value, label: t(`people.permission.${value}`) })),
    },
    // Set by a link from the attributes; shown so that they can be seen and taken away.
    ...only('attributeName', t('people.column.attribute'), attributeName),
    ...only('attributeValue', t('people.facet.value'), attributeValue),
  ];
  return (
    <>
      <FilterBar list={list} searchLabel={t('people.search')} facets={facets} />
      <DataTable
        label={t('people.table')}
        columns={columns}
        rows={users.data?.data}
        rowKey={(one) => one.globalUserId}
        state={users}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState title={t('people.emptyTitle')} text={t('people.emptyText')} />
          )
        }
      />
    </>
  );
}
