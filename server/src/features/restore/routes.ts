import { offsetMetaOf } from '@stoa/contract/page';
import { listRestoreFindings } from '@stoa/contract/restore';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { listFindings } from './list-findings.ts';

export const restoreRoutes: readonly Route[] = [
  route(listRestoreFindings)(async ({ deps, actor, query }) => {
    requireMay(actor, 'key.manage', nothing);
    const { data, total } = await listFindings(deps, query);
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
];
