import type { ObjectAsset } from '@stoa/contract/asset';
import { isEndNear } from '../../lib/end-near.ts';

/** The one thing to do next with an asset; nothing while access holds and lasts. */
export type AssetAct = 'request' | 'renew' | 'open' | 'extend';

export function assetActOf(asset: ObjectAsset, now: number): AssetAct | undefined {
  if (asset.abilities?.request?.allowed === false) return undefined;
  switch (asset.accessState) {
    case 'PENDING':
      return asset.requestId === undefined ? undefined : 'open';
    case 'HAVE':
      return isEndNear(asset.expiration, now) ? 'extend' : undefined;
    case 'EXPIRED':
      return 'renew';
    case 'BLOCKED':
      return undefined;
    default:
      return 'request';
  }
}
