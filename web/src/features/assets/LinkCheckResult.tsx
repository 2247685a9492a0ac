import { SegmentedControl } from '@mantine/core';
import type { CheckedName } from '@stoa/contract/asset-link';
import { csvOf } from '@stoa/contract/csv';
import { useMemo, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import styles from './links.module.css';
import type { LinkCheckState } from './use-link-check.ts';

const states = ['registered', 'ambiguous', 'unknown'] as const;
type Shown = 'all' | (typeof states)[number];
/** The page shows so many; the file has them all. */
const shownAtMost = 200;
const settled = { isPending: false, error: null, refetch: () => undefined };

type Row = CheckedName & { readonly at: number };

function useColumns(): Column<Row>[] {
  const t = useText();
  return [
    {
      key: 'name',
      header: t('links.column.name'),
      width: '40%',
      cell: (row) => <span className={styles.name}>{row.fullyQualifiedName}</span>,
    },
    {
      key: 'state',
      header: t('links.column.state'),
      width: '18%',
      cell: (row) => (
        <span data-state={row.state} className={styles.state}>
          {t(`links.state.${row.state}`)}
        </span>
      ),
    },
    {
      key: 'assets',
      header: t('links.column.assets'),
      cell: (row) =>
        row.problem ??
        row.assets.slice(0, 5).map((asset) => (
          <div key={asset.id}>
            <LinkTo to="/assets/$id" params={{ id: asset.id }}>
              {asset.objectPath.join('.')}
            </LinkTo>{' '}
            <span className="text-2">
              {asset.connectionKey}
              {asset.missing && ` · ${t('links.missing')}`}
            </span>
          </div>
        )),
    },
  ];
}

/** The whole result as a file: made here, since it was asked for in parts. */
function download(rows: readonly Row[]) {
  const text = csvOf([
    ['fullyQualifiedName', 'state', 'assetId', 'connectionKey', 'path', 'problem'],
    ...rows.map((row) => [
      row.fullyQualifiedName,
      row.state,
      row.assets.map((asset) => asset.id).join(' '),
      row.assets.map((asset) => asset.connectionKey).join(' '),
      row.assets.map((asset) => asset.objectPath.join('.')).join(' '),
      row.problem ?? '',
    ]),
  ]);
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = 'checked-links.csv';
  anchor.click();
  URL.revokeObjectURL(url);
}

/** What is known so far, in figures and row by row, and all of it as a file. */
export function LinkCheckResult({ state }: { state: LinkCheckState }) {
  const t = useText();
  const [shown, setShown] = useState<Shown>('all');
  const columns = useColumns();
  const rows = useMemo(
    () => state.results.flatMap((one, at): Row[] => (one === undefined ? [] : [{ ...one, at }])),
    [state.results],
  );
  const count = (which: Shown) => (which === 'all' ? rows : rows.filter((row) => row.state === which)).length;
  const chosen = shown === 'all' ? rows : rows.filter((row) => row.state === shown);
  const counts = { registered: count('registered'), ambiguous: count('ambiguous'), unknown: count('unknown') };
  return (
    <div className={styles.result}>
      <p role="status">
        {state.isRunning
          ? t('links.checkProgress', { done: state.done, total: state.total })
          : t('links.checkDone', { total: rows.length, ...counts })}
        {state.isWaiting && ` ${t('links.checkWaiting')}`}
      </p>
      <progress className={styles.progress} value={state.done} max={state.total} aria-label={t('links.checkResult')} />
      {state.problem !== null && <ErrorNotice problem={state.problem} />}
      <div className={styles.tools}>
        <SegmentedControl
          aria-label={t('links.checkShow')}
          value={shown}
          data={(['all', ...states] as const).map((value) => ({
            value,
            label: `${t(`links.state.${value}`)} ${count(value)}`,
          }))}
          onChange={(value) => setShown(states.find((one) => one === value) ?? 'all')}
        />
        <ActionButton size="xs" label={t('links.checkDownload')} onClick={() => download(rows)} />
      </div>
      <DataTable
        label={t('links.checkResult')}
        columns={columns}
        rows={chosen.slice(0, shownAtMost)}
        rowKey={(row) => String(row.at)}
        state={settled}
        total={chosen.length}
        empty={<EmptyState title={t('links.empty')} />}
      />
      {chosen.length > shownAtMost && (
        <p className="small text-2">{t('links.checkShown', { shown: shownAtMost, total: chosen.length })}</p>
      )}
    </div>
  );
}
