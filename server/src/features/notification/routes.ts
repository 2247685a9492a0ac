import * as email from '@stoa/contract/email';
import * as notification from '@stoa/contract/notification';
import * as channel from '@stoa/contract/notification-channel';
import { nothing } from '@stoa/core/permissions/objects';
import { presentEmailSettings } from '../../channels/email-settings.ts';
import { presentTeamsSettings } from '../../channels/teams-settings.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { listDeliveries, resendDelivery } from './deliveries.ts';
import { deleteEmailConfiguration, testEmailConfiguration, updateEmailConfiguration } from './email-configuration.ts';
import { readHours, updateHours } from './hours.ts';
import { listInbox, markMessages, readInboxMessage, readWholeInbox, summarizeInbox } from './inbox.ts';
import { readPreferences, switchChannels, switchTypes } from './preferences.ts';
import { deleteTeamsConfiguration, testTeamsConfiguration, updateTeamsConfiguration } from './teams-configuration.ts';
import { readTenantConfigs, updateTenantConfigs } from './tenant-configs.ts';

const own: readonly Route[] = [
  route(notification.getInboxMessages)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await listInbox(deps, actor.globalUserId, query),
  })),
  route(notification.getInboxSummary)(async ({ deps, actor }) => ({
    status: 200,
    body: await summarizeInbox(deps.db, actor.globalUserId),
  })),
  route(notification.readWholeInbox)(async ({ deps, actor, body }) => ({
    status: 200,
    body: await readWholeInbox(deps, actor.globalUserId, body.until),
  })),
  route(notification.getInboxMessage)(async ({ deps, actor, params }) => ({
    status: 200,
    body: await readInboxMessage(deps, actor.globalUserId, params.id),
  })),
  route(notification.setInboxMessageReadStatus)(async ({ deps, actor, params, body }) => {
    const [message] = await markMessages(deps, actor.globalUserId, [{ id: params.id, read: body.read }]);
    if (message === undefined) throw new Error('a message was marked and is gone');
    return { status: 200, body: message };
  }),
  route(notification.batchUpdateInboxMessage)(async ({ deps, actor, body }) => ({
    status: 200,
    body: await markMessages(deps, actor.globalUserId, body),
  })),
  route(notification.getUserPreferences)(async ({ deps, actor }) => ({
    status: 200,
    body: await readPreferences(deps, deps.db, actor.globalUserId),
  })),
  route(notification.updateUserPreferences)(async ({ deps, actor, body }) => {
    const preferences = await switchTypes(deps, actor.globalUserId, body.preferences);
    return { status: 200, body: { recipientId: actor.globalUserId, preferences } };
  }),
  route(notification.updateUserProviderConfigs)(async ({ deps, actor, body }) => {
    const configs = await switchChannels(deps, actor.globalUserId, body.configs);
    return { status: 200, body: { recipientId: actor.globalUserId, configs } };
  }),
  route(notification.getNotificationHours)(async ({ deps, actor }) => ({
    status: 200,
    body: await readHours(deps.db, actor.globalUserId),
  })),
  route(notification.updateNotificationHours)(async ({ deps, actor, body }) => ({
    status: 200,
    body: await updateHours(deps, actor.globalUserId, body),
  })),
];

const administration: readonly Route[] = [
  route(channel.getTenantProviderConfigs)(async ({ deps, actor }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await readTenantConfigs(deps, deps.db) };
  }),
  route(channel.updateTenantProviderConfigs)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await updateTenantConfigs(deps, { actor, body, call }) };
  }),
  route(email.getEmailConfiguration)(async ({ deps, actor }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await presentEmailSettings(deps.db) };
  }),
  route(email.updateEmailConfiguration)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await updateEmailConfiguration(deps, { actor, body, call }) };
  }),
  route(email.deleteEmailConfiguration)(async ({ deps, actor, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    await deleteEmailConfiguration(deps, { actor, call });
    return { status: 204 };
  }),
  route(email.testEmailConfiguration)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await testEmailConfiguration(deps, { actor, body, call }) };
  }),
  route(channel.getTeamsConfiguration)(async ({ deps, actor }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await presentTeamsSettings(deps.db) };
  }),
  route(channel.updateTeamsConfiguration)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await updateTeamsConfiguration(deps, { actor, call }, body.url) };
  }),
  route(channel.deleteTeamsConfiguration)(async ({ deps, actor, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    await deleteTeamsConfiguration(deps, { actor, call });
    return { status: 204 };
  }),
  route(channel.testTeamsConfiguration)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await testTeamsConfiguration(deps, { actor, call }, body.url) };
  }),
  route(channel.listMessageDeliveries)(async ({ deps, actor, query }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await listDeliveries(deps, query) };
  }),
  route(channel.resendMessageDelivery)(async ({ deps, actor, params, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await resendDelivery(deps, { actor, id: params.id, call }) };
  }),
];

export const notificationRoutes: readonly Route[] = [...own, ...administration];
