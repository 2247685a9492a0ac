import * as contract from '@stoa/contract/webhook';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { listDeliveries, listHistory, readDelivery } from './list-deliveries.ts';
import { findWebhook, loadWebhooks, presentWebhook } from './load-webhooks.ts';
import { replayDead, replayDelivery } from './replay.ts';
import { createWebhook, deleteWebhook, resetSigningKey, updateWebhook } from './save-webhook.ts';
import { sampleData, testSaved, testUnsaved } from './send-test.ts';

const published: readonly Route[] = [
  route(contract.getWebhooks)(async ({ deps, actor }) => {
    requireMay(actor, 'webhook.manage', nothing);
    return { status: 200, body: (await loadWebhooks(deps.db)).map(presentWebhook) };
  }),
  route(contract.createWebhook, { answersSecret: true })(async ({ deps, actor, body, call }) => {
    const { id, secret } = await createWebhook(deps, { actor, call }, body);
    const hook = presentWebhook(await findWebhook(deps.db, id));
    return { status: 200, body: { ...hook, ...(secret === undefined ? {} : { secret }) } };
  }),
  route(contract.getWebhook)(async ({ deps, actor, params }) => {
    requireMay(actor, 'webhook.manage', nothing);
    return { status: 200, body: presentWebhook(await findWebhook(deps.db, params.id)) };
  }),
  route(contract.updateWebhook)(async ({ deps, actor, params, body, call }) => {
    await updateWebhook(deps, { actor, call }, { id: params.id, body });
    return { status: 200, body: presentWebhook(await findWebhook(deps.db, params.id)) };
  }),
  route(contract.deleteWebhook)(async ({ deps, actor, params, call }) => {
    await deleteWebhook(deps, { actor, call }, params.id);
    return { status: 204 };
  }),
  route(contract.getWebhookHistory)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'webhook.manage', nothing);
    await findWebhook(deps.db, params.id);
    return { status: 200, body: await listHistory(deps, params.id, query) };
  }),
  route(contract.testWebhook)(async ({ deps, actor, params, body, call }) => {
    requireMay(actor, 'webhook.manage', nothing);
    return { status: 200, body: await testSaved(deps, { actor, call }, { id: params.id, ...body }) };
  }),
  route(contract.testWebhookConfig)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'webhook.manage', nothing);
    return { status: 200, body: await testUnsaved(deps, { actor, call }, body) };
  }),
];

/** Webhooks, what they are told, and what came of it. */
export const webhookRoutes: readonly Route[] = [
  ...published,
  route(contract.getWebhookSample)(async ({ deps, actor, query }) => {
    requireMay(actor, 'webhook.manage', nothing);
    return { status: 200, body: { eventType: query.eventType, data: sampleData(deps, query.eventType) } };
  }),
  route(contract.resetWebhookKey, { answersSecret: true })(async ({ deps, actor, params, call }) => {
    const secret = await resetSigningKey(deps, { actor, call }, params.id);
    return { status: 200, body: { ...presentWebhook(await findWebhook(deps.db, params.id)), secret } };
  }),
  route(contract.listWebhookDeliveries)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'webhook.manage', nothing);
    await findWebhook(deps.db, params.id);
    return { status: 200, body: await listDeliveries(deps, params.id, query) };
  }),
  route(contract.readWebhookDelivery)(async ({ deps, actor, params }) => {
    requireMay(actor, 'webhook.manage', nothing);
    return { status: 200, body: await readDelivery(deps.db, params) };
  }),
  route(contract.replayWebhookDelivery)(async ({ deps, actor, params, call }) => {
    requireMay(actor, 'webhook.manage', nothing);
    return { status: 200, body: await replayDelivery(deps, { actor, call }, params) };
  }),
  route(contract.replayWebhookDeliveries)(async ({ deps, actor, params, body, call }) => {
    requireMay(actor, 'webhook.manage', nothing);
    const range = { id: params.id, from: body.from, to: body.to };
    return { status: 200, body: { count: await replayDead(deps, { actor, call }, range) } };
  }),
];
