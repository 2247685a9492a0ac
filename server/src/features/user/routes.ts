import { offsetMetaOf } from '@stoa/contract/page';
import * as user from '@stoa/contract/user';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { endUserSessions as endSessionsOperation } from '@stoa/contract/user-session';
import { deleteUserToken, listUserTokens } from '@stoa/contract/user-token';
import { explainPermissions } from '@stoa/contract/effective-permission';
import { explainPermissionsOf } from './explain-permissions.ts';
import { createUser } from './create-user.ts';
import { endUserSessions } from './end-user-sessions.ts';
import { findUsers } from './queries.ts';
import { showUser } from './show-user.ts';
import { updateUser } from './update-user.ts';
import { endUserToken, tokensOfUser } from './user-tokens.ts';

export const userRoutes: readonly Route[] = [
  route(user.createUser)(async ({ deps, actor, body, call }) => ({
    status: 201,
    body: await showUser(deps, actor, await createUser(deps, actor, body, call)),
  })),
  route(user.listUsers)(async ({ deps, actor, query }) => {
    requireMay(actor, 'user.manage', nothing);
    const { users, total } = await findUsers(deps, query, query);
    return { status: 200, body: { data: users, meta: offsetMetaOf(query, total, users.length) } };
  }),
  route(user.readUser)(async ({ deps, actor, params }) => {
    requireMay(actor, 'user.manage', nothing);
    return { status: 200, body: await showUser(deps, actor, params.globalUserId) };
  }),
  route(explainPermissions)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'user.manage', nothing);
    return { status: 200, body: { data: await explainPermissionsOf(deps.db, params.globalUserId, query.domainId) } };
  }),
  route(endSessionsOperation)(async ({ deps, actor, params, call }) => {
    await endUserSessions(deps, actor, params.globalUserId, call);
    return { status: 204 };
  }),
  route(listUserTokens)(async ({ deps, actor, params, query }) => {
    const { tokens, total } = await tokensOfUser(deps, actor, { ...params, ...query });
    return { status: 200, body: { data: tokens, meta: offsetMetaOf(query, total, tokens.length) } };
  }),
  route(deleteUserToken)(async ({ deps, actor, params, call }) => {
    await endUserToken(deps, actor, { ...params, call });
    return { status: 204 };
  }),
  route(user.updateUser)(async ({ deps, actor, params, body, call }) => {
    await updateUser(deps, actor, { globalUserId: params.globalUserId, body, call });
    return { status: 200, body: await showUser(deps, actor, params.globalUserId) };
  }),
];
