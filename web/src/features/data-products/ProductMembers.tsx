import { type AccessRequest, searchDataProductMembers } from '@stoa/contract/access-request';
import type { DataProduct } from '@stoa/contract/data-product';
import { useState } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { type Revocable, RevokeDialog, revocableOf } from '../access-requests/RevokeDialog.tsx';
import styles from './product.module.css';

const pageSize = 50;

function useColumns(onRevoke: (request: AccessRequest) => void): Column<AccessRequest>[] {
  const t = useText();
  return [
    {
      key: 'who',
      header: t('product.members.who'),
      width: '24%',
      cell: (request) => (
        <LinkTo look="row" to="/requests/$id" params={{ id: request.id }}>
          {request.user.name}
        </LinkTo>
      ),
    },
    {
      key: 'since',
      header: t('product.members.since'),
      cell: (request) => <TimeStamp value={request.decidedAt ?? request.createdAt} style="date" />,
    },
    {
      key: 'until',
      header: t('product.members.until'),
      sortBy: 'expiration',
      cell: (request) =>
        request.expiration === undefined ? (
          t('ui.duration.unlimited')
        ) : (
          <TimeStamp value={request.expiration} style="date" withRelative />
        ),
    },
    {
      key: 'reason',
      header: t('ui.reason.label'),
      cell: (request) => <span className={styles.clamp}>{request.decisionReason}</span>,
    },
    {
      key: 'state',
      header: t('requests.object.state'),
      cell: (request) => <StatusMark kind="provisioning" value={request.provisioning?.state ?? 'NONE'} />,
    },
    {
      key: 'action',
      header: t('requests.revoke.confirm'),
      isHeaderHidden: true,
      width: '96px',
      cell: (request) => (
        <ActionButton
          size="xs"
          label={t('product.members.revoke')}
          fullLabel={t('product.members.revokeOf', { who: request.user.name })}
          ability={abilityOn(request.abilities, 'revoke')}
          onClick={() => onRevoke(request)}
        />
      ),
    },
  ];
}

/** Who has access by an approved request; for those who review or manage the product. */
export function ProductMembers({ product }: { product: DataProduct }) {
  const t = useText();
  const me = useCurrentUser();
  const list = useListState();
  const [ending, setEnding] = useState<Revocable>();
  const query = {
    searchText: list.text('searchText'),
    offset: list.offset,
    limit: pageSize,
    ...(list.sort?.column === 'expiration' ? { sortBy: 'expiration' as const, sortOrder: list.sort.order } : {}),
  };
  const members = useOperation(searchDataProductMembers, { params: { id: product.id }, query }, { keepPrevious: true });
  const columns = useColumns((request) => setEnding(revocableOf(request, me?.globalUserId)));
  if (members.error?.status === 403) {
    return <EmptyState kind="denied" title={t('product.members.denied')} text={members.error.detail} />;
  }
  const total = members.data?.meta.totalCount;
  return (
    <>
      <FilterBar list={list} searchLabel={t('product.members.search')} />
      <DataTable
        label={t('product.tab.members')}
        columns={columns}
        rows={members.data?.data}
        rowKey={(request) => request.id}
        state={members}
        total={total}
        sort={list.sort}
        onSort={list.setSort}
        paging={list.paging(pageSize, total)}
        empty={
          list.text('searchText') === undefined ? (
            <EmptyState title={t('product.members.empty')} text={t('product.members.emptyText')} />
          ) : (
            <FilteredEmpty list={list} />
          )
        }
      />
      {ending !== undefined && <RevokeDialog what={ending} onClose={() => setEnding(undefined)} />}
    </>
  );
}
