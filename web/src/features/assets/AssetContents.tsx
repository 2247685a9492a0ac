import type { ObjectAsset } from '@stoa/contract/asset';
import { searchAssets } from '@stoa/contract/asset-list';
import { lazy } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { useAssetColumns } from './asset-columns.tsx';
import { isLeaf } from '../../lib/asset-words.ts';
import styles from './assets.module.css';

const AssetColumns = lazy(() => import('./AssetColumns.tsx').then((part) => ({ default: part.AssetColumns })));

const pageSize = 50;

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
        paging={list.paging(pageSize, total)}
        empty={<EmptyState title={t('assets.contents.empty')} text={t('assets.contents.emptyText')} />}
      />
    </>
  );
}

/** What lies in the asset: other assets, or the columns of a table or view. */
export function AssetContents({ asset }: { asset: ObjectAsset }) {
  return isLeaf(asset) ? <AssetColumns asset={asset} /> : <Children asset={asset} />;
}
