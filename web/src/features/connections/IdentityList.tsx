import type { Connection } from '@stoa/contract/connection';
import { identityState } from '@stoa/contract/enums';
import { listIdentities, type PlatformIdentityOfUser } from '@stoa/contract/identity';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PersonName } from '../../ui/PersonName.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { IdentityState } from './IdentityState.tsx';

const pageSize = 50;

const IdentityDialog = lazy(() => import('./IdentityDialog.tsx').then((part) => ({ default: part.IdentityDialog })));

function useColumns(connection: Connection, onChange: (one: PlatformIdentityOfUser) => void) {
  const t = useText();
  const columns: Column<PlatformIdentityOfUser>[] = [
    {
      key: 'person',
      header: t('connections.identity.column.person'),
      cell: (one) => <PersonName name={one.user.name} username={one.user.username} withUsername />,
    },
    {
      key: 'external',
      header: t('connections.identity.column.external'),
      cell: (one) => <Identifier value={one.externalName} />,
    },
    {
      key: 'state',
      header: t('connections.identity.column.state'),
      cell: (one) => <IdentityState state={one.state} />,
    },
    {
      key: 'source',
      header: t('connections.identity.column.source'),
      cell: (one) => one.source !== undefined && t(`connections.identity.source.${one.source}`),
    },
    {
      key: 'verified',
      header: t('connections.identity.column.verified'),
      cell: (one) => one.verifiedAt !== undefined && <TimeStamp value={one.verifiedAt} style="relative" />,
    },
    {
      key: 'action',
      header: t('connections.identity.change'),
      isHeaderHidden: true,
      width: '112px',
      cell: (one) => (
        <ActionButton
          size="xs"
          label={t('connections.identity.change')}
          fullLabel={t('connections.identity.changeOf', { name: one.user.name })}
          ability={connection.abilities?.mapIdentities ?? { allowed: false }}
          onClick={() => onChange(one)}
        />
      ),
    },
  ];
  return columns;
}

/** Who people are on this platform. */
export function IdentityList({ connection }: { connection: Connection }) {
  const t = useText();
  const list = useListState();
  const [changing, setChanging] = useState<PlatformIdentityOfUser>();
  const searchText = list.text('searchText');
  const states = identityState.options.filter((one) => list.values('state').includes(one));
  const identities = useOperation(
    listIdentities,
    {
      params: { connectionKey: connection.connectionKey },
      query: {
        offset: list.offset,
        limit: pageSize,
        ...(searchText === undefined ? {} : { searchText }),
        ...(states.length === 0 ? {} : { state: states }),
      },
    },
    { keepPrevious: true },
  );
  const columns = useColumns(connection, setChanging);
  const total = identities.data?.meta.totalCount;
  const options = identityState.options.map((value) => ({ value, label: t(`connections.identity.state.${value}`) }));
  const facets = [{ name: 'state', label: t('connections.identity.filter'), options }];
  return (
    <>
      <FilterBar list={list} searchLabel={t('connections.identity.search')} facets={facets} />
      <DataTable
        label={t('connections.identity.table')}
        columns={columns}
        rows={identities.data?.data}
        rowKey={(one) => one.user.globalUserId}
        state={identities}
        total={total}
        paging={
          total === undefined
            ? undefined
            : { kind: 'offset', offset: list.offset, limit: pageSize, total, onChange: list.setOffset }
        }
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState title={t('connections.identity.emptyTitle')} text={t('connections.identity.emptyText')} />
          )
        }
      />
      {changing !== undefined && (
        <Suspense fallback={null}>
          <IdentityDialog
            connectionKey={connection.connectionKey}
            mapped={changing}
            onClose={() => setChanging(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}
