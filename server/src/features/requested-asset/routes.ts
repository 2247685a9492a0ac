import { bindRequestedAsset as bindOperation, searchRequestedAssets } from '@stoa/contract/requested-asset';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { bindByHand } from './bind-by-hand.ts';
import { readRequestedAsset, searchRequested } from './search-requested.ts';

/** What people asked for before a crawl had found it, for governors. */
export const requestedAssetRoutes: readonly Route[] = [
  route(searchRequestedAssets)(async ({ deps, actor, query }) => {
    requireMay(actor, 'asset.edit', nothing);
    return { status: 200, body: await searchRequested(deps.db, query) };
  }),
  route(bindOperation)(async ({ deps, actor, params, body, call }) => {
    const id = params.id.toLowerCase();
    await bindByHand(deps, { actor, call }, { requestedId: id, objectId: body.assetId.toLowerCase() });
    return { status: 200, body: await readRequestedAsset(deps.db, id) };
  }),
];
