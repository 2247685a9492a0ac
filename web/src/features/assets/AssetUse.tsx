import type { ObjectAsset } from '@stoa/contract/asset';
import { getAssetUse } from '@stoa/contract/asset-list';
import { useOperation } from '../../lib/api.ts';
import { PlatformUse } from '../data-products/PlatformUse.tsx';

/** How to read the asset with one's own tools. */
export function AssetUse({ asset }: { asset: ObjectAsset }) {
  const use = useOperation(getAssetUse, { params: { id: asset.id } });
  return <PlatformUse use={use} hasAccess={asset.accessState === 'HAVE'} />;
}
