import * as identities from '@stoa/contract/identity';
import { offsetMetaOf } from '@stoa/contract/page';
import { nothing } from '@stoa/core/permissions/objects';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { findConnection } from '../connection/find-connection.ts';
import { listIdentitiesOf, presentIdentityOfUser } from './queries.ts';
import { setIdentity } from './set-identity.ts';
import { startVerification } from './verify-identities.ts';

export const identityRoutes: readonly Route[] = [
  route(identities.listIdentities)(async ({ deps, actor, params, query }) => {
    // The right to name people, asked about nobody: the rule about one's own identity bites on the row.
    requireMay(actor, 'user.manage', nothing);
    const connection = await findConnection(deps.db, params.connectionKey);
    if (!connection) throw notFound('connection');
    const { rows, total } = await listIdentitiesOf(deps, { connectionId: connection.id, ...query });
    const data = rows.map(presentIdentityOfUser);
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(identities.verifyIdentities)(async ({ deps, actor, params, body, call }) => ({
    status: 202,
    body: await startVerification(deps, { actor, connectionKey: params.connectionKey, body, call }),
  })),
  route(identities.setIdentity)(async ({ deps, actor, params, body, call }) => {
    requireMay(actor, 'user.manage', nothing);
    const { connectionKey, globalUserId } = params;
    const { externalName } = body;
    return { status: 200, body: await setIdentity(deps, { actor, connectionKey, globalUserId, externalName, call }) };
  }),
];
