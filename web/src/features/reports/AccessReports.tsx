import { listDataSources, readDataSource } from '@stoa/contract/data-source';
import { getImmutaUsers } from '@stoa/contract/metadata';
import { type AccessGap, type AccessRow, reportWhatHas, reportWhoHasAccess } from '@stoa/contract/report';
import { lazy, Suspense } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import { AsOfNotice, MomentField } from './AccessAt.tsx';
import { useAccessColumns } from './access-columns.tsx';
import { ReportFile, reportPageSize, ReportTable } from './ReportFrame.tsx';
import styles from './reports.module.css';

const ExplainDialog = lazy(() =>
  import('../access-requests/ExplainDialog.tsx').then((module) => ({ default: module.ExplainDialog })),
);

const offered = 20;
const pathText = (one: { connectionKey: string; objectPath: readonly string[] }): string =>
  `${one.connectionKey} · ${one.objectPath.join('.')}`;

type SourcePickerProps = { label?: string; sourceId: number | undefined; onChoose: (id: string) => void };

function SourcePicker({ label, sourceId, onChoose }: SourcePickerProps) {
  const t = useText();
  const { typed, filter, onSearch, isSearching } = useServerSearch();
  const found = useOperation(
    listDataSources,
    { query: { searchText: filter, limit: offered } },
    { keepPrevious: true },
  );
  const chosen = useOperation(readDataSource, { params: { id: sourceId ?? 0 } }, { enabled: sourceId !== undefined });
  const optionOf = (one: { id: number; connectionKey: string; objectPath: readonly string[] }) => ({
    value: String(one.id),
    label: pathText(one),
  });
  const known = typed === '' && chosen.data !== undefined ? [optionOf(chosen.data)] : [];
  const others = (found.data?.data ?? []).filter((one) => typed !== '' || one.id !== sourceId).map(optionOf);
  return (
    <SearchSelect
      className={styles.choose ?? ''}
      label={label ?? t('reports.source')}
      placeholder={t('reports.sourcePlaceholder')}
      options={[...known, ...others]}
      value={sourceId === undefined ? null : String(sourceId)}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      onChoose={({ value }) => onChoose(value)}
      nothingFound={t('reports.sourceNothing')}
    />
  );
}

type PersonPickerProps = { label?: string; user: string; onChoose: (id: string) => void };

function PersonPicker({ label, user, onChoose }: PersonPickerProps) {
  const t = useText();
  const { typed, filter, onSearch, isSearching } = useServerSearch();
  const found = useOperation(getImmutaUsers, { query: { filter, limit: offered } }, { keepPrevious: true });
  const chosen = useOperation(getImmutaUsers, { query: { globalUserId: [user], limit: 1 } }, { enabled: user !== '' });
  const optionOf = ({ globalUserId, name, username }: { globalUserId: string; name: string; username: string }) => ({
    value: globalUserId,
    label: t('reports.personNamed', { name, username }),
  });
  const known = typed === '' ? (chosen.data?.users ?? []).map(optionOf) : [];
  const others = (found.data?.users ?? []).filter((one) => typed !== '' || one.globalUserId !== user).map(optionOf);
  return (
    <SearchSelect
      className={styles.choose ?? ''}
      label={label ?? t('reports.person')}
      options={[...known, ...others]}
      value={user}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      onChoose={({ value }) => onChoose(value)}
      nothingFound={t('reports.personNobody')}
    />
  );
}

/** The chain of one person and one source has its own address: `why` and `for`. */
function Explained({ list }: { list: ListState }) {
  const sourceId = Number(list.text('why'));
  const user = list.text('for');
  if (!Number.isInteger(sourceId) || sourceId <= 0 || user === undefined) return null;
  return (
    <Suspense fallback={null}>
      <ExplainDialog
        user={user}
        sourceId={sourceId}
        onClose={() => list.setFilters({ why: undefined, for: undefined })}
      />
    </Suspense>
  );
}

const explainIn = (list: ListState) => (row: AccessRow) =>
  list.setFilters({ why: String(row.source.dataSourceId), for: row.user?.globalUserId });

/** The data source, and the moment, that a report is about, as the address names them. */
export function sourceAskedAbout(list: ListState) {
  const named = Number(list.text('of'));
  const sourceId = Number.isInteger(named) && named > 0 ? named : undefined;
  return { sourceId, at: list.text('at'), searchText: list.text('searchText') };
}

type SourceBarProps = {
  readonly report: 'who-has-access' | 'clear-columns';
  readonly list: ListState;
  readonly isAnswered: boolean;
};

/** Chooses the data source and the moment, and gives the report as a file. */
export function SourceBar({ report, list, isAnswered }: SourceBarProps) {
  const { sourceId, at, searchText } = sourceAskedAbout(list);
  return (
    <div className={styles.bar}>
      <SourcePicker sourceId={sourceId} onChoose={(source) => list.setFilters({ of: source, searchText: undefined })} />
      {sourceId !== undefined && <MomentField at={at} onChange={(moment) => list.setFilters({ at: moment })} />}
      {sourceId !== undefined && isAnswered && (
        <ReportFile report={report} query={{ sourceId: String(sourceId), at, searchText }} />
      )}
    </div>
  );
}

/** Everybody who can read one data source, cause by cause, or who could at the moment in the address. */
export function WhoHasAccess() {
  const t = useText();
  const list = useListState();
  const { sourceId, at, searchText } = sourceAskedAbout(list);
  const answer = useOperation(
    reportWhoHasAccess,
    { query: { sourceId: sourceId ?? 1, at, searchText, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true, enabled: sourceId !== undefined },
  );
  const asOf = answer.data?.asOf ?? null;
  const columns = useAccessColumns({ about: 'source', isPast: asOf !== null }, explainIn(list));
  return (
    <>
      <SourceBar report="who-has-access" list={list} isAnswered={answer.data !== undefined} />
      {sourceId === undefined && <EmptyState title={t('reports.chooseSource')} text={t('reports.chooseSourceText')} />}
      {sourceId !== undefined && answer.error !== null && <ErrorNotice problem={answer.error} />}
      {sourceId !== undefined && answer.error === null && (
        <>
          {asOf !== null && <AsOfNotice asOf={asOf} />}
          {asOf === null && (
            <div className={styles.bar}>
              <PersonPicker
                label={t('reports.whyPerson')}
                user=""
                onChoose={(id) => list.setFilters({ why: String(sourceId), for: id })}
              />
            </div>
          )}
          <FilterBar list={list} searchLabel={t('reports.search')} />
          <p className={styles.bar}>
            <LinkTo to="/reports" search={{ tab: 'clear-columns', of: String(sourceId), at }}>
              {t('reports.clear.link')}
            </LinkTo>
            {asOf === null && (
              <LinkTo to="/reports" search={{ tab: 'unmapped-logins', of: String(sourceId) }}>
                {t('reports.unmapped.link')}
              </LinkTo>
            )}
          </p>
          <ReportTable
            label={asOf === null ? t('reports.whoTable') : t('reports.at.table')}
            list={list}
            answer={answer}
            columns={columns}
            rowKey={rowKey}
            isFiltered={searchText !== undefined}
            empty={emptyOf(t, asOf)}
          />
        </>
      )}
      <Explained list={list} />
    </>
  );
}

function emptyOf(t: ReturnType<typeof useText>, asOf: { gaps: readonly AccessGap[] } | null) {
  if (asOf === null) return { title: t('reports.whoEmptyTitle'), text: t('reports.whoEmptyText') };
  if (asOf.gaps.includes('BEFORE_SOURCE'))
    return { title: t('reports.at.beforeTitle'), text: t('reports.at.beforeText') };
  return { title: t('reports.at.emptyTitle'), text: t('reports.at.emptyText') };
}

const rowKey = (row: AccessRow): string =>
  [row.requestId ?? row.causeText, row.account ?? '', row.user?.globalUserId ?? '', row.source.dataSourceId].join(' ');

/** Everything that one person can read, cause by cause. */
export function WhatPersonHas() {
  const t = useText();
  const list = useListState();
  const me = useCurrentUser();
  const user = list.text('of') || (me?.globalUserId ?? '');
  const searchText = list.text('searchText');
  const answer = useOperation(
    reportWhatHas,
    { query: { user, searchText, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true, enabled: user !== '' },
  );
  const columns = useAccessColumns({ about: 'person' }, explainIn(list));
  return (
    <>
      <div className={styles.bar}>
        <PersonPicker user={user} onChoose={(of) => list.setFilters({ of, searchText: undefined })} />
        {answer.data !== undefined && <ReportFile report="what-has" query={{ user, searchText }} />}
      </div>
      <div className={styles.bar}>
        <SourcePicker
          label={t('reports.whySource')}
          sourceId={undefined}
          onChoose={(id) => list.setFilters({ why: id, for: user })}
        />
      </div>
      <FilterBar list={list} searchLabel={t('reports.search')} />
      <ReportTable
        label={t('reports.whatTable')}
        list={list}
        answer={answer}
        columns={columns}
        rowKey={rowKey}
        isFiltered={searchText !== undefined}
        empty={{ title: t('reports.whatEmptyTitle'), text: t('reports.whatEmptyText') }}
      />
      <Explained list={list} />
    </>
  );
}
