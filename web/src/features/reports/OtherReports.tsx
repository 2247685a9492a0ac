import {
  type DecisionsRow,
  type DriftRow,
  type ExpiringRow,
  reportDecisions,
  reportDrift,
  reportExpiring,
} from '@stoa/contract/report';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PersonName } from '../../ui/PersonName.tsx';
import { relativeParts } from '../../ui/relative-time.ts';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { ReportBar, ReportFile, reportPageSize, ReportTable } from './ReportFrame.tsx';
import styles from './reports.module.css';
import { spanOf, spans, useSpanOptions } from './spans.ts';

const usualSpan = 30;
const day = 24 * 60 * 60 * 1000;

function useExpiringColumns(): Column<ExpiringRow>[] {
  const t = useText();
  return [
    {
      key: 'person',
      header: t('reports.column.person'),
      width: '24%',
      cell: (row) => (
        <LinkTo look="row" to="/requests/$id" params={{ id: row.requestId }}>
          <PersonName name={row.user.name} username={row.user.username} withUsername />
        </LinkTo>
      ),
    },
    {
      key: 'target',
      header: t('reports.expiring.column.target'),
      width: '26%',
      cell: (row) => (
        <>
          {row.target.name}
          {row.requestType === 'MASKING_EXCEPTION' && <span className={styles.under}>{t('reports.exception')}</span>}
        </>
      ),
    },
    {
      key: 'until',
      header: t('reports.expiring.column.until'),
      cell: (row) => <TimeStamp value={row.until} style="date" withRelative />,
    },
    {
      key: 'decidedBy',
      header: t('reports.column.decidedBy'),
      cell: ({ decidedBy }) => decidedBy !== null && <PersonName name={decidedBy.name} username={decidedBy.username} />,
    },
    {
      key: 'renewal',
      header: t('reports.expiring.column.renewal'),
      cell: (row) => t(row.isRenewalPending ? 'reports.expiring.renewal' : 'reports.expiring.noRenewal'),
    },
  ];
}

/** Access and exceptions that end within a span of days. */
export function ExpiringReport() {
  const t = useText();
  const list = useListState();
  const days = spanOf(list.text('days'), usualSpan);
  const searchText = list.text('searchText');
  const answer = useOperation(
    reportExpiring,
    { query: { days, searchText, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true },
  );
  const columns = useExpiringColumns();
  const options = useSpanOptions(spans);
  return (
    <>
      <ReportBar file={<ReportFile report="expiring" query={{ days: String(days), searchText }} />}>
        <FilterBar
          list={list}
          searchLabel={t('reports.search')}
          facets={[
            {
              name: 'days',
              label: t('reports.expiring.within'),
              isClosed: true,
              isSingle: true,
              usual: String(usualSpan),
              options,
            },
          ]}
        />
      </ReportBar>
      <ReportTable
        label={t('reports.expiringTable')}
        list={list}
        answer={answer}
        columns={columns}
        rowKey={(row) => row.requestId}
        isFiltered={searchText !== undefined}
        empty={{ title: t('reports.expiring.emptyTitle', { days }), text: t('reports.expiring.emptyText') }}
      />
    </>
  );
}

function useDecisionsColumns(): Column<DecisionsRow>[] {
  const t = useText();
  const intl = useIntl();
  const long = (seconds: number): string => {
    const { value, unit } = relativeParts(seconds);
    return intl.formatNumber(value, { style: 'unit', unit, unitDisplay: 'long' });
  };
  return [
    {
      key: 'steward',
      header: t('reports.decisions.column.steward'),
      width: '26%',
      cell: ({ steward }) => <PersonName name={steward.name} username={steward.username} withUsername />,
    },
    {
      key: 'approved',
      header: t('reports.decisions.column.approved'),
      isNumeric: true,
      cell: (row) => row.approved,
    },
    {
      key: 'temporary',
      header: t('reports.decisions.column.temporary'),
      isNumeric: true,
      cell: (row) => row.temporary,
    },
    { key: 'denied', header: t('reports.decisions.column.denied'), isNumeric: true, cell: (row) => row.denied },
    { key: 'median', header: t('reports.decisions.column.median'), cell: (row) => long(row.medianSeconds) },
    { key: 'p90', header: t('reports.decisions.column.p90'), cell: (row) => long(row.p90Seconds) },
    {
      key: 'bulk',
      header: t('reports.decisions.column.bulk'),
      cell: ({ inBulk, approved, denied }) => (
        <span title={t('reports.decisions.bulkHint')}>
          {t('reports.decisions.bulk', {
            share: intl.formatNumber(inBulk / Math.max(1, approved + denied), { style: 'percent' }),
            count: inBulk,
          })}
        </span>
      ),
    },
    {
      key: 'advice',
      header: t('reports.decisions.column.advice'),
      cell: ({ followedAdvice: followed, overrodeAdvice }) =>
        followed + overrodeAdvice === 0 ? (
          <span className="text-2">{t('reports.decisions.noAdvice')}</span>
        ) : (
          t('reports.decisions.advice', { followed, advised: followed + overrodeAdvice })
        ),
    },
  ];
}

/** Per steward: what they decided, and how long people waited. */
export function DecisionsReport() {
  const t = useText();
  const list = useListState();
  const [now] = useState(() => Date.now());
  const span = spans.find((one) => String(one) === list.text('days'));
  const from = span === undefined ? undefined : new Date(now - span * day).toISOString();
  const searchText = list.text('searchText');
  const answer = useOperation(
    reportDecisions,
    { query: { searchText, from, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true },
  );
  const columns = useDecisionsColumns();
  const options = useSpanOptions(spans);
  return (
    <>
      <ReportBar file={<ReportFile report="decisions" query={{ from, searchText }} />}>
        <FilterBar
          list={list}
          searchLabel={t('reports.search')}
          facets={[{ name: 'days', label: t('reports.decisions.period'), isClosed: true, isSingle: true, options }]}
        />
      </ReportBar>
      <ReportTable
        label={t('reports.decisionsTable')}
        list={list}
        answer={answer}
        columns={columns}
        rowKey={(row) => row.steward.globalUserId}
        isFiltered={searchText !== undefined || span !== undefined}
        empty={{ title: t('reports.decisions.emptyTitle'), text: t('reports.decisions.emptyText') }}
      />
    </>
  );
}

function Closed({ row: { closedAt, closedHow, closedBy, closedReason, ...row } }: { row: DriftRow }) {
  const t = useText();
  const { ignoredAt, ignoredBy, ignoredReason } = row;
  if (closedAt === null && ignoredAt !== null)
    return (
      <Say
        id="reports.drift.ignored"
        values={{
          name: ignoredBy ?? '',
          when: <TimeStamp key="when" value={ignoredAt} style="relative" />,
          reason: ignoredReason ?? '',
        }}
      />
    );
  if (closedAt === null) return t('reports.drift.open');
  const when = <TimeStamp value={closedAt} style="relative" />;
  if (closedHow === 'healed') return <Say id="reports.drift.how.healed" values={{ when }} />;
  if (closedHow === 'taken_back')
    return <Say id="reports.drift.how.takenBack" values={{ when, name: closedBy ?? '', reason: closedReason ?? '' }} />;
  if (closedHow === 'gone') return <Say id="reports.drift.how.gone" values={{ when }} />;
  return <Say id="reports.drift.how.other" values={{ how: closedHow ?? '', when }} />;
}

function useDriftColumns(): Column<DriftRow>[] {
  const t = useText();
  return [
    {
      key: 'finding',
      header: t('reports.drift.column.finding'),
      cell: (row) => t(`finding.${row.finding}`),
    },
    {
      key: 'object',
      header: t('reports.drift.column.object'),
      width: '28%',
      cell: (row) => <Identifier prefix={row.connectionKey} value={row.object} />,
    },
    {
      key: 'principal',
      header: t('reports.drift.column.principal'),
      cell: (row) => row.principal !== '' && <Identifier value={row.principal} maxLength={32} />,
    },
    {
      key: 'privilege',
      header: t('reports.drift.column.privilege'),
      cell: (row) => row.privilege !== '' && <span className="mono">{row.privilege}</span>,
    },
    {
      key: 'since',
      header: t('reports.drift.column.since'),
      cell: (row) => <TimeStamp value={row.since} style="relative" />,
    },
    { key: 'closed', header: t('reports.drift.column.closed'), cell: (row) => <Closed row={row} /> },
  ];
}

const driftStates = ['open', 'ignored', 'closed'] as const;

/** Findings of every platform, those of the past as well. */
export function DriftReport() {
  const t = useText();
  const list = useListState();
  const state = driftStates.filter((one) => list.values('state').includes(one));
  const searchText = list.text('searchText');
  const answer = useOperation(
    reportDrift,
    { query: { state, searchText, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true },
  );
  const columns = useDriftColumns();
  const options = driftStates.map((value) => ({ value, label: t(`reports.drift.state.${value}`) }));
  return (
    <>
      <ReportBar
        file={<ReportFile report="drift" query={{ state: state.length === 1 ? state[0] : undefined, searchText }} />}
      >
        <FilterBar
          list={list}
          searchLabel={t('reports.search')}
          facets={[{ name: 'state', label: t('reports.drift.state'), isClosed: true, options }]}
        />
      </ReportBar>
      <ReportTable
        label={t('reports.driftTable')}
        list={list}
        answer={answer}
        columns={columns}
        rowKey={(row) =>
          `${row.finding} ${row.connectionKey} ${row.object} ${row.principal} ${row.privilege} ${row.since}`
        }
        isFiltered={searchText !== undefined || state.length > 0}
        empty={{ title: t('reports.drift.emptyTitle'), text: t('reports.drift.emptyText') }}
      />
    </>
  );
}
