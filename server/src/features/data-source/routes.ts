import * as sources from '@stoa/contract/data-source';
import type { DataSource } from '@stoa/contract/data-source';
import { offsetMetaOf } from '@stoa/contract/page';
import type { Standing } from '@stoa/core/access/standing';
import { abilitiesOnDataSource } from '@stoa/core/permissions/abilities';
import { type Actor, nothing } from '@stoa/core/permissions/objects';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { readSwitches } from '../../settings-store.ts';
import { loadStandings } from '../../provisioning/load-standings.ts';
import { columnsOf, isInPublishedProduct, listSources, presentSource, readSource } from './queries.ts';

export const dataSourceRoutes: readonly Route[] = [
  route(sources.listDataSources)(async ({ deps, actor, query }) => {
    requireMay(actor, 'data-source.read', nothing);
    const { showDataProductsToConsumers } = await readSwitches(deps.db);
    const viewer = { actor, areProductsShown: showDataProductsToConsumers };
    const { rows, total } = await listSources(deps, viewer, query);
    const ids = rows.map((row) => row.id);
    const standings = await loadStandings(deps.db, actor.globalUserId, ids);
    return {
      status: 200,
      body: {
        data: rows.map((row) => present(actor, row, standings.get(row.id))),
        meta: offsetMetaOf(query, total, rows.length),
      },
    };
  }),
  route(sources.readDataSource)(async ({ deps, actor, params }) => {
    const { showDataProductsToConsumers } = await readSwitches(deps.db);
    const row = await readSource(deps.db, { actor, areProductsShown: showDataProductsToConsumers }, params.id);
    if (!row) throw notFound('data source');
    const inVisibleProduct = showDataProductsToConsumers && (await isInPublishedProduct(deps.db, params.id));
    requireMay(actor, 'data-source.read', {
      kind: 'data-source',
      domains: row.domains,
      inVisibleProduct,
      callerRoles: row.caller_roles,
    });
    const standing = (await loadStandings(deps.db, actor.globalUserId, [params.id])).get(params.id);
    return { status: 200, body: { ...present(actor, row, standing), columns: await columnsOf(deps.db, params.id) } };
  }),
];

const present = (
  actor: Actor,
  row: Parameters<typeof presentSource>[0],
  standing: Standing | undefined,
): DataSource => ({
  ...presentSource(row),
  ...(standing === undefined || standing.status === 'NONE' ? {} : { status: standing.status }),
  ...(standing === undefined || standing.conflict.length === 0 ? {} : { policyState: 'CONFLICT' as const }),
  abilities: abilitiesOnDataSource(actor, { domains: row.domains, callerRoles: row.caller_roles }),
});
