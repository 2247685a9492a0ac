import { Checkbox } from '@mantine/core';
import { type IdentificationResult, listIdentificationResults } from '@stoa/contract/identification';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useListState } from '../../ui/list-search.ts';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './identification.module.css';

const pageSize = 50;

function Why({ result }: { result: IdentificationResult }) {
  const t = useText();
  if (result.evidence.length === 0) {
    const why = result.reason === null ? t('identification.why.nothing') : t(`identification.reason.${result.reason}`);
    return <span className="text-2">{why}</span>;
  }
  return (
    <ul className={styles.evidence}>
      {result.evidence.map((one) => (
        <li key={one.identifierId}>
          <b>{one.identifierName}</b> {t(`identification.why.outcome.${one.outcome}`)}:{' '}
          {one.hitRatio === null
            ? t('identification.why.name')
            : t('identification.why.ratio', { ratio: one.hitRatio, values: result.nonNullRows ?? 0 })}
        </li>
      ))}
    </ul>
  );
}

function useColumns(): Column<IdentificationResult>[] {
  const t = useText();
  return [
    {
      key: 'column',
      header: t('identification.column.column'),
      width: '32%',
      cell: (one) => (
        <div className={styles.name}>
          <b>{one.columnName}</b>
          <span className={styles.says}>
            <Identifier value={one.objectPath.join('.')} />
          </span>
        </div>
      ),
    },
    { key: 'why', header: t('identification.column.why'), width: '38%', cell: (one) => <Why result={one} /> },
    {
      key: 'sample',
      header: t('identification.column.sample'),
      cell: (one) =>
        one.sampleRows === null ? (
          <span className="text-3">–</span>
        ) : (
          <span className="num">
            {t('identification.sample.rows', { rows: one.sampleRows, values: one.nonNullRows ?? 0 })}
          </span>
        ),
    },
    {
      key: 'when',
      header: t('identification.column.when'),
      cell: (one) => <TimeStamp value={one.ranAt} style="dateTime" />,
    },
  ];
}

/** Why each column is tagged or not: the ratio, the sample, the time of the last sight. */
export function FoundList() {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const source = Number(list.text('dataSourceId'));
  const runId = list.text('runId');
  const identifierId = Number(list.text('identifierId'));
  const query = {
    offset: list.offset,
    limit: pageSize,
    taggedOnly: list.text('show') !== 'all',
    ...(searchText === undefined ? {} : { searchText }),
    ...(Number.isInteger(source) && source > 0 ? { dataSourceId: source } : {}),
    ...(Number.isInteger(identifierId) && identifierId > 0 ? { identifierId } : {}),
    ...(runId === undefined ? {} : { runId }),
  };
  const found = useOperation(listIdentificationResults, { query }, { keepPrevious: true });
  const columns = useColumns();
  const total = found.data?.meta.totalCount;
  return (
    <>
      <FilterBar list={list} searchLabel={t('identification.foundSearch')} />
      <Checkbox
        className={styles.also ?? ''}
        label={t('identification.filter.all')}
        checked={list.text('show') === 'all'}
        onChange={(event) => list.setFilters({ show: event.currentTarget.checked ? 'all' : '' })}
      />
      <DataTable
        label={t('identification.found')}
        columns={columns}
        rows={found.data?.data}
        rowKey={(one) => `${one.dataSourceId} ${one.columnName}`}
        state={found}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('identification.foundEmptyTitle')} text={t('identification.foundEmptyText')} />
          )
        }
      />
    </>
  );
}
