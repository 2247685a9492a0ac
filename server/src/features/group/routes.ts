import * as group from '@stoa/contract/group';
import type { GroupDetail } from '@stoa/contract/group';
import { readGroupPermissions } from '@stoa/contract/group-permission';
import { offsetMetaOf } from '@stoa/contract/page';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { createGroup } from './create-group.ts';
import { deleteGroup } from './delete-group.ts';
import { findGroup, findGroups, ownLoginsAmongMembers } from './queries.ts';
import { findGroupPermissions } from './read-permissions.ts';
import { setGroupMembers } from './set-members.ts';
import { updateGroup } from './update-group.ts';

export const groupRoutes: readonly Route[] = [
  route(group.createGroup)(async ({ deps, actor, body, call }) => ({
    status: 201,
    body: await showGroup(deps, actor, await createGroup(deps, { actor, body, call })),
  })),
  route(group.listGroups)(async ({ deps, actor, query }) => {
    requireMay(actor, 'group.manage', nothing);
    const { groups, total } = await findGroups(deps, query.searchText, query);
    return { status: 200, body: { data: groups, meta: offsetMetaOf(query, total, groups.length) } };
  }),
  route(group.readGroup)(async ({ deps, actor, params }) => {
    requireMay(actor, 'group.manage', nothing);
    return { status: 200, body: await showGroup(deps, actor, params.id) };
  }),
  route(readGroupPermissions)(async ({ deps, actor, params }) => {
    requireMay(actor, 'group.manage', nothing);
    return { status: 200, body: await findGroupPermissions(deps.db, params.id) };
  }),
  route(group.updateGroup)(async ({ deps, actor, params, body, call }) => {
    await updateGroup(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await showGroup(deps, actor, params.id) };
  }),
  route(group.deleteGroup)(async ({ deps, actor, params, call }) => {
    await deleteGroup(deps, { actor, id: params.id, call });
    return { status: 204 };
  }),
  route(group.setGroupMembers)(async ({ deps, actor, params, body, call }) => {
    await setGroupMembers(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await showGroup(deps, actor, params.id) };
  }),
];

async function showGroup(deps: Deps, actor: LoadedPerson, id: number): Promise<GroupDetail> {
  const detail = await findGroup(deps.db, id);
  if (!detail) throw notFound('group');
  const affected = await ownLoginsAmongMembers(deps.db, id, actor);
  const manage = may(actor, 'group.manage', nothing);
  const rights = may(actor, 'group.manage', { kind: 'group', name: detail.name, affected });
  return {
    ...detail,
    abilities: {
      manage: { allowed: manage.allowed, reason: manage.reason },
      changeRights: { allowed: rights.allowed, reason: rights.reason },
    },
  };
}
