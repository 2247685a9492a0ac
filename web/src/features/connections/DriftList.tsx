import { type Connection, type Drift, listDrift } from '@stoa/contract/connection';
import { driftFinding } from '@stoa/contract/enums';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useListState } from '../../ui/list-search.ts';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './Connections.module.css';

const pageSize = 50;

function useColumns(): Column<Drift>[] {
  const t = useText();
  return [
    {
      key: 'finding',
      header: t('connections.drift.column.finding'),
      cell: (one) => <span className={styles.drift}>{t(`finding.${one.finding}`)}</span>,
    },
    {
      key: 'object',
      header: t('connections.drift.column.object'),
      width: '26%',
      cell: (one) => (
        <>
          <Identifier value={one.object} />
          {one.detail !== undefined && <p className="text-2 small">{one.detail}</p>}
        </>
      ),
    },
    {
      key: 'principal',
      header: t('connections.drift.column.principal'),
      width: '14%',
      cell: (one) => one.principal !== null && <Identifier value={one.principal} maxLength={32} />,
    },
    {
      key: 'privilege',
      header: t('connections.drift.column.privilege'),
      cell: (one) => one.privilege !== null && <span className="mono">{one.privilege}</span>,
    },
    {
      key: 'since',
      header: t('connections.drift.column.since'),
      cell: (one) => <TimeStamp value={one.since} style="relative" />,
    },
    {
      key: 'reaction',
      header: t('connections.drift.column.reaction'),
      cell: (one) => <span className="small">{one.reaction}</span>,
    },
  ];
}

/** Where the platform differs from what should be there, and what Stoa does about it. */
export function DriftList({ connection, isOnly = true }: { connection: Connection; isOnly?: boolean }) {
  const t = useText();
  const list = useListState();
  // On the page of all platforms the filters of the address belong to another list.
  const searchText = isOnly ? list.text('searchText') : undefined;
  const chosen = driftFinding.options.filter((one) => list.values('finding').includes(one));
  const drift = useOperation(
    listDrift,
    {
      params: { connectionKey: connection.connectionKey },
      query: {
        offset: list.offset,
        limit: pageSize,
        ...(searchText === undefined ? {} : { searchText }),
        ...(chosen.length === 0 ? {} : { finding: chosen }),
      },
    },
    { keepPrevious: true },
  );
  const columns = useColumns();
  const total = drift.data?.meta.totalCount;
  const { lastRunAt } = connection.reconcile;
  const options = driftFinding.options.map((value) => ({ value, label: t(`finding.${value}`) }));
  const facets = [{ name: 'finding', label: t('connections.drift.filter'), isClosed: true, options }];
  return (
    <>
      {isOnly && <FilterBar list={list} searchLabel={t('connections.drift.search')} facets={facets} />}
      <DataTable
        label={t('connections.drift.table')}
        columns={columns}
        rows={drift.data?.data}
        rowKey={(one) => one.id ?? `${one.finding} ${one.object} ${one.principal ?? ''} ${one.privilege ?? ''}`}
        state={drift}
        total={total}
        hasRowKeys={isOnly}
        paging={list.paging(pageSize, total)}
        empty={
          chosen.length > 0 || searchText !== undefined ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState
              title={t('connections.drift.emptyTitle')}
              text={
                lastRunAt === undefined ? (
                  t('connections.drift.emptyNever')
                ) : (
                  <Say
                    id="connections.drift.emptyText"
                    values={{ when: <TimeStamp key="when" value={lastRunAt} style="relative" /> }}
                  />
                )
              }
            />
          )
        }
      />
    </>
  );
}
