import * as contract from '@stoa/contract/query-activity';
import { nothing } from '@stoa/core/permissions/objects';
import { reportScope } from '@stoa/core/permissions/standing';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { readSourceActivity } from './source-activity.ts';

export const queryActivityRoutes: readonly Route[] = [
  route(contract.getSourceActivity)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'report.read', nothing);
    const body = await readSourceActivity(deps, { ...query, sourceId: params.id, scope: reportScope(actor) });
    if (body === undefined) throw notFound('data source');
    return { status: 200, body };
  }),
];
