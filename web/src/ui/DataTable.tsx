import type { ReactNode } from 'react';
import { useRef } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import type { ApiProblem } from '../lib/api-problem.ts';
import { AttentionDot } from './Attention.tsx';
import styles from './DataTable.module.css';
import { ErrorNotice } from './ErrorNotice.tsx';
import { useKeys } from './keys.tsx';
import type { Sort } from './list-search.ts';
import { Pager, type Paging } from './Pager.tsx';
import { SkeletonRows } from './Skeletons.tsx';
import { SortHeader } from './SortHeader.tsx';

export type Column<Row> = {
  readonly key: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** The name the server sorts by; without it the column cannot be sorted. */
  readonly sortBy?: string;
  readonly isNumeric?: boolean;
  readonly width?: string;
  /** Its header is read but not shown: actions, marks. */
  readonly isHeaderHidden?: boolean;
};

/** The part of a query that a table shows: what `useOperation` answers fits as it is. */
export type TableState = {
  readonly isPending: boolean;
  readonly isPlaceholderData?: boolean;
  readonly error: ApiProblem | null;
  readonly refetch: () => unknown;
};

type Props<Row> = {
  /** What the table lists; its accessible name. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[] | undefined;
  readonly rowKey: (row: Row) => string;
  readonly state: TableState;
  readonly empty: ReactNode;
  readonly total?: number | undefined;
  readonly paging?: Paging | undefined;
  readonly sort?: Sort | undefined;
  readonly onSort?: (sort: Sort) => void;
  /** Rows that wait on the reader: amber edge and words. */
  readonly needsAttention?: (row: Row) => boolean;
  readonly skeletonRows?: number;
  /** Two lists on one page: only one may own `j` and `k`. */
  readonly hasRowKeys?: boolean;
};

function useRowKeys(isOn: boolean) {
  const t = useText();
  const body = useRef<HTMLTableSectionElement>(null);
  const move = (by: 1 | -1) => {
    const rows = [...(body.current?.rows ?? [])];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
    const row = rows[next];
    const target = row?.querySelector<HTMLElement>('a[href], button') ?? row;
    target?.focus();
    target?.scrollIntoView({ block: 'nearest' });
  };
  useKeys(
    isOn
      ? [
          { keys: 'j', label: t('shell.keys.nextRow'), scope: 'page', run: () => move(1) },
          { keys: 'k', label: t('shell.keys.previousRow'), scope: 'page', run: () => move(-1) },
        ]
      : [],
  );
  return body;
}

function Row<R>({ row, props }: { row: R; props: Props<R> }) {
  const isWaiting = props.needsAttention?.(row) === true;
  return (
    <tr role="row" tabIndex={-1} className={styles.row} data-attention={isWaiting || undefined}>
      {props.columns.map((column, at) => (
        <td
          key={column.key}
          role="cell"
          className={styles.cell}
          data-label={column.isHeaderHidden === true ? undefined : column.header}
          data-numeric={column.isNumeric || undefined}
          data-first={at === 0 || undefined}
        >
          {at === 0 && isWaiting && (
            <span className={styles.dot}>
              <AttentionDot />
            </span>
          )}
          <div className={styles.value}>{column.cell(row)}</div>
        </td>
      ))}
    </tr>
  );
}

function Head<R>({ props }: { props: Props<R> }) {
  return (
    <thead role="rowgroup" className={styles.head}>
      <tr role="row">
        {props.columns.map((column) => (
          <SortHeader
            key={column.key}
            column={column}
            sort={props.sort}
            {...(props.onSort === undefined ? {} : { onSort: props.onSort })}
          />
        ))}
      </tr>
    </thead>
  );
}

/** A list as a ruled table: skeleton, empty, failed, and at 390 px rows that become stacked records. */
export function DataTable<R>(props: Props<R>) {
  const { rows, state } = props;
  const t = useText();
  const body = useRowKeys(props.hasRowKeys !== false);
  const total = props.total ?? rows?.length;
  // A cursor that found nothing yet and goes on is no empty list.
  const hasMore = props.paging?.kind === 'cursor' && props.paging.hasMore;
  const isEmpty = rows !== undefined && rows.length === 0 && state.error === null && !hasMore;
  return (
    <section className={styles.frame} aria-label={props.label} aria-busy={state.isPending || undefined}>
      {state.error !== null && (
        <ErrorNotice problem={state.error} onRetry={() => state.refetch()} isLastShown={rows !== undefined} />
      )}
      {rows === undefined && state.error === null && <SkeletonRows rows={props.skeletonRows ?? 8} />}
      {isEmpty && props.empty}
      {rows !== undefined && rows.length > 0 && (
        <table role="table" className={styles.table} data-stale={state.isPlaceholderData || undefined}>
          <caption className="sr-only">{props.label}</caption>
          <colgroup>
            {props.columns.map((column) => (
              <col key={column.key} style={column.width === undefined ? undefined : { width: column.width }} />
            ))}
          </colgroup>
          <Head props={props} />
          <tbody ref={body} role="rowgroup">
            {rows.map((row) => (
              <Row key={props.rowKey(row)} row={row} props={props} />
            ))}
          </tbody>
        </table>
      )}
      {total !== undefined && !isEmpty && (
        <footer className={styles.foot}>
          <span className="num">{t('ui.table.total', { total })}</span>
          {props.paging !== undefined && <Pager paging={props.paging} />}
        </footer>
      )}
    </section>
  );
}
