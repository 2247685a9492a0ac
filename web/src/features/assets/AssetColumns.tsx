import type { ObjectAsset } from '@stoa/contract/asset';
import { type AssetColumn, searchAssetColumns } from '@stoa/contract/asset-list';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useListState } from '../../ui/list-search.ts';
import { TagsOn } from '../tags/TagsOn.tsx';
import { ofColumn } from '../tags/use-tags-on.ts';
import styles from './assets.module.css';
import { useAssetTags } from './use-asset-tags.ts';

const pageSize = 50;

/** The tags of each column, where the reader may see them. */
function useTagColumn(asset: ObjectAsset): Column<AssetColumn> | undefined {
  const t = useText();
  const { tags, mayChange } = useAssetTags(asset);
  const { dataSourceId } = asset.metadata;
  if (tags === undefined || dataSourceId === undefined) return undefined;
  return {
    key: 'tags',
    header: t('tags.on'),
    width: '34%',
    cell: (column) => (
      <TagsOn
        name={column.name}
        applications={ofColumn(tags, column.name)}
        targets={{ columns: [{ dataSourceId, name: column.name }] }}
        mayChange={mayChange}
      />
    ),
  };
}

function useColumnColumns(asset: ObjectAsset): Column<AssetColumn>[] {
  const t = useText();
  const tagColumn = useTagColumn(asset);
  const columns: (Column<AssetColumn> | undefined)[] = [
    {
      key: 'name',
      header: t('assets.columns.name'),
      width: tagColumn === undefined ? '30%' : '22%',
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
    tagColumn,
    {
      key: 'comment',
      header: t('assets.columns.comment'),
      width: tagColumn === undefined ? '45%' : '26%',
      cell: (column) => column.comment,
    },
  ];
  return columns.filter((column) => column !== undefined);
}

/** The columns of a table or view, with their tags. */
export function AssetColumns({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const query = { searchText: searchText ?? '', offset: list.offset, limit: pageSize };
  const found = useOperation(searchAssetColumns, { params: { id: asset.id }, query }, { keepPrevious: true });
  const columns = useColumnColumns(asset);
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
        paging={list.paging(pageSize, total)}
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
