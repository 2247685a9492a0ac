import { accessState, type DataProduct, type ProductFacets, searchDataProducts } from '@stoa/contract/data-product';
import { technology } from '@stoa/contract/enums';
import { useRef, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { call, useOperation } from '../../lib/api.ts';
import { useCursorPages } from '../../lib/cursor-pages.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { Facet } from '../../ui/facets.ts';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { useProductColumns } from './product-columns.tsx';

const sorts = ['name', 'relevance', 'createdAt', 'updatedAt', 'members'] as const;
const pageSize = 25;

const known = <T extends string>(options: readonly T[], values: readonly string[]): T[] =>
  options.filter((option) => values.includes(option));

/** What is searched for stands in the address; without words the newest products come first. */
function queryOf(list: ListState) {
  const q = list.text('q');
  const fallback =
    q === undefined
      ? ({ sortBy: 'createdAt', sortOrder: 'desc' } as const)
      : ({ sortBy: 'relevance', sortOrder: 'desc' } as const);
  const sortBy = sorts.find((one) => one === list.sort?.column);
  return {
    q,
    domainId: [...list.values('domain')],
    technology: known(technology.options, list.values('platform')),
    state: known(accessState.options, list.values('state')),
    tag: [...list.values('tag')],
    facets: true,
    limit: pageSize,
    ...(sortBy === undefined ? fallback : { sortBy, sortOrder: list.sort?.order ?? 'asc' }),
  };
}

function useProducts(query: ReturnType<typeof queryOf>) {
  return useCursorPages({
    operation: searchDataProducts,
    input: query,
    read: (nextToken, signal) => call(searchDataProducts, { query: { ...query, nextToken } }, { signal }),
  });
}

/** Only what some product has is offered, with how many; a state that is chosen stays, also when none is left. */
function useFacets(facets: ProductFacets | undefined, list: ListState): Facet[] {
  const t = useText();
  const chosen = list.values('state');
  const named = facets?.domain ?? [];
  const nameless = list.values('domain').filter((id) => !named.some((one) => one.value === id));
  const domains = [
    ...named,
    ...nameless.map((value) => ({ value, label: t('marketplace.facet.otherDomain'), count: 0 })),
  ];
  const states = accessState.options.flatMap((value) => {
    const count = facets?.state.find((one) => one.value === value)?.count;
    if (count === undefined && !chosen.includes(value)) return [];
    return [{ value, label: t(`ui.state.${value}`), count: count ?? 0 }];
  });
  return [
    { name: 'domain', label: t('marketplace.facet.domain'), options: domains },
    {
      name: 'platform',
      label: t('marketplace.facet.platform'),
      knows: (value) => known(technology.options, [value]).length > 0,
      options: facets?.technology ?? [],
    },
    {
      name: 'state',
      label: t('marketplace.facet.state'),
      knows: (value) => known(accessState.options, [value]).length > 0,
      options: states,
    },
  ];
}

/** Tags are counted when they are asked for: what carries them are the sources of every product found. */
function useTagFacet(query: ReturnType<typeof queryOf>): Facet {
  const t = useText();
  const [isWanted, setIsWanted] = useState(false);
  const { sortBy: _, sortOrder: _order, limit: _limit, facets: _facets, ...filters } = query;
  const counted = useOperation(
    searchDataProducts,
    { query: { ...filters, limit: 1, tagFacet: true } },
    { enabled: isWanted, keepPrevious: true },
  );
  return {
    name: 'tag',
    label: t('marketplace.facet.tag'),
    options: counted.data?.tagFacet ?? [],
    onOpen: () => setIsWanted(true),
    note: t(
      counted.data !== undefined
        ? 'marketplace.facet.noTag'
        : counted.error === null
          ? 'ui.table.loading'
          : 'marketplace.facet.failed',
    ),
  };
}

/** Whoever may do one of these takes one of the steps to the first product. */
const setUpActions = ['data-product.create', 'domain.manage', 'connection.manage', 'user.manage'] as const;

function Nothing({ list }: { list: ListState }) {
  const t = useText();
  const may = useMay();
  const first = list.activeFilters[0];
  if (first !== undefined) {
    return (
      <EmptyState
        kind="filtered"
        title={t('ui.empty.filteredTitle')}
        text={t('marketplace.empty.filtered')}
        action={<ActionButton label={t('ui.empty.clearAll')} onClick={list.clearFilters} />}
      />
    );
  }
  if (!setUpActions.some((action) => may(action))) {
    return <EmptyState title={t('marketplace.empty.title')} text={t('marketplace.empty.wait')} />;
  }
  return (
    <EmptyState
      title={t('marketplace.empty.title')}
      text={t('marketplace.empty.publish')}
      action={
        <LinkTo look="primary" to="/admin/first-steps">
          {t('marketplace.empty.action')}
        </LinkTo>
      }
    />
  );
}

/** The act of the row that has the focus; without one, nothing happens. */
function followActOfRow() {
  document.activeElement?.closest('tr')?.querySelector<HTMLElement>('a[data-act]')?.click();
}

/** The products that the caller may see, searched, filtered and sorted; each row says what access they have. */
export function ProductList() {
  const t = useText();
  const list = useListState();
  const frame = useRef<HTMLDivElement>(null);
  const query = queryOf(list);
  const { pages, state, paging } = useProducts(query);
  const facets = [...useFacets(pages?.at(-1)?.facets, list), useTagFacet(query)];
  const columns = useProductColumns();
  const rows: DataProduct[] | undefined = pages?.flatMap((page) => page.data);
  useKeys([
    {
      keys: 'f',
      label: t('marketplace.keys.facets'),
      scope: 'page',
      run: () => frame.current?.querySelector<HTMLElement>('button[aria-haspopup]')?.focus(),
    },
    { keys: 'r', label: t('marketplace.keys.request'), scope: 'page', run: followActOfRow },
  ]);
  return (
    <div ref={frame}>
      <FilterBar list={list} searchName="q" searchLabel={t('marketplace.search')} facets={facets} />
      <DataTable
        label={t('marketplace.table')}
        columns={columns}
        rows={rows}
        rowKey={(product) => product.id}
        state={state}
        total={pages?.[0]?.meta.totalCount ?? rows?.length}
        paging={paging}
        sort={list.sort}
        onSort={list.setSort}
        empty={<Nothing list={list} />}
      />
    </div>
  );
}
