import { type AccessRequest, searchAccessRequests } from '@stoa/contract/access-request';
import { listRiskAssessments, type RiskOfRequest } from '@stoa/contract/assist';
import { useText } from '../../app/messages/use-text.tsx';
import { useHeldChanges } from '../../app/live-events.tsx';
import { useOperation } from '../../lib/api.ts';
import { lazy, Suspense } from 'react';
import { abilityOn } from '../../lib/ability-on.ts';
import { StaleBanner } from '../../ui/Banner.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { useDurationText } from '../../ui/DurationPicker.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { Facet } from '../../ui/facets.ts';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { SavedViews } from '../saved-views/SavedViews.tsx';
import { QueueFilters, useQueueFacets } from './QueueFilters.tsx';
import { periodsOf } from './periods.ts';
import { type ReviewSelection, SelectionBar, useReviewSelection, useSelectColumn } from './ReviewSelection.tsx';
import { RiskMark } from './RiskMark.tsx';
import { reviewQueryOf, reviewViews, viewOf } from './review-queue.ts';
import { PathUnder, targetNameOf } from './asked-target.tsx';
import styles from './lists.module.css';

const QueueSnooze = lazy(() => import('./QueueSnooze.tsx').then((part) => ({ default: part.QueueSnooze })));
const SnoozedUntil = lazy(() => import('./QueueSnooze.tsx').then((part) => ({ default: part.SnoozedUntil })));

const pageSize = 25;

function Who({ request, list }: { request: AccessRequest; list: ListState }) {
  const t = useText();
  const isForOther = request.user.globalUserId !== request.requestingUser.globalUserId;
  return (
    <>
      <LinkTo
        look="row"
        to="/reviews/$requestId"
        params={{ requestId: request.id }}
        search={{ ...list.search }}
        data-request-id={request.id}
      >
        {request.user.name}
      </LinkTo>
      {isForOther && (
        <span className={styles.under}>{t('reviews.onBehalf', { who: request.requestingUser.name })}</span>
      )}
    </>
  );
}

type RiskState = { readonly isPending: boolean; readonly isError: boolean };

/** The risk is computed by itself, a moment after the rows. */
function Risk({ risk, state }: { risk: RiskOfRequest | undefined; state: RiskState }) {
  const t = useText();
  if (risk !== undefined) return <RiskMark risk={risk.approvalRisk} isShort />;
  if (state.isPending) return <span className="text-2">{t('reviews.risk.PENDING')}</span>;
  return <span className="text-2">{t(state.isError ? 'reviews.risk.failed' : 'reviews.risk.notYours')}</span>;
}

function Target({ request }: { request: AccessRequest }) {
  const t = useText();
  return (
    <>
      {targetNameOf(request)}
      <PathUnder request={request} />
      <span className={styles.under}>{t(`requests.type.${request.type}`)}</span>
    </>
  );
}

function Period({ request }: { request: AccessRequest }) {
  const t = useText();
  const duration = useDurationText();
  const { asked, granted } = periodsOf(request);
  return (
    <div className={styles.period}>
      {duration(granted === undefined ? asked : granted)}
      {granted !== undefined && (
        <span className={styles.under}>{t('reviews.askedPeriod', { period: duration(asked) })}</span>
      )}
    </div>
  );
}

/** The rows of the page with their risk, which is asked for while they are open. */
function useCandidates(rows: readonly AccessRequest[] | undefined, isOpen: boolean) {
  const ids = (rows ?? []).map((request) => request.id);
  // Another page of rows asks anew: what is known of those that stay must not go for that moment.
  const risks = useOperation(
    listRiskAssessments,
    { query: { id: ids } },
    { enabled: isOpen && ids.length > 0, keepPrevious: true },
  );
  const candidates = (isOpen ? (rows ?? []) : []).map((request) => ({
    request,
    risk: risks.data?.find((one) => one.id === request.id),
  }));
  const state = { isPending: risks.isPending || risks.isPlaceholderData, isError: risks.isError };
  return { candidates, state };
}

type ColumnsOf = { list: ListState; riskState: RiskState; selection: ReviewSelection; onMoved: () => void };

/** While requests wait: risk, age and progress. Once they are decided: how, and until when. */
function useColumns({ list, riskState, selection, onMoved }: ColumnsOf): Column<AccessRequest>[] {
  const t = useText();
  const select = useSelectColumn(selection);
  const always: Column<AccessRequest>[] = [
    {
      key: 'who',
      header: t('requests.column.who'),
      width: '20%',
      cell: (request) => <Who request={request} list={list} />,
    },
    {
      key: 'target',
      header: t('requests.column.target'),
      sortBy: 'dataProduct',
      width: '24%',
      cell: (request) => <Target request={request} />,
    },
    {
      key: 'duration',
      header: t('requests.column.duration'),
      cell: (request) => <Period request={request} />,
    },
  ];
  const status: Column<AccessRequest> = {
    key: 'status',
    header: t('requests.column.status'),
    sortBy: 'status',
    cell: (request) => <StatusMark kind="request" value={request.status} />,
  };
  const asked: Column<AccessRequest> = {
    key: 'asked',
    header: t('requests.column.asked'),
    sortBy: 'createdAt',
    cell: (request) => <TimeStamp value={request.createdAt} style="relative" />,
  };
  const progress: Column<AccessRequest> = {
    key: 'progress',
    header: t('requests.column.progress'),
    cell: (request) => (request.progress === undefined ? '' : t('reviews.progress', request.progress)),
  };
  if (isOpenView(list)) {
    const risk: Column<AccessRequest> = {
      key: 'risk',
      header: t('requests.column.risk'),
      cell: ({ id }) => <Risk risk={selection.rows.find(({ request }) => request.id === id)?.risk} state={riskState} />,
    };
    // Where everything is pending the word says nothing.
    const later: Column<AccessRequest> = {
      key: 'later',
      header: t('reviews.view.later'),
      cell: (request) => (
        <Suspense fallback={null}>
          <SnoozedUntil request={request} onBack={onMoved} />
        </Suspense>
      ),
    };
    if (viewOf(list) === 'later') return [...always, risk, asked, later];
    return [...select, ...always, risk, asked, progress, ...(list.values('status').length > 0 ? [status] : [])];
  }
  return [
    ...always,
    status,
    asked,
    {
      key: 'changed',
      header: t('requests.column.changed'),
      sortBy: 'updatedAt',
      cell: (request) => <TimeStamp value={request.updatedAt} style="relative" />,
    },
    {
      key: 'ends',
      header: t('requests.column.ends'),
      sortBy: 'expiration',
      cell: (request) =>
        request.expiration === undefined ? '' : <TimeStamp value={request.expiration} style="date" />,
    },
  ];
}

const isOpenView = (list: ListState): boolean => viewOf(list) !== 'reviewed' && viewOf(list) !== 'all';

function Views({ list }: { list: ListState }) {
  const t = useText();
  const current = viewOf(list);
  return (
    <nav className={styles.views} aria-label={t('reviews.view.label')}>
      {reviewViews.map((view) => (
        <LinkTo
          key={view}
          to="/reviews"
          search={view === 'waiting' ? {} : { view }}
          // The first view needs nothing in the address, which is part of every address.
          activeOptions={{ exact: true }}
          className={styles.view ?? ''}
          {...(view === current ? { 'aria-current': 'page' as const } : {})}
        >
          {t(`reviews.view.${view}`)}
        </LinkTo>
      ))}
    </nav>
  );
}

function Nothing({ list, facets }: { list: ListState; facets: readonly Facet[] }) {
  const t = useText();
  if (list.activeFilters.length > 0) return <FilteredEmpty list={list} facets={facets} />;
  return viewOf(list) === 'waiting' ? (
    <EmptyState title={t('reviews.empty.waiting')} text={t('reviews.empty.waitingText')} />
  ) : (
    <EmptyState title={t('reviews.empty.other')} text={t('reviews.empty.otherText')} />
  );
}

/** The requests that wait on the reader, and those around them. Opening one takes the list along, for `[` and `]`. */
export function ReviewQueuePage() {
  const t = useText();
  const list = useListState();
  const query = { ...reviewQueryOf(list), limit: pageSize, offset: list.offset };
  const requests = useOperation(searchAccessRequests, { query }, { keepPrevious: true, hold: true });
  const held = useHeldChanges(searchAccessRequests);
  const { state: riskState, candidates } = useCandidates(requests.data?.data, isOpenView(list));
  const selection = useReviewSelection(candidates, held.show);
  const columns = useColumns({ list, riskState, selection, onMoved: held.show });
  const facets = useQueueFacets();
  const first = requests.data?.data[0];
  const total = requests.data?.meta.totalCount;
  return (
    <>
      <PageHeader
        title={t('shell.nav.reviews')}
        lead={t('reviews.lead')}
        secondary={
          <>
            <SavedViews list="reviews" state={list} />
            <LinkTo look="button" to="/reviews/assist">
              {t('assist.link')}
            </LinkTo>
          </>
        }
        action={
          first !== undefined &&
          viewOf(list) === 'waiting' && (
            <LinkTo
              look="primary"
              to="/reviews/$requestId"
              params={{ requestId: first.id }}
              search={{ ...list.search }}
            >
              {t('reviews.start')}
            </LinkTo>
          )
        }
      />
      <Views list={list} />
      <QueueFilters list={list} facets={facets} />
      <StaleBanner count={held.count} onShow={held.show} />
      {(selection.isDeciding || columns.some(({ key }) => key === 'select')) && <SelectionBar selection={selection} />}
      <Suspense fallback={null}>
        <QueueSnooze rows={requests.data?.data ?? []} onMoved={held.show} />
      </Suspense>
      <DataTable
        label={t('reviews.table')}
        columns={columns}
        rows={requests.data?.data}
        rowKey={(request) => request.id}
        state={requests}
        total={total}
        sort={list.sort}
        onSort={list.setSort}
        skeletonRows={10}
        needsAttention={(request) => abilityOn(request.abilities, 'determine').allowed}
        paging={list.paging(pageSize, total)}
        empty={<Nothing list={list} facets={[...facets.usual, ...facets.seldom]} />}
      />
    </>
  );
}
