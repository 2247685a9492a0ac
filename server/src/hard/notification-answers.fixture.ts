import * as email from '@stoa/contract/email';
import * as notification from '@stoa/contract/notification';
import * as channel from '@stoa/contract/notification-channel';
import { newCuid, newUuid } from '../db/new-id.ts';
import { addDelivery, addMessage } from '../features/notification/messages.fixture.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Calls the operations on inbox and preferences with what they take and with what is not there. */
export async function askNotifications(world: PublishedWorld): Promise<void> {
  await askInbox(world);
  await askPreferences(world);
  await askChannels(world);
}

async function askInbox({ held: { ask }, people, server }: PublishedWorld): Promise<void> {
  const { consumer, manager } = people;
  const id = await addMessage(server.deps.db, consumer, { subject: 'ünï "code"' });
  const other = await addMessage(server.deps.db, manager);
  for (const query of [
    {},
    { read: false, limit: 1 },
    { searchText: '%ünï' },
    { requestId: newCuid() },
    { offset: 9_000 },
  ])
    await ask(consumer, notification.getInboxMessages, { query });
  await ask(consumer, notification.getInboxMessages, { query: { type: ['ACCESS_REVOKED', 'PRODUCT_DELETED'] } });
  await ask(consumer, notification.getInboxSummary);
  for (const one of [id, other, newUuid()]) {
    const params = { id: one };
    await ask(consumer, notification.getInboxMessage, { params });
    await ask(consumer, notification.setInboxMessageReadStatus, { params, body: { read: true } });
    await ask(consumer, notification.batchUpdateInboxMessage, { body: [{ id: one, read: false }] });
  }
  await ask(consumer, notification.batchUpdateInboxMessage, { body: [] });
  await ask(consumer, notification.readWholeInbox, { body: { until: '2999-01-01T00:00:00Z' } });
}

async function askPreferences({ held: { ask }, people }: PublishedWorld): Promise<void> {
  const { consumer } = people;
  await ask(consumer, notification.getUserPreferences);
  const typePreferences = [{ notificationType: 'ACCESS_EXPIRED', enabled: false }];
  for (const provider of ['EMAIL', 'INBOX', 'PIGEON']) {
    await ask(consumer, notification.updateUserPreferences, { body: { preferences: [{ provider, typePreferences }] } });
    await ask(consumer, notification.updateUserProviderConfigs, { body: { configs: [{ provider, enabled: false }] } });
  }
  await ask(consumer, notification.getNotificationHours);
  const quietHours = { from: '22:00', to: '06:30' };
  for (const timeZone of ['Europe/Berlin', 'Mars/Olympus', null])
    await ask(consumer, notification.updateNotificationHours, { body: { timeZone, quietHours } });
}

async function askChannels({ held: { ask }, people, server }: PublishedWorld): Promise<void> {
  const { consumer, appadmin } = people;
  const body = {
    host: '127.0.0.1',
    port: 1,
    security: 'none' as const,
    fromName: 'Größe',
    fromAddress: 'stoa@example.com',
  };
  const url = 'https://127.0.0.1/workflow';
  const id = await addDelivery(server.deps.db, consumer);
  for (const person of [consumer, appadmin]) {
    await ask(person, channel.getTenantProviderConfigs);
    await ask(person, channel.updateTenantProviderConfigs, {
      body: { configs: [{ provider: 'TEAMS', enabled: false }] },
    });
    await ask(person, email.getEmailConfiguration);
    await ask(person, email.testEmailConfiguration, { body });
    await ask(person, email.updateEmailConfiguration, { body });
    await ask(person, email.getEmailConfiguration);
    await ask(person, email.deleteEmailConfiguration);
    await ask(person, channel.testTeamsConfiguration, { body: {} });
    await ask(person, channel.updateTeamsConfiguration, { body: { url } });
    await ask(person, channel.getTeamsConfiguration);
    await ask(person, channel.testTeamsConfiguration, { body: {} });
    await ask(person, channel.deleteTeamsConfiguration);
    await ask(person, channel.listMessageDeliveries, { query: { state: ['SENT', 'DEAD'], searchText: '%' } });
    await ask(person, channel.listMessageDeliveries, { query: { provider: ['EMAIL'] } });
    for (const one of [id, newUuid()]) await ask(person, channel.resendMessageDelivery, { params: { id: one } });
  }
}
