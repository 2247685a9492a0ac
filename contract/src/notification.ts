import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean } from './page.ts';
import { instant, line, uuid } from './text.ts';

const typePreference = z.object({ notificationType: z.string(), enabled: z.boolean() });
export const channelPreference = z.object({
  provider: z.string(),
  enabled: z.boolean(),
  typePreferences: z.array(typePreference),
  metadata: z.object({ authVerified: z.boolean().optional(), teamsStoreUrl: z.url().optional() }).optional(),
});
export type ChannelPreference = z.infer<typeof channelPreference>;

const typePreferenceInput = z.object({ notificationType: line(64), enabled: z.boolean() });
export const updateUserPreferencesBody = z.object({
  preferences: z
    .array(z.object({ provider: line(64), typePreferences: z.array(typePreferenceInput).max(100) }))
    .max(20),
});
export const updateUserProviderConfigsBody = z.object({
  configs: z.array(z.object({ provider: line(64), enabled: z.boolean() })).max(20),
});

export const inboxMessage = z.object({
  id: uuid,
  notificationId: uuid,
  notificationType: z.string(),
  message: z.string(),
  subject: z.string(),
  createdAt: instant,
  readAt: instant.optional(),
  data: z.object({ actionLink: z.url().optional() }).optional(),
});
export type InboxMessage = z.infer<typeof inboxMessage>;

const access = { action: 'notification.self' } as const;

export const getUserPreferences = operation({
  id: 'getUserPreferences',
  method: 'GET',
  path: '/api/notification/user-preferences',
  summary: 'Which messages the caller gets, and how.',
  access,
  published: 36,
  responses: { 200: z.array(channelPreference) },
});

export const updateUserPreferences = operation({
  id: 'updateUserPreferences',
  method: 'PUT',
  path: '/api/notification/user-preferences',
  summary: 'Switches kinds of messages on and off.',
  access,
  published: 37,
  body: updateUserPreferencesBody,
  responses: {
    200: z.object({
      recipientId: uuid,
      preferences: z.array(z.object({ provider: z.string(), typePreferences: z.array(typePreference) })),
    }),
  },
});

export const updateUserProviderConfigs = operation({
  id: 'updateUserProviderConfigs',
  method: 'PUT',
  path: '/api/notification/user-provider-configs',
  summary: 'Switches channels on and off.',
  access,
  published: 38,
  body: updateUserProviderConfigsBody,
  responses: {
    200: z.object({ recipientId: uuid, configs: z.array(z.object({ provider: z.string(), enabled: z.boolean() })) }),
  },
});

export const getInboxMessages = operation({
  id: 'getInboxMessages',
  method: 'GET',
  path: '/api/notification/inbox/messages',
  summary: "The caller's inbox.",
  access,
  published: 39,
  query: z.object({ ...offsetQuery, read: queryBoolean.optional() }),
  responses: { 200: offsetPage(inboxMessage) },
});

export const getInboxMessage = operation({
  id: 'getInboxMessage',
  method: 'GET',
  path: '/api/notification/inbox/messages/{id}',
  summary: 'One message.',
  access,
  published: 40,
  params: z.object({ id: uuid }),
  responses: { 200: inboxMessage },
});

export const setInboxMessageReadStatus = operation({
  id: 'setInboxMessageReadStatus',
  method: 'PATCH',
  path: '/api/notification/inbox/messages/{id}',
  summary: 'Marks a message as read or unread.',
  access,
  published: 41,
  params: z.object({ id: uuid }),
  body: z.object({ read: z.boolean() }),
  responses: { 200: inboxMessage },
});

export const batchUpdateInboxMessage = operation({
  id: 'batchUpdateInboxMessage',
  method: 'PATCH',
  path: '/api/notification/inbox/messages/update-bulk',
  summary: 'Marks many messages at once.',
  access,
  published: 42,
  body: z.array(z.object({ id: uuid, read: z.boolean() })).max(500),
  responses: { 200: z.array(inboxMessage) },
});
