import { type AuditEvent, auditStatus, exportAudit, searchAudit } from '@stoa/contract/audit';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { addressOf, call } from '../../lib/api.ts';
import { useCursorPages } from '../../lib/cursor-pages.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { Facet } from '../../ui/facets.ts';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo, PlainLink } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { SavedViews } from '../saved-views/SavedViews.tsx';
import styles from './Audit.module.css';
import { actionWords, decisionOf, fromOf, periods, type Period } from './audit-view.ts';
import { Outcome, useTargetText } from './audit-words.tsx';

const pageSize = 50;
const seldomFilters = ['actor', 'target', 'from', 'to'];
const AuditDrawer = lazy(() => import('./AuditDrawer.tsx').then((part) => ({ default: part.AuditDrawer })));
const SeldomFilters = lazy(() => import('./SeldomFilters.tsx').then((part) => ({ default: part.SeldomFilters })));
const AuditCharts = lazy(() => import('./AuditCharts.tsx').then((part) => ({ default: part.AuditCharts })));

/** Those that people look for; any other can stand in the address. */
const usualActions = [
  'AccessRequested',
  'ApprovalRecordDecided',
  'AccessExpired',
  'ProvisioningStatementExecuted',
  'ProvisioningVerified',
  'ProvisioningFailed',
  'ProvisioningHeldBack',
  'DriftFound',
  'DriftResolved',
  'DriftIgnored',
  'DriftUnignored',
  'TakeOverFiled',
  'TakeOverConfirmed',
  'TakeOverDeclined',
  'TakeOverApplied',
  'DataProductCreated',
  'DataSourcesUpdated',
  'DomainPermissionsUpdated',
  'PermissionApplied',
  'PermissionRemoved',
  'ConfigurationChanged',
  'PeopleChangeFiled',
  'PeopleChangeConfirmed',
  'PeopleChangeMadeAlone',
  'UserLogin',
  'UserDisabled',
] as const;
const targetTypes = ['ACCESS_REQUEST', 'CONTAINER', 'DATA_PRODUCT', 'DOMAIN', 'CONNECTION', 'USER', 'GROUP'] as const;

/** What narrows the list, its charts and its export alike. */
function filterOf(list: ListState, now: number) {
  const from = fromOf(list.text('from'), now);
  const to = fromOf(list.text('to'), now);
  return {
    action: [...list.values('action')],
    actor: [...list.values('actor')],
    targetType: [...list.values('targetType')],
    target: [...list.values('target')],
    outcome: auditStatus.options.filter((one) => list.values('outcome').includes(one)),
    searchText: list.text('searchText'),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function useEvents(filter: ReturnType<typeof filterOf>) {
  const query = { limit: pageSize, ...filter };
  return useCursorPages({
    operation: searchAudit,
    input: query,
    read: (nextToken, signal) => call(searchAudit, { query: { ...query, nextToken } }, { signal }),
  });
}

function useFacets(list: ListState): Facet[] {
  const t = useText();
  const targetText = useTargetText();
  const named = list.values('action').filter((one) => !usualActions.some((usual) => usual === one));
  const spans: readonly Period[] = ['hour', 'day', 'week', 'month'];
  return [
    {
      name: 'action',
      label: t('audit.facet.action'),
      options: [...usualActions, ...named].map((value) => ({ value, label: actionWords(value) })),
    },
    {
      name: 'targetType',
      label: t('audit.facet.target'),
      options: targetTypes.map((value) => ({ value, label: targetText(value) })),
    },
    {
      name: 'outcome',
      label: t('audit.facet.outcome'),
      isClosed: true,
      options: auditStatus.options.map((value) => ({ value, label: t(`audit.outcome.${value}`) })),
    },
    {
      name: 'from',
      label: t('audit.facet.period'),
      // Also an instant, which is set beside it.
      knows: (value) => fromOf(value, 0) !== undefined,
      isSingle: true,
      options: spans
        .filter((value) => Object.hasOwn(periods, value))
        .map((value) => ({ value, label: t(`audit.period.${value}`) })),
    },
  ];
}

function useColumns(list: ListState): Column<AuditEvent>[] {
  const t = useText();
  const targetText = useTargetText();
  const targetsOf = (one: AuditEvent) => {
    const first = one.targets[0]?.name ?? one.targets[0]?.id ?? '';
    const count = one.targets.length - 1;
    return count > 0 ? t('audit.more', { first, count }) : first;
  };
  const wordsOf = (one: AuditEvent) => {
    const what = actionWords(one.action);
    const decision = decisionOf(one);
    return decision === undefined ? what : t('audit.decided', { what, decision: t(`ui.status.${decision}`) });
  };
  return [
    {
      key: 'action',
      header: t('audit.column.action'),
      cell: (one) => (
        <LinkTo look="row" to="." search={{ ...list.search, row: one.id, at: one.eventTimestamp }} resetScroll={false}>
          {wordsOf(one)}
        </LinkTo>
      ),
    },
    {
      key: 'time',
      header: t('audit.column.time'),
      cell: (one) => (
        <span className={styles.time}>
          <TimeStamp value={one.eventTimestamp} />
        </span>
      ),
    },
    { key: 'actor', header: t('audit.column.actor'), cell: (one) => one.actor.name },
    {
      key: 'target',
      header: t('audit.column.target'),
      cell: (one) => (
        <>
          <span className="text-2">{targetText(one.targetType)}</span> {targetsOf(one)}
        </>
      ),
    },
    {
      key: 'seal',
      header: t('audit.column.seal'),
      isNumeric: true,
      cell: (one) => (one.seal === null ? <span className="text-2">{t('audit.notSealed')}</span> : one.seal.seq),
    },
    { key: 'outcome', header: t('audit.column.outcome'), cell: (one) => <Outcome status={one.actionStatus} /> },
  ];
}

/** What happened: filters in the address, each event with an address of its own. */
export function AuditPage() {
  const t = useText();
  const list = useListState();
  const navigate = useNavigate();
  const [now] = useState(Date.now);
  const filter = filterOf(list, now);
  const events = useEvents(filter);
  const may = useMay();
  const facets = useFacets(list);
  const columns = useColumns(list);
  const rows = events.pages?.flatMap((page) => page.data);
  const lookedSince = events.pages?.at(-1)?.meta.lookedSince;
  const row = list.text('row');
  const [wasOpened, setWasOpened] = useState(row !== undefined);
  if (row !== undefined && !wasOpened) setWasOpened(true);
  const close = () =>
    void navigate({ to: '.', search: { ...list.search, row: undefined, at: undefined }, resetScroll: false });
  return (
    <>
      <PageHeader
        title={t('audit.title')}
        lead={t('audit.lead')}
        secondary={
          <>
            <SavedViews list="audit" state={list} />
            <PlainLink look="button" href={addressOf(exportAudit, { query: filter })} download>
              {t('audit.export')}
            </PlainLink>
            {may('audit.verify') && (
              <LinkTo look="button" to="/audit/chain" search={{}}>
                {t('audit.chain')}
              </LinkTo>
            )}
          </>
        }
      />
      <FilterBar
        list={list}
        searchLabel={t('audit.search')}
        facets={facets}
        more={{
          names: seldomFilters,
          content: (
            <Suspense>
              <SeldomFilters list={list} />
            </Suspense>
          ),
        }}
      />
      <Suspense>
        <AuditCharts query={filter} />
      </Suspense>
      <DataTable
        label={t('audit.table')}
        columns={columns}
        rows={rows}
        rowKey={(one) => one.id}
        state={events.state}
        paging={events.paging}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState title={t('audit.emptyTitle')} text={t('audit.emptyText')} />
          )
        }
      />
      {lookedSince !== undefined && (
        <p className="text-2 small" aria-live="polite">
          <Say id="audit.lookedSince" values={{ when: <TimeStamp value={lookedSince} /> }} />
        </p>
      )}
      <Suspense>
        {wasOpened && <AuditDrawer id={row} at={list.text('at')} shown={rows ?? []} onClose={close} />}
      </Suspense>
    </>
  );
}
