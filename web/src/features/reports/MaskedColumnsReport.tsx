import { type MaskedColumnRow, reportMaskedColumns } from '@stoa/contract/report';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { ReportBar, ReportFile, reportPageSize, ReportTable } from './ReportFrame.tsx';
import styles from './reports.module.css';

function InClear({ row: { exceptPeopleWho, exceptions, exceptionCount } }: { row: MaskedColumnRow }) {
  const t = useText();
  const intl = useIntl();
  return (
    <>
      {exceptPeopleWho !== null && (
        <span className="mono small">{t('reports.masked.who', { condition: exceptPeopleWho })}</span>
      )}
      <span className={styles.under}>
        {t('reports.masked.exceptions', { count: exceptionCount })}
        {exceptions.length > 0 && `: ${intl.formatList(exceptions.map(({ user }) => user.name))}`}
      </span>
    </>
  );
}

function useColumns(): Column<MaskedColumnRow>[] {
  const t = useText();
  return [
    {
      key: 'column',
      header: t('reports.masked.column.column'),
      width: '34%',
      cell: ({ source, columnName }) => (
        <>
          <Identifier value={columnName} />
          <span className={styles.under}>
            <Identifier prefix={source.connectionKey} value={source.objectPath.join('.')} />
          </span>
        </>
      ),
    },
    {
      key: 'mask',
      header: t('reports.masked.column.mask'),
      width: '18%',
      cell: ({ maskingType, degradedTo }) => (
        <>
          {maskingType}
          {degradedTo !== null && (
            <span className={styles.under}>{t('reports.masked.degraded', { type: degradedTo })}</span>
          )}
        </>
      ),
    },
    {
      key: 'policy',
      header: t('reports.masked.column.policy'),
      width: '24%',
      cell: ({ policyId, policyName, matchedTag }) => (
        <>
          <LinkTo to="/govern/policies/$id" params={{ id: policyId }}>
            {policyName}
          </LinkTo>
          {matchedTag !== null && <span className={styles.under}>{t('reports.masked.tag', { tag: matchedTag })}</span>}
        </>
      ),
    },
    { key: 'except', header: t('reports.masked.column.except'), cell: (row) => <InClear row={row} /> },
  ];
}

/** Which columns are masked, by which policy, and who sees them in clear all the same. */
export function MaskedColumnsReport() {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const answer = useOperation(
    reportMaskedColumns,
    { query: { searchText, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true },
  );
  const columns = useColumns();
  return (
    <>
      <ReportBar file={answer.data !== undefined && <ReportFile report="masked-columns" query={{ searchText }} />}>
        <FilterBar list={list} searchLabel={t('reports.search')} />
      </ReportBar>
      <ReportTable
        label={t('reports.maskedTable')}
        list={list}
        answer={answer}
        columns={columns}
        rowKey={(row) => `${row.source.dataSourceId} ${row.columnName}`}
        isFiltered={searchText !== undefined}
        empty={{ title: t('reports.masked.emptyTitle'), text: t('reports.masked.emptyText') }}
      />
    </>
  );
}
