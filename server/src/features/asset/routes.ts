import * as contract from '@stoa/contract/asset';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { findAsset, presentUnregistered } from './present-asset.ts';
import { resolveAssetName } from './resolve-name.ts';

export const assetRoutes: readonly Route[] = [
  route(contract.getAssetByMetadata)(async ({ deps, actor, query }) => {
    requireMay(actor, 'asset.read', nothing);
    const resolved = await resolveAssetName(deps.db, query);
    if (resolved.kind === 'unregistered') return { status: 200, body: presentUnregistered(actor, resolved.asset) };
    return { status: 200, body: await findAsset(deps.db, actor, resolved.id) };
  }),
  route(contract.getAssetById)(async ({ deps, actor, params }) => {
    requireMay(actor, 'asset.read', nothing);
    return { status: 200, body: await findAsset(deps.db, actor, params.id.toLowerCase()) };
  }),
];
