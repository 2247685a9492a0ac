import { readDataSource } from '@stoa/contract/data-source';
import { reportUnmappedLogins, type UnmappedLoginRow } from '@stoa/contract/report';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { ReportBar, ReportFile, reportPageSize, ReportTable } from './ReportFrame.tsx';
import styles from './reports.module.css';

const MapLogin = lazy(() => import('./MapLogin.tsx').then((part) => ({ default: part.MapLogin })));

function Login({ row: { connectionKey, login, canLogin } }: { row: UnmappedLoginRow }) {
  const t = useText();
  return (
    <>
      <Identifier prefix={connectionKey} value={login} maxLength={40} />
      <span className={styles.under}>
        {canLogin === null ? t('reports.unmapped.everybody') : t(`reports.unmapped.canLogin.${canLogin}`)}
      </span>
    </>
  );
}

function Privilege({ row: { privilege, through } }: { row: UnmappedLoginRow }) {
  const t = useText();
  return (
    <>
      <span className="mono">{privilege}</span>
      <span className={styles.under}>
        {through === null ? t('reports.unmapped.own') : t('reports.unmapped.through', { role: through })}
      </span>
    </>
  );
}

/** A few by name, which the page has room for. */
const shownObjects = 3;

function Objects({ row: { objects, objectCount, isEverything } }: { row: UnmappedLoginRow }) {
  const t = useText();
  if (isEverything) return t('reports.unmapped.everything', { count: objectCount });
  const shown = objects.slice(0, shownObjects);
  const left = objectCount - shown.length;
  return (
    <>
      {shown.map((one) => (
        <div key={one.dataSourceId}>
          <Identifier value={one.objectPath.join('.')} isCopyable={false} />
        </div>
      ))}
      {left > 0 && <span className={styles.under}>{t('reports.unmapped.more', { count: left })}</span>}
    </>
  );
}

function useColumns(onMap: (row: UnmappedLoginRow) => void): Column<UnmappedLoginRow>[] {
  const t = useText();
  const may = useMay();
  const columns: Column<UnmappedLoginRow>[] = [
    {
      key: 'login',
      header: t('reports.unmapped.column.login'),
      width: '26%',
      cell: (row) => <Login row={row} />,
    },
    { key: 'privilege', header: t('reports.unmapped.column.privilege'), cell: (row) => <Privilege row={row} /> },
    {
      key: 'objects',
      header: t('reports.unmapped.column.objects'),
      width: '32%',
      cell: (row) => <Objects row={row} />,
    },
    {
      key: 'since',
      header: t('reports.unmapped.column.since'),
      cell: ({ since }) => <TimeStamp value={since} style="date" />,
    },
  ];
  if (!may('identity.manage')) return columns;
  return [
    ...columns,
    {
      key: 'map',
      header: t('reports.unmapped.column.map'),
      isHeaderHidden: true,
      width: '120px',
      cell: (row) =>
        row.canLogin === true && (
          <ActionButton
            size="xs"
            label={t('reports.unmapped.map')}
            fullLabel={t('reports.unmapped.mapOf', { login: row.login, connection: row.connectionKey })}
            onClick={() => onMap(row)}
          />
        ),
    },
  ];
}

type Look = { readonly connectionKey: string; readonly at: string | null; readonly isCut: boolean };

/** Platforms of which not everything is known. */
function Looks({ looks }: { looks: readonly Look[] }) {
  const t = useText();
  const named = (some: readonly Look[]) => some.map(({ connectionKey }) => connectionKey).join(', ');
  const never = looks.filter(({ at }) => at === null);
  const cut = looks.filter(({ isCut }) => isCut);
  return (
    <>
      {never.length > 0 && <Banner>{t('reports.unmapped.never', { connections: named(never) })}</Banner>}
      {cut.length > 0 && <Banner>{t('reports.unmapped.cut', { connections: named(cut) })}</Banner>}
    </>
  );
}

/** That the report is about one data source alone. */
function OfSource({ sourceId, list }: { sourceId: number; list: ListState }) {
  const t = useText();
  const source = useOperation(readDataSource, { params: { id: sourceId } });
  const name = source.data?.objectPath.join('.') ?? String(sourceId);
  return (
    <p className={styles.bar}>
      <span>
        <Say
          id="reports.unmapped.of"
          values={{ source: <Identifier key="source" value={name} isCopyable={false} /> }}
        />
      </span>
      <ActionButton
        size="xs"
        tone="quiet"
        label={t('reports.unmapped.ofAll')}
        onClick={() => list.setFilters({ of: undefined })}
      />
    </p>
  );
}

const yesOrNo = ['true', 'false'] as const;

/** Which logins of the platforms reach data sources and are nobody here. */
export function UnmappedReport() {
  const t = useText();
  const list = useListState();
  const named = Number(list.text('of'));
  const sourceId = Number.isInteger(named) && named > 0 ? named : undefined;
  const searchText = list.text('searchText');
  const connectionKey = list.text('connectionKey');
  const canLogin = wordOf(yesOrNo, list.text('canLogin') ?? '');
  const [mapping, setMapping] = useState<UnmappedLoginRow>();
  const answer = useOperation(
    reportUnmappedLogins,
    { query: { sourceId, searchText, connectionKey, canLogin, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true },
  );
  const columns = useColumns(setMapping);
  const looks = answer.data?.looks ?? [];
  const file = {
    sourceId: sourceId === undefined ? undefined : String(sourceId),
    searchText,
    connectionKey,
    canLogin,
  };
  return (
    <>
      <ReportBar file={answer.data !== undefined && <ReportFile report="unmapped-logins" query={file} />}>
        <FilterBar
          list={list}
          searchLabel={t('reports.search')}
          facets={[
            {
              name: 'connectionKey',
              label: t('reports.unmapped.connection'),
              isClosed: true,
              isSingle: true,
              options: looks.map((one) => ({ value: one.connectionKey, label: one.connectionKey })),
            },
            {
              name: 'canLogin',
              label: t('reports.unmapped.canLogin'),
              isClosed: true,
              isSingle: true,
              options: yesOrNo.map((value) => ({ value, label: t(`reports.unmapped.canLogin.${value}`) })),
            },
          ]}
        />
      </ReportBar>
      {sourceId !== undefined && <OfSource sourceId={sourceId} list={list} />}
      <Looks looks={looks} />
      <ReportTable
        label={t('reports.unmapped.table')}
        list={list}
        answer={answer}
        columns={columns}
        rowKey={(row) => [row.connectionKey, row.login, row.through, row.privilege, row.isEverything].join(' ')}
        isFiltered={searchText !== undefined || connectionKey !== undefined || canLogin !== undefined}
        empty={
          looks.some(({ at }) => at === null)
            ? { title: t('reports.unmapped.unknownTitle'), text: t('reports.unmapped.unknownText') }
            : { title: t('reports.unmapped.emptyTitle'), text: t('reports.unmapped.emptyText') }
        }
      />
      {mapping !== undefined && (
        <Suspense fallback={null}>
          <MapLogin login={mapping} onClose={() => setMapping(undefined)} />
        </Suspense>
      )}
    </>
  );
}
