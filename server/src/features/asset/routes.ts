import * as contract from '@stoa/contract/asset';
import * as links from '@stoa/contract/asset-link';
import * as lists from '@stoa/contract/asset-list';
import { setAssetFutureObjects } from '@stoa/contract/future-objects';
import { nothing } from '@stoa/core/permissions/objects';
import type { Deps } from '../../deps.ts';
import { parseInput } from '../../http/parse-input.ts';
import { takeRate } from '../../http/rate-limit.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type RawRoute, rawRoute, type Route, route } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { findConnection } from '../connection/find-connection.ts';
import { describeUse } from '../data-product/describe-use.ts';
import { checkLinks } from './check-links.ts';
import { exportLinks } from './export-links.ts';
import { listAssetColumns } from './list-columns.ts';
import { setFutureObjects } from './future-objects.ts';
import { findAsset, presentUnregistered } from './present-asset.ts';
import { readAssetFlows, readAssetForms } from './read-asset-forms.ts';
import { readRequestLink } from './request-link.ts';
import { resolveAssetName } from './resolve-name.ts';
import { searchAssets } from './search-assets.ts';
import { updateAsset } from './update-asset.ts';

export const assetRoutes: readonly (Route | RawRoute)[] = [
  route(contract.getAssetByMetadata)(async ({ deps, actor, query }) => {
    requireMay(actor, 'asset.read', nothing);
    await takeLink(deps, actor, 'follow');
    const resolved = await resolveAssetName(deps.db, query);
    if (resolved.kind === 'unregistered')
      return { status: 200, body: await presentUnregistered(deps.db, actor, resolved.asset) };
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
  route(setAssetFutureObjects)(async ({ deps, actor, params, body, call }) => ({
    status: 200,
    body: await setFutureObjects(deps, { actor, call }, { id: params.id.toLowerCase(), setting: body.setting }),
  })),
  route(lists.searchAssets)(async ({ deps, actor, query }) => {
    requireMay(actor, 'asset.read', nothing);
    return { status: 200, body: await searchAssets(deps.db, actor, query) };
  }),
  route(lists.searchAssetColumns)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'asset.read', nothing);
    return { status: 200, body: await listAssetColumns(deps.db, params.id.toLowerCase(), query) };
  }),
  route(lists.getAssetUse)(async ({ deps, actor, params }) => {
    const { id, type } = await findAsset(deps.db, actor, params.id.toLowerCase());
    return { status: 200, body: await describeUse(deps.db, { id, type }, actor.globalUserId) };
  }),
  route(links.getAssetRequestAccessLink)(async ({ deps, actor, params }) => {
    requireMay(actor, 'asset.read', nothing);
    return { status: 200, body: { pathAndQuery: await readRequestLink(deps.db, actor, params.id.toLowerCase()) } };
  }),
  route(links.checkLinks)(async ({ deps, actor, query }) => {
    requireMay(actor, 'asset.read', nothing);
    await takeLink(deps, actor, 'check');
    return { status: 200, body: { data: await checkLinks(deps.db, query) } };
  }),
  rawRoute(links.exportAssetLinks, async ({ deps, actor }, request, reply) => {
    if (!actor) throw new Refusal('auth.not_authenticated');
    requireMay(actor, 'data-object.read', nothing);
    const query = links.exportAssetLinks.query.parse(
      parseInput(links.exportAssetLinks, { params: undefined, query: request.query, body: undefined }).query,
    );
    const { connectionKey } = query;
    if (connectionKey !== undefined && (await findConnection(deps.db, connectionKey)) === undefined)
      throw notFound('connection');
    const type = query.format === 'csv' ? 'text/csv' : 'application/json';
    return reply
      .header('content-type', `${type}; charset=utf-8`)
      .header('content-disposition', `attachment; filename="request-links.${query.format}"`)
      .header('cache-control', 'no-store')
      .send(exportLinks(deps.db, query, `${request.protocol}://${request.host}`));
  }),
];

/** People follow links, and check them by the hundred: more than this is guessing at what exists (reliability.md 7.7). */
const takeLink = (deps: Deps, actor: LoadedPerson, act: 'follow' | 'check'): Promise<void> =>
  takeRate(deps.db, `link:${act}:${actor.globalUserId}`, { limit: deps.config.linksPerMinute, windowSeconds: 60 });
