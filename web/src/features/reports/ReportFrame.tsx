import { deepestReportRow, type ReportName } from '@stoa/contract/report';
import type { ReactNode } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { Banner } from '../../ui/Banner.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import type { ListState } from '../../ui/list-search.ts';
import styles from './reports.module.css';

export const reportPageSize = 50;

type FileProps = { readonly report: ReportName; readonly query: Readonly<Record<string, string | undefined>> };

/** The whole report as a file: what the filters say, without pages. */
export function ReportFile({ report, query }: FileProps) {
  const t = useText();
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, value);
  const label = t('reports.csvOf', { report: t(`reports.tab.${report}`) });
  return (
    <a className={styles.file} href={`/api/report/${report}/csv?${search.toString()}`} download aria-label={label}>
      {t('reports.csv')}
    </a>
  );
}

/** What narrows a report, and its file. */
export function ReportBar({ children, file }: { children: ReactNode; file: ReactNode }) {
  return (
    <div className={styles.bar}>
      <div className={styles.filters}>{children}</div>
      {file}
    </div>
  );
}

type Answer<Row> = {
  readonly data: { readonly data: readonly Row[]; readonly meta: { readonly totalCount: number } } | undefined;
  readonly isPending: boolean;
  readonly isPlaceholderData?: boolean;
  readonly error: ApiProblem | null;
  readonly refetch: () => unknown;
};

type Props<Row> = {
  readonly label: string;
  readonly list: ListState;
  readonly answer: Answer<Row>;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly isFiltered: boolean;
  readonly empty: { readonly title: string; readonly text: string };
};

/** The rows of a report, in pages as far as the page goes. */
export function ReportTable<Row>({ label, list, answer, isFiltered, empty, ...table }: Props<Row>) {
  const t = useText();
  const total = answer.data?.meta.totalCount;
  const shown = total === undefined ? undefined : Math.min(total, deepestReportRow);
  return (
    <>
      {total !== undefined && total > deepestReportRow && (
        <Banner tone="info">{t('reports.tooMany', { most: deepestReportRow, total })}</Banner>
      )}
      <DataTable
        {...table}
        label={label}
        rows={answer.data?.data}
        state={answer}
        total={total}
        paging={list.paging(reportPageSize, shown)}
        empty={isFiltered ? <FilteredEmpty list={list} /> : <EmptyState title={empty.title} text={empty.text} />}
      />
    </>
  );
}
