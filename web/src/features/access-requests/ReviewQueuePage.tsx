import { type AccessRequest, searchAccessRequests } from '@stoa/contract/access-request';
import { requestStatus, requestType } from '@stoa/contract/enums';
import { useText } from '../../app/messages/use-text.tsx';
import { useHeldChanges } from '../../app/live-events.tsx';
import { useOperation } from '../../lib/api.ts';
import { abilityOn } from '../../lib/ability-on.ts';
import { StaleBanner } from '../../ui/Banner.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { useDurationText } from '../../ui/DurationPicker.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { Facet } from '../../ui/facets.ts';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { reviewQueryOf, reviewViews, viewOf } from './review-queue.ts';
import styles from './lists.module.css';

const pageSize = 25;

function Who({ request, list }: { request: AccessRequest; list: ListState }) {
  const t = useText();
  const isForOther = request.user.globalUserId !== request.requestingUser.globalUserId;
  return (
    <>
      <LinkTo look="row" to="/reviews/$requestId" params={{ requestId: request.id }} search={{ ...list.search }}>
        {request.user.name}
      </LinkTo>
      {isForOther && (
        <span className={styles.under}>{t('reviews.onBehalf', { who: request.requestingUser.name })}</span>
      )}
    </>
  );
}

function useColumns(list: ListState): Column<AccessRequest>[] {
  const t = useText();
  const duration = useDurationText();
  return [
    {
      key: 'who',
      header: t('reviews.column.who'),
      width: '22%',
      cell: (request) => <Who request={request} list={list} />,
    },
    {
      key: 'target',
      header: t('reviews.column.target'),
      sortBy: 'dataProduct',
      width: '24%',
      cell: (request) => request.dataProduct?.name ?? request.asset?.name ?? '',
    },
    {
      key: 'type',
      header: t('reviews.column.type'),
      cell: (request) => t(`reviews.type.${request.type}`),
    },
    {
      key: 'duration',
      header: t('reviews.column.duration'),
      cell: ({ requestedDuration: asked }) =>
        duration(asked === null || asked === undefined ? null : { duration: asked.amount, durationUnit: asked.unit }),
    },
    {
      key: 'asked',
      header: t('reviews.column.asked'),
      sortBy: 'createdAt',
      cell: (request) => <TimeStamp value={request.createdAt} style="relative" />,
    },
    {
      key: 'progress',
      header: t('reviews.column.progress'),
      cell: ({ progress }) => (progress === undefined ? '' : t('reviews.progress', progress)),
    },
    {
      key: 'status',
      header: t('reviews.column.status'),
      sortBy: 'status',
      cell: (request) => <StatusMark kind="request" value={request.status} />,
    },
  ];
}

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
          className={styles.view ?? ''}
          {...(view === current ? { 'aria-current': 'page' as const } : {})}
        >
          {t(`reviews.view.${view}`)}
        </LinkTo>
      ))}
    </nav>
  );
}

function useFacets(): readonly Facet[] {
  const t = useText();
  return [
    {
      name: 'status',
      label: t('reviews.facet.status'),
      options: requestStatus.options.map((value) => ({ value, label: t(`ui.status.${value}`) })),
    },
    {
      name: 'type',
      label: t('reviews.facet.type'),
      options: requestType.options.map((value) => ({ value, label: t(`reviews.type.${value}`) })),
    },
  ];
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
  const columns = useColumns(list);
  const facets = useFacets();
  const first = requests.data?.data[0];
  const total = requests.data?.meta.totalCount;
  return (
    <>
      <PageHeader
        title={t('shell.nav.reviews')}
        lead={t('reviews.lead')}
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
      <FilterBar list={list} searchLabel={t('reviews.search')} facets={facets} />
      <StaleBanner count={held.count} onShow={held.show} />
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
        paging={
          total === undefined
            ? undefined
            : { kind: 'offset', offset: list.offset, limit: pageSize, total, onChange: list.setOffset }
        }
        empty={<Nothing list={list} facets={facets} />}
      />
    </>
  );
}
