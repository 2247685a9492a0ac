import { listRestoreFindings, type RestoreFinding, restoreFindingKind } from '@stoa/contract/restore';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { StatusMark, type StatusMarkProps } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';

const pageSize = 50;
const looks = {
  beyond: { kind: 'check', value: 'fail' },
  missing: { kind: 'check', value: 'warn' },
  unseen: { kind: 'request', value: 'NONE' },
} as const satisfies Record<RestoreFinding['kind'], StatusMarkProps>;

function useColumns(): Column<RestoreFinding>[] {
  const t = useText();
  return [
    {
      key: 'kind',
      header: t('restores.column.kind'),
      cell: (one) => <StatusMark {...looks[one.kind]} label={t(`restores.kind.${one.kind}`)} />,
    },
    {
      key: 'what',
      header: t('restores.column.what'),
      width: '30%',
      cell: (one) => (
        <>
          {one.principal + one.object !== '' && <Identifier value={one.principal || one.object} maxLength={48} />}
          <p className="text-2 small">{one.detail}</p>
        </>
      ),
    },
    {
      key: 'subject',
      header: t('restores.column.subject'),
      cell: (one) => (
        <>
          {one.subject}
          {one.container !== '' && (
            <p className="text-2 small">
              <Identifier value={one.container} maxLength={32} />
            </p>
          )}
        </>
      ),
    },
    { key: 'platform', header: t('restores.column.platform'), cell: (one) => one.connectionKey },
    { key: 'backup', header: t('restores.column.backup'), cell: (one) => <TimeStamp value={one.backupTakenAt} /> },
    { key: 'restored', header: t('restores.column.restored'), cell: (one) => <TimeStamp value={one.restoredAt} /> },
  ];
}

function queryOf(list: ListState) {
  const searchText = list.text('searchText');
  const kind = restoreFindingKind.options.filter((one) => list.values('kind').includes(one));
  return {
    offset: list.offset,
    limit: pageSize,
    ...(searchText === undefined ? {} : { searchText }),
    ...(kind.length === 0 ? {} : { kind }),
  };
}

/** What platforms had beyond the backups that were brought back, and what they lacked. */
export function RestoresPage() {
  const t = useText();
  const may = useMay()('key.manage');
  const list = useListState();
  const findings = useOperation(listRestoreFindings, { query: queryOf(list) }, { enabled: may, keepPrevious: true });
  const columns = useColumns();
  const head = <PageHeader title={t('restores.title')} section={t('restores.section')} lead={t('restores.lead')} />;
  if (!may)
    return (
      <>
        {head}
        <Banner>{t('restores.denied')}</Banner>
      </>
    );
  const options = restoreFindingKind.options.map((value) => ({ value, label: t(`restores.kind.${value}`) }));
  const facets = [{ name: 'kind', label: t('restores.column.kind'), isClosed: true, options }];
  const total = findings.data?.meta.totalCount;
  return (
    <>
      {head}
      <FilterBar list={list} searchLabel={t('restores.search')} facets={facets} />
      <DataTable
        label={t('restores.table')}
        columns={columns}
        rows={findings.data?.data}
        rowKey={(one) => one.id}
        state={findings}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState title={t('restores.emptyTitle')} text={<code>{t('restores.emptyText')}</code>} />
          )
        }
      />
    </>
  );
}
