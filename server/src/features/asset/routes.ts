import * as contract from '@stoa/contract/asset';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { findAsset, presentUnregistered } from './present-asset.ts';
import { readAssetFlows, readAssetForms } from './read-asset-forms.ts';
import { resolveAssetName } from './resolve-name.ts';
import { updateAsset } from './update-asset.ts';

export const assetRoutes: readonly Route[] = [
  route(contract.getAssetByMetadata)(async ({ deps, actor, query }) => {
    requireMay(actor, 'asset.read', nothing);
    const resolved = await resolveAssetName(deps.db, query);
    if (resolved.kind === 'unregistered') return { status: 200, body: presentUnregistered(resolved.asset) };
    return { status: 200, body: await findAsset(deps.db, actor, resolved.id) };
  }),
  route(contract.getAssetById)(async ({ deps, actor, params }) => {
    requireMay(actor, 'asset.read', nothing);
    return { status: 200, body: await findAsset(deps.db, actor, params.id.toLowerCase()) };
  }),
  route(contract.updateAsset)(async ({ deps, actor, params, body, call }) => {
    const id = params.id.toLowerCase();
    await updateAsset(deps, { actor, call }, { id, mode: 'replace', body });
    return { status: 200, body: await findAsset(deps.db, actor, id) };
  }),
  route(contract.patchAsset)(async ({ deps, actor, params, body, call }) => {
    const id = params.id.toLowerCase();
    await updateAsset(deps, { actor, call }, { id, mode: 'patch', body });
    return { status: 200, body: await findAsset(deps.db, actor, id) };
  }),
  route(contract.getAssetRequestForms)(async ({ deps, actor, params }) => {
    requireMay(actor, 'asset.read', nothing);
    return { status: 200, body: await readAssetForms(deps.db, actor, params.id.toLowerCase()) };
  }),
  route(contract.getAssetReviewFlows)(async ({ deps, actor, params }) => {
    requireMay(actor, 'asset.read', nothing);
    return { status: 200, body: await readAssetFlows(deps.db, actor, params.id.toLowerCase()) };
  }),
];
