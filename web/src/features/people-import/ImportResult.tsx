import { SegmentedControl } from '@mantine/core';
import { listConnections } from '@stoa/contract/connection';
import { listGroups, readGroup } from '@stoa/contract/group';
import { listIdentities } from '@stoa/contract/identity';
import { type ImportedRow, importOutcome, importPeople, type PeopleImport } from '@stoa/contract/people-import';
import { listUsers, readUser } from '@stoa/contract/user';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useListState } from '../../ui/list-search.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { useChange } from '../preview/use-change.tsx';
import { resultFile, saveText, settled } from './import-files.ts';
import styles from '../users/People.module.css';

const pageSize = 100;
/** Colours of people's states; refused rows carry the mark of what waits on somebody. */
const lookOf = {
  created: 'active',
  changed: 'active',
  removed: 'strong',
  unchanged: 'disabled',
  refused: 'strong',
} as const;
const outcomes = importOutcome.options;

function useColumns(): Column<ImportedRow>[] {
  const t = useText();
  return [
    { key: 'subject', header: t('import.column.subject'), width: '28%', cell: (row) => row.subject },
    {
      key: 'line',
      header: t('import.column.line'),
      width: '72px',
      cell: (row) => <span className="num">{row.line}</span>,
    },
    {
      key: 'outcome',
      header: t('import.column.outcome'),
      width: '120px',
      cell: (row) => <span className={styles[lookOf[row.outcome]]}>{t(`import.would.${row.outcome}`)}</span>,
    },
    { key: 'changes', header: t('import.column.changes'), cell: (row) => <Changes row={row} /> },
  ];
}

function Changes({ row }: { row: ImportedRow }) {
  const t = useText();
  if (row.reason !== undefined)
    return (
      <>
        {row.column !== undefined && row.column !== '' && (
          <span className="text-2">{t('import.cell', { column: row.column })} </span>
        )}
        {row.reason}
      </>
    );
  return (
    <ul className={styles.lines}>
      {row.changes.map(({ column, before, after }) => (
        <li key={column}>
          <span className="text-2">{column}</span> {before !== null && <span className="text-2">{before} → </span>}
          {after ?? t('import.none')}
        </li>
      ))}
    </ul>
  );
}

function Rows({ rows }: { rows: readonly ImportedRow[] }) {
  const t = useText();
  const list = useListState();
  const columns = useColumns();
  const shown = outcomes.find((one) => one === list.text('outcome'));
  const chosen = shown === undefined ? rows : rows.filter((row) => row.outcome === shown);
  const offset = list.offset < chosen.length ? list.offset : 0;
  const count = (outcome: ImportedRow['outcome']) => rows.filter((row) => row.outcome === outcome).length;
  const offered = outcomes.filter((one) => one === shown || count(one) > 0);
  return (
    <>
      <div className={styles.buttons}>
        <SegmentedControl
          aria-label={t('import.show')}
          value={shown ?? 'all'}
          data={[
            { value: 'all', label: `${t('import.outcome.all')} ${rows.length}` },
            ...offered.map((value) => ({ value, label: `${t(`import.would.${value}`)} ${count(value)}` })),
          ]}
          onChange={(value) => list.setFilters({ outcome: value === 'all' ? undefined : value })}
        />
        <ActionButton
          size="xs"
          label={t('import.download')}
          onClick={() => saveText(resultFile(chosen), 'import.csv')}
        />
      </div>
      <DataTable
        label={t('import.rows')}
        columns={columns}
        rows={chosen.slice(offset, offset + pageSize)}
        rowKey={(row) => String(row.line)}
        needsAttention={(row) => row.outcome === 'refused'}
        state={settled}
        total={chosen.length}
        paging={{ kind: 'offset', offset, limit: pageSize, total: chosen.length, onChange: list.setOffset }}
        empty={<EmptyState kind="filtered" title={t('import.empty')} />}
      />
    </>
  );
}

type Props = {
  readonly csv: string;
  readonly place: { readonly connectionKey?: string };
  readonly tried: PeopleImport;
  readonly onAgain: () => void;
};

/** What a trial says row by row, and the way to apply exactly that. */
export function ImportResult({ csv, place, tried, onAgain }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const { counts, kind, digest } = tried;
  const count = counts.created + counts.changed + counts.removed;
  const [applied, setApplied] = useState<PeopleImport>();
  const apply = useChange(importPeople, {
    invalidates: [listUsers, readUser, listGroups, readGroup, listIdentities, listConnections],
    onSuccess: (answer) => {
      setApplied(answer);
      announce(t('import.applied', answer.counts));
    },
  });
  const why =
    counts.refused > 0
      ? t('import.applyRefused', { count: counts.refused })
      : count === 0
        ? t('import.applyNothing')
        : undefined;
  const run = () =>
    apply.ask(
      { params: { kind }, body: { csv, digest, ...place } },
      {
        title: t('import.applyTitle', { kind: t(`import.kind.${kind}`) }),
        confirmLabel: t('import.applyCount', { count }),
        text: <p>{t('import.applying', { count })}</p>,
      },
    );
  const isApplied = applied !== undefined;
  return (
    <Section title={t(isApplied ? 'import.resultApplied' : 'import.result')}>
      <div className={styles.form}>
        {isApplied && (
          <Banner action={<ActionButton size="xs" label={t('import.again')} onClick={onAgain} />}>
            {t('import.applied', applied.counts)}
          </Banner>
        )}
        <p className="text-2">{t('import.people', { count: (applied ?? tried).peopleCount })}</p>
        {!isApplied && (
          <div className={styles.buttons}>
            <ActionButton
              tone="primary"
              label={t('import.applyCount', { count })}
              ability={why === undefined ? { allowed: true } : { allowed: false, reason: why }}
              isBusy={apply.isPending}
              onClick={run}
            />
            <span role="status" className="text-2">
              {why ?? ''}
            </span>
          </div>
        )}
        {apply.dialog}
        <Rows rows={(applied ?? tried).rows} />
      </div>
    </Section>
  );
}
