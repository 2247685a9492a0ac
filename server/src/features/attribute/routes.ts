import * as contract from '@stoa/contract/attribute';
import { offsetMetaOf } from '@stoa/contract/page';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { listAttributes } from './list-attributes.ts';

export const attributeRoutes: readonly Route[] = [
  route(contract.listAttributes)(async ({ deps, actor, query }) => {
    requireMay(actor, 'user.manage', nothing);
    const { rows, total } = await listAttributes(deps, query);
    return { status: 200, body: { data: rows, meta: offsetMetaOf(query, total, rows.length) } };
  }),
];
