import type { Connection } from '@stoa/contract/connection';
import { identityState } from '@stoa/contract/enums';
import {
  listIdentities,
  type PlatformIdentityOfUser,
  verifyIdentities,
  type VerifyIdentitiesBody,
} from '@stoa/contract/identity';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useListState } from '../../ui/list-search.ts';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { TaskProgress } from '../tasks/TaskProgress.tsx';
import { IdentityState } from './IdentityState.tsx';
import styles from './Connections.module.css';

const IdentityDialog = lazy(() => import('./IdentityDialog.tsx').then((part) => ({ default: part.IdentityDialog })));

const pageSize = 50;

type Acts = {
  readonly onChange: (one: PlatformIdentityOfUser) => void;
  readonly onVerify: (one: PlatformIdentityOfUser) => void;
};

/** The state in words; under it, why there is no account, and what waits for one. */
function StateCell({ one }: { one: PlatformIdentityOfUser }) {
  const t = useText();
  const waiting = one.waiting ?? 0;
  return (
    <>
      <IdentityState state={one.state} />
      {one.state !== 'mapped' && one.state !== 'fallback' && one.reason !== undefined && (
        <div className="text-2 small">{one.reason}</div>
      )}
      {waiting > 0 && <b className="small">{t('identities.waiting', { count: waiting })}</b>}
    </>
  );
}

function useColumns(connection: Connection, { onChange, onVerify }: Acts) {
  const t = useText();
  const columns: Column<PlatformIdentityOfUser>[] = [
    {
      key: 'person',
      header: t('identities.column.person'),
      cell: (one) => (
        <LinkTo look="row" to="/admin/people/$id" params={{ id: one.user.globalUserId }}>
          <PersonName name={one.user.name} username={one.user.username} withUsername />
        </LinkTo>
      ),
    },
    {
      key: 'external',
      header: t('connections.identity.column.external'),
      cell: (one) =>
        one.externalName === '' ? (
          <span className="text-2">{t('identities.noName')}</span>
        ) : (
          <Identifier value={one.externalName} />
        ),
    },
    {
      key: 'state',
      header: t('connections.identity.column.state'),
      width: '216px',
      cell: (one) => <StateCell one={one} />,
    },
    {
      key: 'source',
      header: t('identities.column.source'),
      width: '124px',
      cell: (one) => one.source !== undefined && t(`identities.source.${one.source}`),
    },
    {
      key: 'verified',
      header: t('identities.column.verified'),
      width: '132px',
      cell: (one) =>
        one.verifiedAt === undefined ? (
          <span className="text-2">{t('identities.never')}</span>
        ) : (
          <TimeStamp value={one.verifiedAt} style="relative" />
        ),
    },
    {
      key: 'action',
      header: t('connections.identity.change'),
      isHeaderHidden: true,
      width: '188px',
      cell: (one) => (
        <div className={styles.rowActs}>
          <ActionButton
            size="xs"
            tone="quiet"
            label={t('identities.verify')}
            fullLabel={t('identities.verifyOf', { name: one.user.name })}
            onClick={() => onVerify(one)}
          />
          <ActionButton
            size="xs"
            label={t('connections.identity.change')}
            fullLabel={t('connections.identity.changeOf', { name: one.user.name })}
            ability={connection.abilities?.mapIdentities ?? { allowed: false }}
            onClick={() => onChange(one)}
          />
        </div>
      ),
    },
  ];
  return columns;
}

/** What the address says of the list, as the wire takes it. */
function useFilter() {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const states = identityState.options.filter((one) => list.values('state').includes(one));
  const isWaiting = list.text('waiting') === 'true';
  const options = identityState.options.map((value) => ({ value, label: t(`connections.identity.state.${value}`) }));
  return {
    list,
    filter: {
      ...(searchText === undefined ? {} : { searchText }),
      ...(states.length === 0 ? {} : { state: states }),
      ...(isWaiting ? { waiting: true } : {}),
    },
    facets: [
      { name: 'state', label: t('identities.filter'), isClosed: true, options },
      {
        name: 'waiting',
        label: t('identities.filterWaiting'),
        isClosed: true,
        options: [{ value: 'true', label: t('identities.isWaiting') }],
        isSingle: true,
      },
    ],
  };
}

/** Looking people up again: who was started last, and how far it has come. */
function useVerification(connectionKey: string) {
  const client = useQueryClient();
  const [started, setStarted] = useState<{ taskId: string; name: string | undefined }>();
  const command = useCommand(verifyIdentities);
  return {
    started,
    problem: command.error,
    isBusy: command.isPending,
    start: (body: VerifyIdentitiesBody, name?: string) =>
      command.mutate({ params: { connectionKey }, body }, { onSuccess: ({ taskId }) => setStarted({ taskId, name }) }),
    onEnd: () => void client.invalidateQueries({ queryKey: [listIdentities.id] }),
  };
}

type Verification = ReturnType<typeof useVerification>;

function ListActs({
  connection,
  total,
  verification,
  onAll,
}: {
  connection: Connection;
  total: number | undefined;
  verification: Verification;
  onAll: () => void;
}) {
  const t = useText();
  const { started } = verification;
  return (
    <div className={styles.tasks}>
      <div className={styles.buttons}>
        <ActionButton
          label={t('identities.verifyAll', { count: total ?? 0 })}
          ability={total === 0 ? { allowed: false, reason: t('identities.verifyNobody') } : { allowed: true }}
          isBusy={verification.isBusy}
          onClick={onAll}
        />
        <LinkTo
          look="button"
          to="/admin/import"
          search={{ kind: 'identities', connectionKey: connection.connectionKey }}
        >
          {t('identities.bulk')}
        </LinkTo>
      </div>
      {verification.problem !== null && <ErrorNotice problem={verification.problem} isWrite />}
      {started !== undefined && (
        <TaskProgress
          key={started.taskId}
          taskId={started.taskId}
          label={
            started.name === undefined ? t('identities.verifying') : t('identities.verifyingOf', { name: started.name })
          }
          onEnd={verification.onEnd}
        />
      )}
    </div>
  );
}

/** Who everybody is on this platform; whoever waits for an account comes first. */
export function IdentityList({ connection }: { connection: Connection }) {
  const t = useText();
  const { list, filter, facets } = useFilter();
  const { connectionKey } = connection;
  const [changing, setChanging] = useState<PlatformIdentityOfUser>();
  const identities = useOperation(
    listIdentities,
    { params: { connectionKey }, query: { offset: list.offset, limit: pageSize, ...filter } },
    { keepPrevious: true },
  );
  const verification = useVerification(connectionKey);
  const columns = useColumns(connection, {
    onChange: setChanging,
    onVerify: (one) => verification.start({ globalUserIds: [one.user.globalUserId] }, one.user.name),
  });
  const total = identities.data?.meta.totalCount;
  const hasFilter = Object.keys(filter).length > 0;
  return (
    <>
      <ListActs
        connection={connection}
        total={total}
        verification={verification}
        onAll={() => verification.start(filter)}
      />
      <FilterBar list={list} searchLabel={t('identities.search')} facets={facets} />
      <DataTable
        label={t('identities.table')}
        columns={columns}
        rows={identities.data?.data}
        rowKey={(one) => one.user.globalUserId}
        state={identities}
        total={total}
        needsAttention={(one) => (one.waiting ?? 0) > 0}
        paging={list.paging(pageSize, total)}
        empty={
          hasFilter ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState title={t('identities.emptyTitle')} text={t('identities.emptyText')} />
          )
        }
      />
      {changing !== undefined && (
        <Suspense fallback={null}>
          <IdentityDialog connectionKey={connectionKey} mapped={changing} onClose={() => setChanging(undefined)} />
        </Suspense>
      )}
    </>
  );
}
