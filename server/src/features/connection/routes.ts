import * as connections from '@stoa/contract/connection';
import { offsetMetaOf } from '@stoa/contract/page';
import { previewReconcile } from '@stoa/contract/reconcile-plan';
import { nothing } from '@stoa/core/permissions/objects';
import { userActor } from '../../audit/user-actor.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { namePrefix } from '../../provisioning/platforms.ts';
import { runChecks } from '../../provisioning/preflight.ts';
import { previewReconcile as planReconcile } from '../../provisioning/preview-reconcile.ts';
import { checkPlatform, requireConnector, requireForm } from './check-platform.ts';
import { createConnection } from './create-connection.ts';
import { deleteConnection } from './delete-connection.ts';
import { findConnection } from './find-connection.ts';
import { ignoreDrift } from './ignore-drift.ts';
import { listDriftOf } from './list-drift.ts';
import { openCredentials, presentConnection } from './present-connection.ts';
import { listWholeConnections, readWholeConnection } from './queries.ts';
import { reconcileByHand, syncConnection } from './sync-connection.ts';
import { updateConnection } from './update-connection.ts';

export const connectionRoutes: readonly Route[] = [
  route(connections.createConnectionScript)(async ({ deps, actor, body }) => {
    requireMay(actor, 'connection.manage', nothing);
    const connector = requireConnector(deps, body.technology);
    const { config, settings } = body;
    requireForm(connector.configSchema, config, 'config');
    const script = connector.setupScript({ config, settings, installationId: deps.installationId, namePrefix });
    return { status: 200, body: { script } };
  }),
  route(connections.preflightConnection)(async ({ deps, actor, body }) => {
    requireMay(actor, 'connection.manage', nothing);
    const { technology, config, settings = {}, connectionKey } = body;
    const known = await findConnection(deps.db, connectionKey);
    // The form of a stored connection shows `[REDACTED]`; sent back, it stands for what is stored.
    const isKept = known !== undefined && body.credentials.password === connections.redacted;
    const credentials = isKept
      ? { ...body.credentials, password: openCredentials(deps, known).password }
      : body.credentials;
    const connectionId = known?.id ?? connectionKey;
    return {
      status: 200,
      body: { checks: await checkPlatform(deps, { technology, config, credentials, settings, connectionId }) },
    };
  }),
  route(connections.createConnection)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'connection.manage', nothing);
    return { status: 201, body: await createConnection(deps, { actor, body, call }) };
  }),
  route(connections.listConnections)(async ({ deps, actor, query }) => {
    requireMay(actor, 'connection.read', nothing);
    const { rows, total } = await listWholeConnections(deps, query);
    const data = rows.map((row) => presentConnection(deps, actor, row));
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(connections.readConnection)(async ({ deps, actor, params }) => {
    requireMay(actor, 'connection.read', { kind: 'connection', connectionKey: params.connectionKey });
    const row = await readWholeConnection(deps.db, params.connectionKey);
    if (!row) throw notFound('connection');
    return { status: 200, body: presentConnection(deps, actor, row) };
  }),
  route(connections.updateConnection)(async ({ deps, actor, params, body, call }) => {
    requireMay(actor, 'connection.manage', nothing);
    return { status: 200, body: await updateConnection(deps, { actor, body, call, ...params }) };
  }),
  route(connections.deleteConnection)(async ({ deps, actor, params, query, call }) => {
    requireMay(actor, 'connection.manage', nothing);
    return { status: 202, body: await deleteConnection(deps, { actor, call, ...params, ...query }) };
  }),
  route(connections.recheckConnection)(async ({ deps, actor, params, call }) => {
    requireMay(actor, 'connection.manage', nothing);
    const known = await findConnection(deps.db, params.connectionKey);
    if (!known) throw notFound('connection');
    const by = { actor: userActor(actor), actorIp: call.ip, requestId: call.id };
    const checks = await runChecks(deps, { id: known.id, connectionKey: known.connection_key }, by);
    return { status: 200, body: { checks } };
  }),
  route(connections.syncConnection)(async ({ deps, actor, params, query, call }) => {
    requireMay(actor, 'connection.manage', nothing);
    return { status: 202, body: await syncConnection(deps, { actor, call, ...params, ...query }) };
  }),
  route(connections.reconcileConnection)(async ({ deps, actor, params, call }) => {
    requireMay(actor, 'connection.manage', nothing);
    return { status: 202, body: await reconcileByHand(deps, { actor, call, ...params }) };
  }),
  route(previewReconcile)(async ({ deps, actor, params }) => {
    requireMay(actor, 'connection.manage', { kind: 'connection', connectionKey: params.connectionKey });
    return { status: 200, body: await planReconcile(deps, params.connectionKey) };
  }),
  route(connections.listDrift)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'connection.read', { kind: 'connection', connectionKey: params.connectionKey });
    const row = await findConnection(deps.db, params.connectionKey);
    if (!row) throw notFound('connection');
    const { data, total } = await listDriftOf(deps, { connectionId: row.id, ...query });
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(connections.ignoreDrift)(async ({ deps, actor, params, body, call }) => ({
    status: 200,
    body: await ignoreDrift(deps, { actor, call, ...params, ...body }),
  })),
  route(connections.unignoreDrift)(async ({ deps, actor, params, call }) => ({
    status: 200,
    body: await ignoreDrift(deps, { actor, call, ...params, reason: null }),
  })),
];
