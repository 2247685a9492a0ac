import * as contract from '@stoa/contract/query-activity';
import { notFound } from '../../http/refusal.ts';
import { type Route, route } from '../../http/route.ts';
import { requireReportScope } from '../report/report-scope.ts';
import { readSourceActivity } from './source-activity.ts';

export const queryActivityRoutes: readonly Route[] = [
  route(contract.getSourceActivity)(async ({ deps, actor, params, query }) => {
    const scope = await requireReportScope(deps.db, actor);
    const body = await readSourceActivity(deps, { ...query, sourceId: params.id, scope });
    if (body === undefined) throw notFound('data source');
    return { status: 200, body };
  }),
];
