import { deleteSavedView, listSavedViews, saveView } from '@stoa/contract/saved-view';
import { nothing } from '@stoa/core/permissions/objects';
import { transact } from '../../db/transact.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { forgetView, keepView, listViews } from './queries.ts';

/** How somebody looks at lists is theirs alone, as drafts are. */
export const savedViewRoutes: readonly Route[] = [
  route(listSavedViews)(async ({ deps, actor, query }) => {
    requireMay(actor, 'account.self', nothing);
    return { status: 200, body: { data: await listViews(deps.db, actor.globalUserId, query.list) } };
  }),
  route(saveView)(async ({ deps, actor, body }) => {
    requireMay(actor, 'account.self', nothing);
    return { status: 200, body: await transact(deps, (tx) => keepView(tx, actor.globalUserId, body)) };
  }),
  route(deleteSavedView)(async ({ deps, actor, params }) => {
    requireMay(actor, 'account.self', nothing);
    if (!(await transact(deps, (tx) => forgetView(tx, actor.globalUserId, params.id)))) throw notFound('saved view');
    return { status: 204 };
  }),
];
