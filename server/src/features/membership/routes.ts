import * as contract from '@stoa/contract/membership';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { listMemberships } from './list-memberships.ts';

export const membershipRoutes: readonly Route[] = [
  route(contract.listMemberships)(async ({ deps, actor, query }) => {
    requireMay(actor, 'access-request.read', nothing);
    return { status: 200, body: await listMemberships(deps, actor, query) };
  }),
];
