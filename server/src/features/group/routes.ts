import * as group from '@stoa/contract/group';
import { readGroupPermissions } from '@stoa/contract/group-permission';
import { offsetMetaOf } from '@stoa/contract/page';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { createGroup } from './create-group.ts';
import { deleteGroup } from './delete-group.ts';
import { findGroups } from './queries.ts';
import { findGroupPermissions } from './read-permissions.ts';
import { setGroupMembers } from './set-members.ts';
import { showGroup } from './show-group.ts';
import { updateGroup } from './update-group.ts';

export const groupRoutes: readonly Route[] = [
  route(group.createGroup)(async ({ deps, actor, body, call }) => ({
    status: 201,
    body: await showGroup(deps.db, actor, await createGroup(deps, { actor, body, call })),
  })),
  route(group.listGroups)(async ({ deps, actor, query }) => {
    requireMay(actor, 'group.manage', nothing);
    const { groups, total } = await findGroups(deps, query.searchText, query);
    return { status: 200, body: { data: groups, meta: offsetMetaOf(query, total, groups.length) } };
  }),
  route(group.readGroup)(async ({ deps, actor, params }) => {
    requireMay(actor, 'group.manage', nothing);
    return { status: 200, body: await showGroup(deps.db, actor, params.id) };
  }),
  route(readGroupPermissions)(async ({ deps, actor, params }) => {
    requireMay(actor, 'group.manage', nothing);
    return { status: 200, body: await findGroupPermissions(deps.db, params.id) };
  }),
  route(group.updateGroup)(async ({ deps, actor, params, body, call }) => {
    await updateGroup(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await showGroup(deps.db, actor, params.id) };
  }),
  route(group.deleteGroup)(async ({ deps, actor, params, call }) => {
    await deleteGroup(deps, { actor, id: params.id, call });
    return { status: 204 };
  }),
  route(group.setGroupMembers)(async ({ deps, actor, params, body, call }) => {
    await setGroupMembers(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await showGroup(deps.db, actor, params.id) };
  }),
];
