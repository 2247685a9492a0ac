import { type DataProduct, searchDataProducts } from '@stoa/contract/data-product';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useCurrentUser, useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { call } from '../../lib/api.ts';
import { useCursorPages } from '../../lib/cursor-pages.ts';
import { useCommands } from '../../ui/commands.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { Facet } from '../../ui/facets.ts';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { SkeletonRows } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './ManageProduct.module.css';

const pageSize = 50;
const sorts = ['name', 'createdAt', 'updatedAt', 'members'] as const;

function useProducts(list: ListState) {
  // Governors manage everything without a permission in any domain: their list is not narrowed until they ask.
  const governs = useCurrentUser()?.globalPermissions.includes('GOVERNANCE') === true;
  const role = list.text('role') ?? (governs ? 'all' : 'manager');
  const q = list.text('q');
  const sortBy = sorts.find((one) => one === list.sort?.column) ?? 'name';
  const query = {
    q,
    limit: pageSize,
    sortBy,
    sortOrder: list.sort?.order ?? ('asc' as const),
    ...(role === 'all' ? {} : { roleFilter: ['manager' as const] }),
  };
  return useCursorPages({
    operation: searchDataProducts,
    input: query,
    read: (nextToken, signal) => call(searchDataProducts, { query: { ...query, nextToken } }, { signal }),
  });
}

/** Published or suspended: the word, with a mark for the one that needs a look. */
export function PublishedMark({ product }: { product: DataProduct }) {
  const t = useText();
  return (
    <span className={styles.state} data-suspended={product.suspended || undefined}>
      {t(product.suspended ? 'manage.state.suspended' : 'manage.state.published')}
    </span>
  );
}

function useColumns(): Column<DataProduct>[] {
  const t = useText();
  return [
    {
      key: 'name',
      header: t('manage.column.name'),
      sortBy: 'name',
      cell: (one) => (
        <>
          <LinkTo look="row" to="/manage/products/$id" params={{ id: one.id }} search={{}}>
            {one.name}
          </LinkTo>
          {(one.sourcesOutOfDomain ?? 0) > 0 && (
            <p className={styles.warn}>{t('manage.outOfDomain', { count: one.sourcesOutOfDomain ?? 0 })}</p>
          )}
        </>
      ),
    },
    { key: 'state', header: t('manage.column.state'), cell: (one) => <PublishedMark product={one} /> },
    {
      key: 'domains',
      header: t('manage.column.domains'),
      cell: (one) => (one.domainNames ?? []).map((domain) => domain.name).join(', '),
    },
    {
      key: 'sources',
      header: t('manage.column.sources'),
      isNumeric: true,
      cell: (one) => one.sourceCount ?? one.stats?.dataSourceCount ?? 0,
    },
    {
      key: 'members',
      header: t('manage.column.members'),
      sortBy: 'members',
      isNumeric: true,
      cell: (one) => one.memberCount ?? one.stats?.approvedRequestCount ?? 0,
    },
    {
      key: 'pending',
      header: t('manage.column.pending'),
      isNumeric: true,
      cell: (one) => one.stats?.pendingRequestCount ?? 0,
    },
    {
      key: 'updated',
      header: t('manage.column.updated'),
      sortBy: 'updatedAt',
      cell: (one) => <TimeStamp value={one.updatedAt} style="relative" />,
    },
  ];
}

function Nothing(props: { list: ListState; facets: readonly Facet[]; mayCreate: boolean }) {
  const { list, facets, mayCreate } = props;
  const t = useText();
  if (list.activeFilters.length > 0) return <FilteredEmpty list={list} facets={facets} />;
  if (!mayCreate) return <EmptyState kind="denied" title={t('manage.deniedTitle')} text={t('manage.deniedText')} />;
  return (
    <EmptyState
      title={t('manage.emptyTitle')}
      text={t('manage.emptyText')}
      action={
        <LinkTo look="primary" to="/manage/products/$id" params={{ id: 'new' }} search={{}}>
          {t('manage.publish')}
        </LinkTo>
      }
    />
  );
}

/** The data products of a manager: their state, who has them, who waits. */
function ProductTable({ mayCreate }: { mayCreate: boolean }) {
  const t = useText();
  const list = useListState();
  const products = useProducts(list);
  const options = [
    { value: 'manager', label: t('manage.role.manager') },
    { value: 'all', label: t('manage.role.all') },
  ];
  const facets = [{ name: 'role', label: t('manage.facet.role'), isClosed: true, options, isSingle: true }];
  return (
    <>
      <FilterBar list={list} searchName="q" searchLabel={t('manage.search')} facets={facets} />
      <DataTable
        label={t('manage.table')}
        columns={useColumns()}
        rows={products.pages?.flatMap((page) => page.data)}
        rowKey={(one) => one.id}
        state={products.state}
        total={products.pages?.[0]?.meta.totalCount}
        paging={products.paging}
        sort={list.sort ?? { column: 'name', order: 'asc' }}
        onSort={list.setSort}
        needsAttention={(one) => (one.sourcesOutOfDomain ?? 0) > 0}
        empty={<Nothing list={list} facets={facets} mayCreate={mayCreate} />}
      />
    </>
  );
}

const MyDrafts = lazy(() => import('./MyDrafts.tsx').then((part) => ({ default: part.MyDrafts })));

/** What one manages, and what one has begun and not published. */
export function ManageProductsPage() {
  const t = useText();
  const may = useMay();
  const navigate = useNavigate();
  const mayCreate = may('data-product.create');
  const create = () => void navigate({ to: '/manage/products/$id', params: { id: 'new' }, search: {} });
  useKeys(mayCreate ? [{ keys: 'n', label: t('manage.publish'), scope: 'page', run: create }] : []);
  useCommands(
    mayCreate ? [{ id: 'product-new', label: t('manage.publish'), group: 'page', keys: 'n', run: create }] : [],
  );
  const tabs = [
    { value: 'products', label: t('productDraft.tab.products') },
    { value: 'drafts', label: t('productDraft.tab.drafts') },
  ];
  const tab = usePageTab(tabs);
  return (
    <>
      <PageHeader
        title={t('manage.title')}
        lead={t('manage.lead')}
        action={
          mayCreate && (
            <LinkTo look="primary" to="/manage/products/$id" params={{ id: 'new' }} search={{}}>
              {t('manage.publish')}
            </LinkTo>
          )
        }
      />
      <PageTabs tabs={tabs} label={t('productDraft.tabs')} />
      {tab === 'drafts' ? (
        <Suspense fallback={<SkeletonRows rows={8} />}>
          <MyDrafts />
        </Suspense>
      ) : (
        <ProductTable mayCreate={mayCreate} />
      )}
    </>
  );
}
