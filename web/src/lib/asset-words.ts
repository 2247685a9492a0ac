import type { Asset, ObjectAsset } from '@stoa/contract/asset';

export const isObject = (asset: Asset | undefined): asset is ObjectAsset => asset?.type === 'DATA_OBJECT';

/** Tables, views and files hold columns; everything else holds other assets. */
const leaves = new Set(['table', 'view', 'materialized_view', 'foreign_table', 'partitioned_table', 'file']);
export const isLeaf = (asset: ObjectAsset): boolean =>
  leaves.has(asset.metadata.legacyType ?? '') && (asset.childCount ?? 0) === 0;

/** The name as people read it: all parts of the path. */
export const pathOf = (asset: ObjectAsset): string => asset.metadata.objectPath.join('.');
