import type { DataProduct, ProductColumn } from '@stoa/contract/data-product';
import { searchDataProductColumns } from '@stoa/contract/data-product-use';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { RedactionHatch } from '../../ui/RedactionHatch.tsx';
import styles from './product.module.css';

const pageSize = 100;

const maskOf = (column: ProductColumn): string | undefined =>
  column.globalPolicyInfo?.maskingType ?? column.localPolicyInfo?.maskingType;

function useColumns(): Column<ProductColumn>[] {
  const t = useText();
  return [
    {
      key: 'name',
      header: t('product.columns.name'),
      sortBy: 'name',
      width: '26%',
      cell: (column) => (
        <>
          <span className="mono">{column.name}</span>
          {typeof column.comment === 'string' && column.comment !== '' && (
            <p className={styles.under}>{column.comment}</p>
          )}
        </>
      ),
    },
    {
      key: 'source',
      header: t('product.data.source'),
      cell: (column) => <span className="mono">{column.sourceName}</span>,
    },
    { key: 'type', header: t('product.columns.type'), cell: (column) => <span className="mono">{column.type}</span> },
    { key: 'tags', header: t('product.columns.tags'), cell: (column) => column.tags.join(', ') },
    {
      key: 'mask',
      header: t('product.columns.mask'),
      cell: (column) => {
        const mask = maskOf(column);
        return mask === undefined ? (
          <span className="text-2">{t('product.columns.clear')}</span>
        ) : (
          <RedactionHatch mask={mask} />
        );
      },
    },
  ];
}

/** The columns of a product, with tags and masks. */
export function ProductColumns({ product }: { product: DataProduct }) {
  const t = useText();
  const list = useListState();
  const isMaskedOnly = list.text('masked') === 'only';
  const found = useOperation(
    searchDataProductColumns,
    {
      params: { id: product.id },
      query: {
        searchText: list.text('searchText'),
        maskedOnly: isMaskedOnly,
        sortOrder: list.sort?.order ?? 'asc',
        offset: list.offset,
        limit: pageSize,
      },
    },
    { keepPrevious: true },
  );
  const columns = useColumns();
  const total = found.data?.meta.totalCount;
  const facets = [
    {
      name: 'masked',
      label: t('product.columns.mask'),
      isClosed: true,
      isSingle: true,
      options: [{ value: 'only', label: t('product.columns.maskedOnly') }],
    },
  ];
  const isFiltered = isMaskedOnly || list.text('searchText') !== undefined;
  return (
    <>
      <FilterBar list={list} searchLabel={t('product.columns.search')} facets={facets} />
      {(found.data?.data ?? []).some((column) => maskOf(column) !== undefined) && (
        <p className={styles.note}>
          <LinkTo
            to="/products/$slug/request"
            params={{ slug: product.slug ?? product.id }}
            search={{ type: 'masking-exception' }}
          >
            {t('product.columns.ask')}
          </LinkTo>
        </p>
      )}
      <DataTable
        label={t('product.tab.columns')}
        columns={columns}
        rows={found.data?.data}
        rowKey={(column) => `${column.sourceId}-${column.name}`}
        state={found}
        total={total}
        sort={list.sort}
        onSort={list.setSort}
        paging={list.paging(pageSize, total)}
        empty={
          isFiltered ? <FilteredEmpty list={list} facets={facets} /> : <EmptyState title={t('product.columns.empty')} />
        }
      />
    </>
  );
}
