import { getWebhookEvents, getWebhookEventSchema } from '@stoa/contract/system';
import * as contract from '@stoa/contract/webhook';
import { newUuid } from '../db/new-id.ts';
import { addDeadDelivery } from '../features/webhook/webhooks.fixture.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Webhooks from registering to removal, at an address that is refused when it is called; and what is not there. */
export async function askWebhooks({ held: { ask }, people, server }: PublishedWorld): Promise<void> {
  const { appadmin, consumer } = people;
  await ask(server.nobody, getWebhookEvents);
  await ask(server.nobody, getWebhookEventSchema);
  for (const person of [consumer, appadmin])
    await ask(person, contract.getWebhookSample, { query: { eventType: 'stoa.drift.found' } });
  const url = 'https://127.0.0.1/hook';
  for (const person of [consumer, appadmin])
    await ask(person, contract.testWebhookConfig, { body: { url, signingKey: 'a key of their own' } });
  await ask(appadmin, contract.createWebhook, { body: { url: 'http://example.com/' } });
  await ask(appadmin, contract.createWebhook, { body: { url, signingKey: 'whsec_short' } });
  const made = await ask(appadmin, contract.createWebhook, {
    body: { url, verifyTls: false, eventTypes: ['stoa.ping'], format: 'cloudevents', includeAnswers: true },
  });
  const { id } = made.body;
  for (const params of [{ id }, { id: newUuid() }]) {
    await ask(appadmin, contract.testWebhook, { params, body: {} });
    await ask(appadmin, contract.testWebhook, { params, body: { data: { long: 'x'.repeat(20_000) } } });
    await ask(appadmin, contract.updateWebhook, { params, body: { signingKey: 'another', description: 'Ünï' } });
    await ask(appadmin, contract.resetWebhookKey, { params });
    for (const person of [appadmin, consumer]) {
      await ask(person, contract.getWebhook, { params });
      await ask(person, contract.getWebhookHistory, { params, query: { limit: 5 } });
      await ask(person, contract.listWebhookDeliveries, { params, query: { state: ['DEAD'], searchText: 'x' } });
    }
    const deliveryId = params.id === id ? await addDeadDelivery(server.deps.db, id) : newUuid();
    await ask(appadmin, contract.readWebhookDelivery, { params: { ...params, deliveryId } });
    await ask(appadmin, contract.replayWebhookDelivery, { params: { ...params, deliveryId } });
    await ask(appadmin, contract.replayWebhookDeliveries, { params, body: { from: '2020-01-01T00:00:00Z' } });
  }
  for (const person of [appadmin, consumer]) await ask(person, contract.getWebhooks);
  await ask(appadmin, contract.updateWebhook, { params: { id }, body: { enabled: false } });
  await ask(appadmin, contract.replayWebhookDeliveries, { params: { id }, body: {} });
  for (const person of [consumer, appadmin, appadmin]) await ask(person, contract.deleteWebhook, { params: { id } });
}
