import { explainAccess } from '@stoa/contract/access';
import { type Route, route } from '../../http/route.ts';
import { explain } from './explain.ts';

export const accessRoutes: readonly Route[] = [
  route(explainAccess)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await explain(deps, {
      actor,
      globalUserId: query.user,
      dataSourceId: query.sourceId,
      column: query.column,
    }),
  })),
];
