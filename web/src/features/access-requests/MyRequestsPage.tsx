import { type AccessRequest, searchAccessRequests } from '@stoa/contract/access-request';
import { requestStatus } from '@stoa/contract/enums';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { AccessRail } from '../../ui/AccessRail.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { railStepsOf } from '../../ui/rail-steps.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { PathUnder, targetNameOf } from './asked-target.tsx';
import { wasGranted } from './use-access-rail.ts';
import styles from './lists.module.css';

const pageSize = 25;
const sorts = ['status', 'dataProduct', 'createdAt', 'updatedAt', 'expiration'] as const;

function RowRail({ request }: { request: AccessRequest }) {
  const status = wordOf(requestStatus.options, request.status) ?? 'PENDING';
  const { type, provisioning } = request;
  const steps = railStepsOf({
    status,
    provisioning: provisioning?.state ?? 'NONE',
    wasGranted: wasGranted(type, provisioning),
  });
  return <AccessRail steps={steps} orientation="horizontal" isCompact />;
}

function TargetCell({ request }: { request: AccessRequest }) {
  const t = useText();
  const isForOther = request.user.globalUserId !== request.requestingUser.globalUserId;
  return (
    <>
      <LinkTo look="row" to="/requests/$id" params={{ id: request.id }}>
        {targetNameOf(request)}
      </LinkTo>
      <PathUnder request={request} />
      {isForOther && <span className={styles.under}>{t('requests.list.for', { who: request.user.name })}</span>}
    </>
  );
}

function useColumns(): Column<AccessRequest>[] {
  const t = useText();
  return [
    {
      key: 'target',
      header: t('requests.list.target'),
      sortBy: 'dataProduct',
      width: '28%',
      cell: (request) => <TargetCell request={request} />,
    },
    {
      key: 'status',
      header: t('requests.column.status'),
      sortBy: 'status',
      cell: (request) => (
        <StatusMark
          kind="request"
          value={request.status}
          detail={
            request.status === 'PENDING' && request.progress !== undefined
              ? t('requests.list.progress', request.progress)
              : undefined
          }
        />
      ),
    },
    { key: 'rail', header: t('requests.list.rail'), cell: (request) => <RowRail request={request} /> },
    {
      key: 'asked',
      header: t('requests.column.asked'),
      sortBy: 'createdAt',
      cell: (request) => <TimeStamp value={request.createdAt} style="relative" />,
    },
    {
      key: 'ends',
      header: t('requests.list.ends'),
      sortBy: 'expiration',
      cell: (request) =>
        request.expiration === undefined ? '' : <TimeStamp value={request.expiration} style="date" withRelative />,
    },
  ];
}

/** Everything the reader asked for, or others asked for them, newest first. */
export function MyRequestsPage() {
  const t = useText();
  const list = useListState();
  const sortBy = sorts.find((one) => one === list.sort?.column);
  const chosen = list.values('status');
  const query = {
    role: ['requestor' as const],
    status: requestStatus.options.filter((one) => chosen.includes(one)),
    searchText: list.text('searchText'),
    includeTemporary: true,
    offset: list.offset,
    limit: pageSize,
    ...(sortBy === undefined ? {} : { sortBy, sortOrder: list.sort?.order ?? ('asc' as const) }),
  };
  const requests = useOperation(searchAccessRequests, { query }, { keepPrevious: true });
  const columns = useColumns();
  const total = requests.data?.meta.totalCount;
  const options = requestStatus.options.map((value) => ({ value, label: t(`ui.status.${value}`) }));
  const facets = [{ name: 'status', label: t('requests.facet.status'), isClosed: true, options }];
  return (
    <>
      <PageHeader
        title={t('shell.nav.myRequests')}
        action={
          <LinkTo look="primary" to="/">
            {t('requests.list.find')}
          </LinkTo>
        }
      />
      <FilterBar list={list} searchLabel={t('requests.list.search')} facets={facets} />
      <DataTable
        label={t('shell.nav.myRequests')}
        columns={columns}
        rows={requests.data?.data}
        rowKey={(request) => request.id}
        state={requests}
        total={total}
        sort={list.sort}
        onSort={list.setSort}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState
              title={t('requests.list.empty')}
              text={t('requests.list.emptyText')}
              action={
                <LinkTo look="button" to="/">
                  {t('requests.list.find')}
                </LinkTo>
              }
            />
          )
        }
      />
    </>
  );
}
