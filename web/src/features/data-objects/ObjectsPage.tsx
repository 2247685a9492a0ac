import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { Facet } from '../../ui/facets.ts';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonRows } from '../../ui/Skeletons.tsx';
import styles from './Objects.module.css';
import { useKindText } from '../../ui/kind-text.ts';
import { useConnectionNames } from './connection-names.ts';

const ObjectDetail = lazy(() => import('./ObjectDetail.tsx').then((module) => ({ default: module.ObjectDetail })));
const ObjectSearch = lazy(() => import('./ObjectSearch.tsx').then((module) => ({ default: module.ObjectSearch })));
const WaitingForMe = lazy(() => import('./WaitingForMe.tsx').then((module) => ({ default: module.WaitingForMe })));
const ConnectionTrees = lazy(() =>
  import('./ConnectionTrees.tsx').then((module) => ({ default: module.ConnectionTrees })),
);

const objectFilters = ['searchText', 'effectiveState', 'objectType', 'missing'] as const;
const kinds = ['schema', 'table', 'partitioned_table', 'view', 'materialized_view', 'foreign_table'] as const;

function useFacets(): Facet[] {
  const t = useText();
  const kindText = useKindText();
  const connections = useConnectionNames().data ?? [];
  return [
    {
      name: 'connectionKey',
      label: t('objects.facet.connection'),
      isSingle: true,
      options: connections.map((one) => ({ value: one.connectionKey, label: one.connectionKey })),
    },
    {
      name: 'objectType',
      label: t('objects.facet.kind'),
      options: kinds.map((value) => ({ value, label: kindText(value) })),
    },
    {
      name: 'effectiveState',
      label: t('objects.facet.state'),
      isClosed: true,
      isSingle: true,
      options: (['enabled', 'disabled'] as const).map((value) => ({ value, label: t(`objects.state.${value}`) })),
    },
    {
      name: 'missing',
      label: t('objects.facet.missing'),
      isSingle: true,
      options: [{ value: 'true', label: t('objects.missing.only') }],
    },
  ];
}

/** What the platforms hold: a tree to open, or what a search finds, with the chosen object beside it. */
export function ObjectsPage() {
  const t = useText();
  const list = useListState();
  const navigate = useNavigate();
  const facets = useFacets();
  const row = list.text('row');
  const show = (id: string | undefined) =>
    void navigate({ to: '.', search: { ...list.search, row: id }, resetScroll: false });
  const isSearching = objectFilters.some((name) => list.values(name).length > 0);
  return (
    <>
      <PageHeader title={t('objects.title')} lead={t('objects.lead')} />
      <Suspense>
        <WaitingForMe />
      </Suspense>
      <FilterBar list={list} searchLabel={t('objects.search')} facets={facets} />
      <div className={styles.layout} data-open={row !== undefined || undefined}>
        {isSearching ? (
          <Suspense fallback={<SkeletonRows rows={4} />}>
            <ObjectSearch list={list} facets={facets} onOpen={show} />
          </Suspense>
        ) : (
          <Suspense fallback={<SkeletonRows rows={8} />}>
            <ConnectionTrees list={list} onOpen={show} />
          </Suspense>
        )}
        {row !== undefined && (
          <Suspense fallback={<SkeletonRows rows={4} />}>
            <ObjectDetail key={row} id={row} onClose={() => show(undefined)} />
          </Suspense>
        )}
      </div>
    </>
  );
}
