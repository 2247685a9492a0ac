import * as objects from '@stoa/contract/data-object';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { listObjects, presentObject, readObject } from './queries.ts';
import { updateObject } from './update-object.ts';

export const dataObjectRoutes: readonly Route[] = [
  route(objects.listDataObjects)(async ({ deps, actor, query }) => {
    requireMay(actor, 'data-object.read', nothing);
    const { rows, nextToken } = await listObjects(deps.db, query, query);
    const mayManage = may(actor, 'data-object.manage', nothing);
    const data = rows.map((row) => presentObject(row, mayManage));
    return { status: 200, body: { data, meta: { nextToken, limit: query.limit } } };
  }),
  route(objects.readDataObject)(async ({ deps, actor, params }) => {
    requireMay(actor, 'data-object.read', nothing);
    const row = await readObject(deps.db, params.id);
    if (!row) throw notFound('data object');
    return { status: 200, body: presentObject(row, may(actor, 'data-object.manage', nothing)) };
  }),
  route(objects.updateDataObject)(async ({ deps, actor, params, body, call }) => {
    const { taskId, row } = await updateObject(deps, { actor, body, call, ...params });
    return {
      status: 202,
      body: { taskId, dataObject: presentObject(row, may(actor, 'data-object.manage', nothing)) },
    };
  }),
];
