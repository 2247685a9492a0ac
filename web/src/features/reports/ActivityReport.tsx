import { type ActivityRow, reportQueryActivity } from '@stoa/contract/report';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PersonName } from '../../ui/PersonName.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { ReportBar, ReportFile, reportPageSize, ReportTable } from './ReportFrame.tsx';
import styles from './reports.module.css';
import { spanOf, spans, useSpanOptions } from './spans.ts';

function Reader({ row: { user, account } }: { row: ActivityRow }) {
  const t = useText();
  if (user === null)
    return (
      <>
        <Identifier value={account} maxLength={32} />
        <span className={styles.under}>{t('reports.nobodyHere')}</span>
      </>
    );
  return (
    <>
      <LinkTo look="row" to="/reports" search={{ tab: 'what-has', of: user.globalUserId }}>
        <PersonName name={user.name} username={user.username} withUsername />
      </LinkTo>
      <span className={styles.under}>{t('reports.account', { account })}</span>
    </>
  );
}

function Calls({ row: { calls, maybeCalls } }: { row: ActivityRow }) {
  const t = useText();
  const intl = useIntl();
  return (
    <>
      {calls > 0 || maybeCalls === 0 ? intl.formatNumber(calls) : ''}
      {maybeCalls > 0 && <span className={styles.under}>{t('reports.activity.maybe', { count: maybeCalls })}</span>}
    </>
  );
}

/** Who read it, how often and when; `source` stands first where the rows are of several. */
export function useActivityColumns({ withSource }: { withSource: boolean }): Column<ActivityRow>[] {
  const t = useText();
  const source: Column<ActivityRow> = {
    key: 'source',
    header: t('reports.column.source'),
    width: '32%',
    cell: ({ source: of }) => (
      <LinkTo look="row" to="/reports" search={{ of: String(of.dataSourceId) }}>
        <Identifier prefix={of.connectionKey} value={of.objectPath.join('.')} />
      </LinkTo>
    ),
  };
  return [
    ...(withSource ? [source] : []),
    { key: 'reader', header: t('reports.activity.column.reader'), width: '26%', cell: (row) => <Reader row={row} /> },
    { key: 'calls', header: t('reports.activity.column.calls'), isNumeric: true, cell: (row) => <Calls row={row} /> },
    {
      key: 'first',
      header: t('reports.activity.column.first'),
      cell: (row) => <TimeStamp value={row.firstAt} style="date" />,
    },
    {
      key: 'last',
      header: t('reports.activity.column.last'),
      cell: (row) => <TimeStamp value={row.lastAt} style="relative" />,
    },
  ];
}

export const activityRowKey = (row: ActivityRow): string =>
  `${row.source.dataSourceId} ${row.account} ${row.user?.globalUserId ?? ''} ${row.firstAt}`;

/** Which logins read which data sources, as the platforms count it. */
export function ActivityReport() {
  const t = useText();
  const list = useListState();
  const days = spanOf(list.text('days'), 30);
  const searchText = list.text('searchText');
  const answer = useOperation(
    reportQueryActivity,
    { query: { days, searchText, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true },
  );
  const columns = useActivityColumns({ withSource: true });
  const options = useSpanOptions(spans);
  return (
    <>
      <ReportBar
        file={
          answer.data !== undefined && <ReportFile report="query-activity" query={{ days: String(days), searchText }} />
        }
      >
        <FilterBar
          list={list}
          searchLabel={t('reports.search')}
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
        label={t('reports.activityTable')}
        list={list}
        answer={answer}
        columns={columns}
        rowKey={activityRowKey}
        isFiltered={searchText !== undefined}
        empty={{ title: t('reports.activity.emptyTitle', { days }), text: t('reports.activity.emptyText') }}
      />
    </>
  );
}
