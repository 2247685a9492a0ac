import { z } from 'zod';
import { channelTest } from './email.ts';
import { deliveringProvider, deliveryState, notificationType } from './notification-type.ts';
import { timeZone } from './notification.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList } from './page.ts';
import { instant, searchText, uuid } from './text.ts';

const access = { action: 'settings.manage' } as const;

export const tenantProviderConfigs = z
  .object({
    configs: z.array(z.object({ provider: deliveringProvider, enabled: z.boolean(), connected: z.boolean() })),
    /** The zone of people who chose none; reminders come in the morning of it. */
    timeZone: z.string(),
  })
  .meta({ id: 'TenantProviderConfigs' });
export type TenantProviderConfigs = z.infer<typeof tenantProviderConfigs>;

export const getTenantProviderConfigs = operation({
  id: 'getTenantProviderConfigs',
  method: 'GET',
  path: '/api/notification/tenant-provider-configs',
  summary: 'Which channels are on for everybody, and which are set up.',
  access,
  responses: { 200: tenantProviderConfigs },
});

export const updateTenantProviderConfigs = operation({
  id: 'updateTenantProviderConfigs',
  method: 'PUT',
  path: '/api/notification/tenant-provider-configs',
  summary: 'Switches channels on and off for everybody; absent ones stay.',
  access,
  body: z.object({
    configs: z.array(z.object({ provider: deliveringProvider, enabled: z.boolean() })).max(10),
    timeZone: timeZone.optional(),
  }),
  responses: { 200: tenantProviderConfigs },
});

export const teamsConfiguration = z
  .object({
    connected: z.boolean(),
    /** Of the address; its path is a secret and is never given out. */
    host: z.string().optional(),
  })
  .meta({ id: 'TeamsConfiguration' });
export type TeamsConfiguration = z.infer<typeof teamsConfiguration>;

const teamsBody = z.object({ url: z.url({ protocol: /^https?$/ }).max(2_000) });
/** A test may use what is stored: then nothing is sent along. */
const teamsTestBody = z.object({ url: teamsBody.shape.url.optional() });

export const getTeamsConfiguration = operation({
  id: 'getTeamsConfiguration',
  method: 'GET',
  path: '/api/notification/teams/configuration',
  summary: 'Whether a Teams channel is told.',
  access,
  responses: { 200: teamsConfiguration },
});

export const updateTeamsConfiguration = operation({
  id: 'updateTeamsConfiguration',
  method: 'PUT',
  path: '/api/notification/teams/configuration',
  summary: 'Sets the address of the workflow that posts to a Teams channel.',
  access,
  body: teamsBody,
  responses: { 200: teamsConfiguration },
});

export const deleteTeamsConfiguration = operation({
  id: 'deleteTeamsConfiguration',
  method: 'DELETE',
  path: '/api/notification/teams/configuration',
  summary: 'Forgets the address: no Teams channel is told any more.',
  access,
  responses: { 204: null },
});

export const testTeamsConfiguration = operation({
  id: 'testTeamsConfiguration',
  method: 'POST',
  path: '/api/notification/teams/test',
  summary: 'Posts one card, to the address that is sent or to the stored one.',
  access,
  body: teamsTestBody,
  responses: { 200: channelTest },
});

export const messageDelivery = z
  .object({
    id: uuid,
    provider: deliveringProvider,
    notificationType,
    /** Null for channels that many people read. */
    user: z.object({ globalUserId: uuid, name: z.string() }).nullable(),
    address: z.string().optional(),
    state: deliveryState,
    attempts: z.int(),
    nextAttemptAt: instant.optional(),
    error: z.string().optional(),
    createdAt: instant,
    sentAt: instant.optional(),
  })
  .meta({ id: 'MessageDelivery' });
export type MessageDelivery = z.infer<typeof messageDelivery>;

export const listMessageDeliveries = operation({
  id: 'listMessageDeliveries',
  method: 'GET',
  path: '/api/notification/delivery',
  summary: 'Messages on their way outside: sent, waiting to be tried again, or dead with the reason.',
  access,
  query: z.object({
    ...offsetQuery,
    state: queryList(deliveryState).optional(),
    provider: queryList(deliveringProvider).optional(),
    /** Of the person's name, the address or the error. */
    searchText: searchText.optional(),
  }),
  responses: { 200: offsetPage(messageDelivery) },
});

export const resendMessageDelivery = operation({
  id: 'resendMessageDelivery',
  method: 'POST',
  path: '/api/notification/delivery/{id}/resend',
  summary: 'Tries a message again now, also one that is dead or was sent.',
  access,
  params: z.object({ id: uuid }),
  responses: { 200: messageDelivery },
});
