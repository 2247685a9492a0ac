import {
  type Connection,
  type Drift,
  listConnections,
  listDrift,
  readConnection,
  unignoreDrift,
} from '@stoa/contract/connection';
import { driftFinding } from '@stoa/contract/enums';
import { lazy, Suspense, useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { useListState } from '../../ui/list-search.ts';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { ExistingGrants } from '../existing-grants/ExistingGrants.tsx';
import styles from './Connections.module.css';

const pageSize = 50;
const states = ['false', 'true'] as const;

const DriftDialog = lazy(() => import('./DriftDialog.tsx').then((module) => ({ default: module.DriftDialog })));

type Settler = { readonly connection: Connection; readonly onSettle: (one: Drift) => void };

function useColumns({ connection, onSettle }: Settler): Column<Drift>[] {
  const t = useText();
  return [
    {
      key: 'finding',
      header: t('drift.column.finding'),
      cell: (one) => <span className={styles.drift}>{t(`finding.${one.finding}`)}</span>,
    },
    {
      key: 'object',
      header: t('drift.column.object'),
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
      header: t('drift.column.principal'),
      width: '14%',
      cell: (one) => one.principal !== null && <Identifier value={one.principal} maxLength={32} />,
    },
    {
      key: 'privilege',
      header: t('drift.column.privilege'),
      cell: (one) => one.privilege !== null && <span className="mono">{one.privilege}</span>,
    },
    {
      key: 'since',
      header: t('drift.column.since'),
      cell: (one) => <TimeStamp value={one.since} style="relative" />,
    },
    {
      key: 'reaction',
      header: t('drift.column.reaction'),
      cell: (one) => <Settling connection={connection} one={one} onSettle={onSettle} />,
    },
  ];
}

type SettlingProps = Settler & { readonly one: Drift };

/** What Stoa does about it, or who ignores it; and where a person has to do something, the way to it. */
function Settling({ connection, one, onSettle }: SettlingProps) {
  const t = useText();
  const announce = useAnnounce();
  const again = useCommand(unignoreDrift, {
    invalidates: [listDrift, readConnection, listConnections],
    onSuccess: () => announce(t('drift.unignored')),
  });
  const { ignored, id = '' } = one;
  if (ignored === undefined)
    return (
      <div className={styles.settling}>
        <p className="small">{one.reaction}</p>
        {one.isForPerson === true && (
          <ActionButton
            size="xs"
            label={t('drift.settle')}
            fullLabel={t('drift.settleOne', {
              finding: t(`finding.${one.finding}`),
              principal: one.principal ?? '',
            })}
            onClick={() => onSettle(one)}
          />
        )}
      </div>
    );
  return (
    <div className={styles.settling}>
      <p className="small text-2">
        <Say
          id="drift.ignored"
          values={{
            name: ignored.by.name,
            when: <TimeStamp key="when" value={ignored.at} style="relative" />,
            reason: ignored.reason,
          }}
        />
      </p>
      {again.error !== null && <ErrorNotice problem={again.error} isWrite />}
      <ActionButton
        size="xs"
        tone="quiet"
        label={t('drift.unignore')}
        ability={connection.abilities?.['ignoreDrift']}
        isBusy={again.isPending}
        onClick={() => again.mutate({ params: { connectionKey: connection.connectionKey, driftId: id } })}
      />
    </div>
  );
}

/** The list of findings, or the plans that take back what others gave. */
export function DriftList({ connection, isOnly = true }: { connection: Connection; isOnly?: boolean }) {
  const list = useListState();
  if (!isOnly || (list.text('view') === undefined && list.text('row') === undefined))
    return <Findings connection={connection} isOnly={isOnly} />;
  return <ExistingGrants connection={connection} />;
}

/** Where the platform differs from what should be there, and what Stoa does about it. */
function Findings({ connection, isOnly }: { connection: Connection; isOnly: boolean }) {
  const t = useText();
  const list = useListState();
  // On the page of all platforms the filters of the address belong to another list.
  const searchText = isOnly ? list.text('searchText') : undefined;
  const [settled, setSettled] = useState<Drift>();
  const ignored = isOnly ? states.find((one) => list.values('ignored').includes(one)) : undefined;
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
        ...(ignored === undefined ? {} : { ignored: ignored === 'true' }),
      },
    },
    { keepPrevious: true },
  );
  const columns = useColumns({ connection, onSettle: setSettled });
  const total = drift.data?.meta.totalCount;
  const { lastRunAt } = connection.reconcile;
  const options = driftFinding.options.map((value) => ({ value, label: t(`finding.${value}`) }));
  const facets = [
    { name: 'finding', label: t('drift.filter'), isClosed: true, options },
    {
      name: 'ignored',
      label: t('drift.state'),
      isClosed: true,
      isSingle: true,
      options: states.map((value) => ({ value, label: t(`drift.state.${value}`) })),
    },
  ];
  return (
    <>
      {isOnly && (
        <div className={styles.stack}>
          <p>
            <LinkTo
              to="/admin/connections/$key"
              params={{ key: connection.connectionKey }}
              search={{ tab: 'drift', view: 'grants' }}
            >
              {t('drift.takeBack')}
            </LinkTo>
          </p>
          <FilterBar list={list} searchLabel={t('drift.search')} facets={facets} />
        </div>
      )}
      <DataTable
        label={t('drift.table')}
        columns={columns}
        rows={drift.data?.data}
        rowKey={(one) => one.id ?? `${one.finding} ${one.object} ${one.principal ?? ''} ${one.privilege ?? ''}`}
        state={drift}
        total={total}
        hasRowKeys={isOnly}
        paging={list.paging(pageSize, total)}
        empty={
          chosen.length > 0 || searchText !== undefined || ignored !== undefined ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState
              title={t('drift.emptyTitle')}
              text={
                lastRunAt === undefined ? (
                  t('drift.emptyNever')
                ) : (
                  <Say
                    id="drift.emptyText"
                    values={{ when: <TimeStamp key="when" value={lastRunAt} style="relative" /> }}
                  />
                )
              }
            />
          )
        }
      />
      {settled !== undefined && (
        <Suspense>
          <DriftDialog connection={connection} finding={settled} onClose={() => setSettled(undefined)} />
        </Suspense>
      )}
    </>
  );
}
