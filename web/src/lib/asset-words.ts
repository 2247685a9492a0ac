import type { Asset, ObjectAsset } from '@stoa/contract/asset';

export const isObject = (asset: Asset | undefined): asset is ObjectAsset => asset?.type === 'DATA_OBJECT';

/** Tables, views and files hold columns; everything else holds other assets. */
export const leafKinds = ['table', 'view', 'materialized_view', 'foreign_table', 'partitioned_table', 'file'] as const;
export const isLeaf = (asset: ObjectAsset): boolean =>
  leafKinds.some((kind) => kind === asset.metadata.legacyType) && (asset.childCount ?? 0) === 0;

/** The name as people read it: all parts of the path. */
export const pathOf = (asset: ObjectAsset): string => asset.metadata.objectPath.join('.');
