import type { ObjectAsset } from '@stoa/contract/asset';
import { type AssetColumn, searchAssetColumns, searchAssets } from '@stoa/contract/asset-list';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { useAssetColumns } from './asset-columns.tsx';
import { isLeaf } from '../../lib/asset-words.ts';
import styles from './assets.module.css';

const pageSize = 50;

const pagingOf = (list: ListState, total: number | undefined) =>
  total === undefined
    ? undefined
    : ({ kind: 'offset', offset: list.offset, limit: pageSize, total, onChange: list.setOffset } as const);

function Children({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const list = useListState();
  const children = useOperation(
    searchAssets,
    { query: { parentId: asset.id, offset: list.offset, limit: pageSize } },
    { keepPrevious: true },
  );
  const columns = useAssetColumns({ isShort: true });
  const total = children.data?.meta.totalCount;
  return (
    <>
      <p className={styles.capped}>
        <LinkTo to="/assets" search={{ parentId: asset.id }}>
          {t('assets.contents.below')}
        </LinkTo>
      </p>
      <DataTable
        label={t('assets.contents.label', { name: asset.name })}
        columns={columns}
        rows={children.data?.data}
        rowKey={(one) => one.id}
        state={children}
        total={total}
        paging={pagingOf(list, total)}
        empty={<EmptyState title={t('assets.contents.empty')} text={t('assets.contents.emptyText')} />}
      />
    </>
  );
}

function useColumnColumns(): Column<AssetColumn>[] {
  const t = useText();
  return [
    {
      key: 'name',
      header: t('assets.columns.name'),
      width: '30%',
      cell: (column) => <span className="mono">{column.name}</span>,
    },
    {
      key: 'type',
      header: t('assets.columns.type'),
      cell: (column) => (
        <span className={styles.columnType}>
          {column.nativeType}
          {!column.nullable && ` ${t('assets.columns.required')}`}
        </span>
      ),
    },
    { key: 'comment', header: t('assets.columns.comment'), width: '45%', cell: (column) => column.comment },
  ];
}

function Columns({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const query = { searchText: searchText ?? '', offset: list.offset, limit: pageSize };
  const found = useOperation(searchAssetColumns, { params: { id: asset.id }, query }, { keepPrevious: true });
  const columns = useColumnColumns();
  const total = found.data?.meta.totalCount;
  return (
    <>
      <FilterBar list={list} searchLabel={t('assets.columns.search')} />
      <DataTable
        label={t('assets.columns.label', { name: asset.name })}
        columns={columns}
        rows={found.data?.data}
        rowKey={(column) => String(column.ordinal)}
        state={found}
        total={total}
        paging={pagingOf(list, total)}
        empty={
          searchText === undefined ? (
            <EmptyState title={t('assets.columns.empty')} text={t('assets.columns.emptyText')} />
          ) : (
            <FilteredEmpty list={list} />
          )
        }
      />
    </>
  );
}

/** What lies in the asset: other assets, or the columns of a table or view. */
export function AssetContents({ asset }: { asset: ObjectAsset }) {
  return isLeaf(asset) ? <Columns asset={asset} /> : <Children asset={asset} />;
}
