import { assetAccess, searchAssets } from '@stoa/contract/asset-list';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import type { Facet } from '../../ui/facets.ts';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { useKindText } from '../../ui/kind-text.ts';
import { useAssetColumns } from './asset-columns.tsx';
import styles from './assets.module.css';

const pageSize = 25;
const kinds = [
  'database',
  'schema',
  'table',
  'partitioned_table',
  'view',
  'materialized_view',
  'foreign_table',
] as const;

/** Roots until something is searched for: a list of everything helps nobody. */
function useAssets(list: ListState) {
  const access = assetAccess.options.filter((one) => list.values('access').includes(one));
  const query = {
    searchText: list.text('searchText') ?? '',
    connectionKey: list.text('connectionKey'),
    type: list.values('type').length === 0 ? undefined : [...list.values('type')],
    access: access.length === 0 ? undefined : access,
    hasOverride: list.text('hasOverride') === 'true' ? true : undefined,
    parentId: list.text('parentId'),
    below: list.text('parentId') === undefined ? undefined : true,
    roots: list.activeFilters.length === 0 ? true : undefined,
    offset: list.offset,
    limit: pageSize,
  };
  return useOperation(searchAssets, { query }, { keepPrevious: true });
}

function useFacets(): Facet[] {
  const t = useText();
  const kindText = useKindText();
  const may = useMay();
  const roots = useOperation(searchAssets, { query: { roots: true, limit: 200 } });
  const keys = [...new Set((roots.data?.data ?? []).map((one) => one.connectionKey ?? ''))].filter((key) => key !== '');
  const facets: Facet[] = [
    {
      name: 'connectionKey',
      label: t('assets.facet.connection'),
      isSingle: true,
      options: keys.map((value) => ({ value, label: value })),
    },
    { name: 'type', label: t('assets.facet.kind'), options: kinds.map((value) => ({ value, label: kindText(value) })) },
    {
      name: 'access',
      label: t('assets.facet.access'),
      isClosed: true,
      options: assetAccess.options.map((value) => ({ value, label: t(`assets.access.${value}`) })),
    },
  ];
  const governing: Facet = {
    name: 'hasOverride',
    label: t('assets.facet.override'),
    isClosed: true,
    isSingle: true,
    options: [{ value: 'true', label: t('assets.override.true') }],
  };
  return may('asset.edit') ? [...facets, governing] : facets;
}

function Nothing({ list }: { list: ListState }) {
  const t = useText();
  const may = useMay();
  if (list.activeFilters.length > 0) return <FilteredEmpty list={list} />;
  return (
    <EmptyState
      title={t('assets.empty.title')}
      text={t('assets.empty.text')}
      action={
        may('connection.manage') && (
          <LinkTo look="primary" to="/admin/connections/new" search={{}}>
            {t('assets.empty.connect')}
          </LinkTo>
        )
      }
    />
  );
}

/** All assets: the roots of the trees, or what a search finds in them, each with the caller's access and next step. */
export function AssetsPage() {
  const t = useText();
  const list = useListState();
  const found = useAssets(list);
  const facets = useFacets();
  const columns = useAssetColumns();
  const meta = found.data?.meta;
  return (
    <>
      <PageHeader title={t('assets.title')} lead={t('assets.lead')} />
      <FilterBar list={list} searchLabel={t('assets.search')} facets={facets} />
      {meta?.isCapped === true && (
        <div className={styles.capped}>
          <Banner>{t('assets.capped', { total: meta.totalCount })}</Banner>
        </div>
      )}
      <DataTable
        label={t('assets.list')}
        columns={columns}
        rows={found.data?.data}
        rowKey={(asset) => asset.id}
        state={found}
        total={meta?.totalCount}
        paging={list.paging(pageSize, meta?.totalCount)}
        empty={<Nothing list={list} />}
      />
    </>
  );
}
