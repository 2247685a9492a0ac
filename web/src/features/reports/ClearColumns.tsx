import { type ClearColumnRow, type ClearGap, reportClearColumns } from '@stoa/contract/report';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PersonName } from '../../ui/PersonName.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { Evidence } from './AccessAt.tsx';
import { SourceBar, sourceAskedAbout } from './AccessReports.tsx';
import { reportPageSize, ReportTable } from './ReportFrame.tsx';
import { ReportPerson } from './ReportPerson.tsx';
import styles from './reports.module.css';

function Who({ row: { user, account, cause } }: { row: ClearColumnRow }) {
  const t = useText();
  return cause === 'POLICY' ? t('reports.clear.someone') : <ReportPerson user={user} account={account} />;
}

/** What shows it; an exception leads to its request. */
function Cause({ row: { cause, causeText, policyName, requestId } }: { row: ClearColumnRow }) {
  const t = useText();
  return (
    <>
      {requestId === null ? (
        <span className={cause === 'POLICY' ? 'mono small' : ''}>{causeText}</span>
      ) : (
        <LinkTo to="/requests/$id" params={{ id: requestId }}>
          {causeText}
        </LinkTo>
      )}
      <span className={styles.under}>{t(`reports.clear.cause.${cause}`, { policy: policyName ?? '' })}</span>
    </>
  );
}

function State({ row }: { row: ClearColumnRow }) {
  const { cause, state, verifiedAt, evidence } = row;
  return (
    <>
      {cause === 'EXCEPTION' && <StatusMark kind="provisioning" value={state} />}
      <Evidence row={row} />
      {evidence === null && verifiedAt !== null && (
        <span className={styles.under}>
          <TimeStamp value={verifiedAt} style="relative" />
        </span>
      )}
    </>
  );
}

function useColumns(): Column<ClearColumnRow>[] {
  const t = useText();
  return [
    { key: 'person', header: t('reports.column.person'), width: '22%', cell: (row) => <Who row={row} /> },
    {
      key: 'column',
      header: t('reports.clear.column.column'),
      width: '18%',
      cell: ({ columnName, maskingType }) => (
        <>
          {columnName === null ? t('reports.clear.every') : <Identifier value={columnName} isCopyable={false} />}
          {maskingType !== null && (
            <span className={styles.under}>{t('reports.clear.mask', { mask: maskingType })}</span>
          )}
        </>
      ),
    },
    { key: 'cause', header: t('reports.column.cause'), width: '22%', cell: (row) => <Cause row={row} /> },
    {
      key: 'since',
      header: t('reports.column.since'),
      cell: ({ since }) => since !== null && <TimeStamp value={since} style="date" />,
    },
    {
      key: 'decidedBy',
      header: t('reports.column.decidedBy'),
      cell: ({ decidedBy, reason }) => (
        <>
          {decidedBy !== null && <PersonName name={decidedBy.name} username={decidedBy.username} />}
          {reason !== null && <span className={styles.under}>{reason}</span>}
        </>
      ),
    },
    {
      key: 'until',
      header: t('reports.column.until'),
      cell: ({ until, cause }) => {
        if (until !== null) return <TimeStamp value={until} style="date" />;
        return cause === 'EXCEPTION' && <span className="text-2">{t('reports.noEnd')}</span>;
      },
    },
    { key: 'state', header: t('reports.column.state'), cell: (row) => <State row={row} /> },
  ];
}

type AsOf = { readonly at: string; readonly gaps: readonly ClearGap[] };

function Notice({ asOf: { at, gaps } }: { asOf: AsOf }) {
  const t = useText();
  return (
    <Banner>
      <Say id="reports.at.notice" values={{ when: <TimeStamp key="when" value={at} isFocusable /> }} />{' '}
      {gaps.flatMap((gap) => (gap === 'BEFORE_SOURCE' ? [] : t(`reports.clear.gap.${gap}`))).join(' ')}
    </Banner>
  );
}

function emptyOf(t: ReturnType<typeof useText>, asOf: AsOf | null) {
  if (asOf === null) return { title: t('reports.clear.emptyTitle'), text: t('reports.clear.emptyText') };
  if (asOf.gaps.includes('BEFORE_SOURCE'))
    return { title: t('reports.at.beforeTitle'), text: t('reports.at.beforeText') };
  return { title: t('reports.clear.thenTitle'), text: t('reports.clear.thenText') };
}

const rowKey = (row: ClearColumnRow): string =>
  [row.cause, row.requestId, row.causeText, row.account, row.user?.globalUserId, row.columnName].join(' ');

/** Who sees masked columns of one data source in clear, or who did at the moment in the address. */
export function ClearColumns() {
  const t = useText();
  const list = useListState();
  const { sourceId, at, searchText } = sourceAskedAbout(list);
  const answer = useOperation(
    reportClearColumns,
    { query: { sourceId: sourceId ?? 1, at, searchText, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true, enabled: sourceId !== undefined },
  );
  const asOf = answer.data?.asOf ?? null;
  const columns = useColumns();
  return (
    <>
      <SourceBar report="clear-columns" list={list} isAnswered={answer.data !== undefined} />
      {sourceId === undefined && <EmptyState title={t('reports.chooseSource')} text={t('reports.clear.chooseText')} />}
      {sourceId !== undefined && answer.error !== null && <ErrorNotice problem={answer.error} />}
      {sourceId !== undefined && answer.error === null && (
        <>
          {asOf !== null && <Notice asOf={asOf} />}
          <p className="text-2">{t('reports.clear.lead')}</p>
          <FilterBar list={list} searchLabel={t('reports.search')} />
          <ReportTable
            label={t(asOf === null ? 'reports.clear.table' : 'reports.clear.tableThen')}
            list={list}
            answer={answer}
            columns={columns}
            rowKey={rowKey}
            isFiltered={searchText !== undefined}
            empty={emptyOf(t, asOf)}
          />
        </>
      )}
    </>
  );
}
