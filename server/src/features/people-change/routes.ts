import { offsetMetaOf } from '@stoa/contract/page';
import * as changes from '@stoa/contract/people-change';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { confirmPeopleChange, declinePeopleChange, withdrawPeopleChange } from './decide-change.ts';
import { listPeopleChangesOf, presentPeopleChange, readDetail } from './read-people-changes.ts';

export const peopleChangeRoutes: readonly Route[] = [
  route(changes.listPeopleChanges)(async ({ deps, actor, query }) => {
    requireMay(actor, 'user.manage', nothing);
    const { rows, total } = await listPeopleChangesOf(deps, actor, query);
    const data = rows.map((row) => presentPeopleChange(actor, row));
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(changes.readPeopleChange)(async ({ deps, actor, params }) => {
    requireMay(actor, 'user.manage', nothing);
    return { status: 200, body: await readDetail(deps.db, actor, params.id) };
  }),
  route(changes.confirmPeopleChange)(async ({ deps, actor, params, call }) => ({
    status: 200,
    body: await confirmPeopleChange(deps, { actor, call, ...params }),
  })),
  route(changes.declinePeopleChange)(async ({ deps, actor, params, body, call }) => ({
    status: 200,
    body: await declinePeopleChange(deps, { actor, call, ...params, ...body }),
  })),
  route(changes.withdrawPeopleChange)(async ({ deps, actor, params, call }) => ({
    status: 200,
    body: await withdrawPeopleChange(deps, { actor, call, ...params }),
  })),
];
