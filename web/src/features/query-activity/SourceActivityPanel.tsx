import { getSourceActivity, type SourceActivity } from '@stoa/contract/query-activity';
import { reportQueryActivity } from '@stoa/contract/report';
import { useIntl } from 'react-intl';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { activityRowKey, useActivityColumns } from '../reports/ActivityReport.tsx';
import { ReportBar, ReportFile, reportPageSize, ReportTable } from '../reports/ReportFrame.tsx';
import { spanOf, spans, useSpanOptions } from '../reports/spans.ts';
import { DayChart } from './DayChart.tsx';

/** Whence the counts come, since when, and what they cannot say. */
function Reading({ activity: { reading, connectionKey, days } }: { activity: SourceActivity }) {
  const t = useText();
  const checks = (
    <LinkTo to="/admin/connections/$key" params={{ key: connectionKey }}>
      {t('activity.checks')}
    </LinkTo>
  );
  if (reading.state === 'not_told')
    return <Banner tone="warning">{<Say id="activity.notTold" values={{ checks }} />}</Banner>;
  if (reading.state === 'failed')
    return <Banner tone="warning">{t('activity.failed', { why: reading.failure ?? '' })}</Banner>;
  if (reading.state === 'off') return <Banner tone="info">{t('activity.off')}</Banner>;
  if (reading.state === 'waiting' || reading.observedSince === null || reading.lastReadAt === null)
    return <Banner tone="info">{t('activity.waiting', { minutes: reading.everyMinutes })}</Banner>;
  return (
    <p className="text-2">
      <Say
        id={reading.way === 'log' ? 'activity.fromLog' : 'activity.fromStatistics'}
        values={{
          since: <TimeStamp value={reading.observedSince} />,
          last: <TimeStamp value={reading.lastReadAt} style="relative" />,
        }}
      />
      {reading.forgotten > 0 && ` ${t('activity.forgotten', { count: reading.forgotten })}`}
      {reading.unresolvedCalls > 0 && ` ${t('activity.unresolved', { count: reading.unresolvedCalls })}`}
      {days.some((day) => day.maybeCalls > 0) && ` ${t('activity.perhaps')}`}
    </p>
  );
}

function Summary({ activity, days }: { activity: SourceActivity; days: number }) {
  const intl = useIntl();
  if (activity.lastAt === null) return null;
  return (
    <>
      <p>
        <Say
          id="activity.summary"
          values={{
            calls: <b>{intl.formatNumber(activity.calls)}</b>,
            accounts: activity.accounts,
            days,
            last: <TimeStamp value={activity.lastAt} style="relative" />,
          }}
        />
      </p>
      <DayChart activity={activity} />
    </>
  );
}

/** Who queried one data source, when and how often. */
export function SourceActivityPanel({ sourceId }: { sourceId: number }) {
  const t = useText();
  const list = useListState();
  const days = spanOf(list.text('days'), 30);
  const searchText = list.text('searchText');
  const activity = useOperation(
    getSourceActivity,
    { params: { id: sourceId }, query: { days } },
    { keepPrevious: true },
  );
  const rows = useOperation(
    reportQueryActivity,
    { query: { sourceId, days, searchText, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true },
  );
  const columns = useActivityColumns({ withSource: false });
  const options = useSpanOptions(spans);
  if (activity.error !== null) return <ErrorNotice problem={activity.error} onRetry={() => void activity.refetch()} />;
  if (activity.data === undefined) return <SkeletonText lines={6} />;
  const query = { sourceId: String(sourceId), days: String(days), searchText };
  return (
    <Section title={t('activity.title')}>
      <Reading activity={activity.data} />
      <Summary activity={activity.data} days={days} />
      <ReportBar file={<ReportFile report="query-activity" query={query} />}>
        <FilterBar
          list={list}
          searchLabel={t('activity.search')}
          facets={[
            {
              name: 'days',
              label: t('reports.activity.period'),
              isClosed: true,
              isSingle: true,
              usual: '30',
              options,
            },
          ]}
        />
      </ReportBar>
      <ReportTable
        label={t('activity.table')}
        list={list}
        answer={rows}
        columns={columns}
        rowKey={activityRowKey}
        isFiltered={searchText !== undefined}
        empty={{ title: t('activity.emptyTitle', { days }), text: t('activity.emptyText') }}
      />
    </Section>
  );
}
