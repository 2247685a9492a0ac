import { createWebhook } from '@stoa/contract/webhook';
import { addMessage } from '@stoa/server/features/notification/messages.fixture';
import type { ContractWorld } from './contract-world.ts';
import type { Expectation } from './expectations.ts';

const message = (w: ContractWorld): Promise<string> => addMessage(w.server.deps.db, w.people.consumer);
const consumer = (w: ContractWorld) => ({ by: w.people.consumer });
const appadmin = (w: ContractWorld) => ({ by: w.people.appadmin });
const notAdmin = { by: (w: ContractWorld) => w.people.consumer2, status: 403 as const };
const notOwner = { by: (w: ContractWorld) => w.people.consumer2, status: 404 as const };
/** Reserved for examples: no name server knows it. */
const url = 'https://receiver.invalid/hook';
const webhook = async (w: ContractWorld) => {
  const { body } = await w.people.appadmin.call(createWebhook, { body: { url } });
  return { by: w.people.appadmin, params: { id: String(body.id) } };
};

/** Inbox, preferences, webhooks and Slack, by operation id. */
export const messageExpectations: Record<string, Expectation> = {
  getUserPreferences: { happy: consumer },
  updateUserPreferences: {
    happy: (w) => ({
      by: w.people.consumer,
      body: {
        preferences: [
          { provider: 'EMAIL', typePreferences: [{ notificationType: 'PRODUCT_PUBLISHED', enabled: false }] },
        ],
      },
    }),
    conflict: {
      status: 422,
      make: (w) => ({
        by: w.people.consumer,
        body: { preferences: [{ provider: 'PIGEON', typePreferences: [] }] },
      }),
    },
  },
  updateUserProviderConfigs: {
    happy: (w) => ({ by: w.people.consumer, body: { configs: [{ provider: 'EMAIL', enabled: true }] } }),
    conflict: {
      status: 422,
      make: (w) => ({ by: w.people.consumer, body: { configs: [{ provider: 'INBOX', enabled: false }] } }),
    },
  },
  getInboxMessages: { happy: consumer },
  getInboxMessage: {
    happy: async (w) => ({ by: w.people.consumer, params: { id: await message(w) } }),
    refused: notOwner,
    isNamed: true,
  },
  setInboxMessageReadStatus: {
    happy: async (w) => ({ by: w.people.consumer, params: { id: await message(w) }, body: { read: true } }),
    refused: notOwner,
    isNamed: true,
  },
  batchUpdateInboxMessage: {
    happy: async (w) => ({ by: w.people.consumer, body: [{ id: await message(w), read: true }] }),
    refused: notOwner,
  },
  getWebhooks: { happy: appadmin, refused: notAdmin },
  createWebhook: { happy: (w) => ({ by: w.people.appadmin, body: { url } }), refused: notAdmin },
  getWebhook: { happy: webhook, refused: notAdmin, isNamed: true },
  updateWebhook: {
    happy: async (w) => ({ ...(await webhook(w)), body: { url, verifyTls: true } }),
    refused: notAdmin,
    isNamed: true,
  },
  deleteWebhook: { happy: webhook, refused: notAdmin, isNamed: true },
  getWebhookHistory: { happy: webhook, refused: notAdmin, isNamed: true },
  testWebhook: { happy: webhook, refused: notAdmin, isNamed: true },
  testWebhookConfig: { happy: (w) => ({ by: w.people.appadmin, body: { url } }), refused: notAdmin },
  getSlackConfiguration: { happy: appadmin, refused: notAdmin },
  deleteSlackConfiguration: { happy: appadmin, refused: notAdmin },
  testSlackConnection: { happy: appadmin, refused: notAdmin },
};
