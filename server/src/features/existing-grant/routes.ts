import * as grants from '@stoa/contract/existing-grant';
import { offsetMetaOf } from '@stoa/contract/page';
import { nothing } from '@stoa/core/permissions/objects';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { findConnection } from '../connection/find-connection.ts';
import { confirmTakeBack, declineTakeBack, recheck } from './decide-take-back.ts';
import { fileTakeBack } from './file-take-back.ts';
import { makePlan } from './make-plan.ts';
import { presentPlan } from './present-plan.ts';
import { listTakeBacksOf, presentTakeBack, readDetail } from './read-take-backs.ts';

export const existingGrantRoutes: readonly Route[] = [
  route(grants.previewTakeBack)(async ({ deps, actor, params, body }) => {
    requireMay(actor, 'existing-grant.take_back', nothing);
    const made = await makePlan(deps, params.connectionKey, body);
    return { status: 200, body: await presentPlan(deps.db, made) };
  }),
  route(grants.fileTakeBack)(async ({ deps, actor, params, body, call }) => {
    requireMay(actor, 'existing-grant.take_back', nothing);
    return { status: 201, body: await fileTakeBack(deps, { actor, call, body, ...params }) };
  }),
  route(grants.listTakeBacks)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'connection.read', { kind: 'connection', connectionKey: params.connectionKey });
    const connection = await findConnection(deps.db, params.connectionKey);
    if (!connection) throw notFound('connection');
    const { rows, total } = await listTakeBacksOf(deps, { connectionId: connection.id, ...query });
    const data = rows.map((row) => presentTakeBack(actor, row));
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(grants.readTakeBack)(async ({ deps, actor, params }) => {
    requireMay(actor, 'connection.read', nothing);
    return { status: 200, body: await readDetail(deps.db, actor, params.takeBackId) };
  }),
  route(grants.confirmTakeBack)(async ({ deps, actor, params, body, call }) => ({
    status: 202,
    body: await confirmTakeBack(deps, { actor, call, ...params, ...body }),
  })),
  route(grants.declineTakeBack)(async ({ deps, actor, params, body, call }) => ({
    status: 200,
    body: await declineTakeBack(deps, { actor, call, ...params, ...body }),
  })),
  route(grants.recheckTakeBack)(async ({ deps, actor, params }) => ({
    status: 200,
    body: await recheck(deps, { actor, ...params }),
  })),
];
