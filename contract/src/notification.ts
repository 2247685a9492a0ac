import { z } from 'zod';
import { notificationType } from './notification-type.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean, queryList } from './page.ts';
import { cuid, instant, line, searchText, uuid } from './text.ts';

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
  data: z
    .object({
      actionLink: z.url().optional(),
      /** Ours: the same link as a path of this site, what it is called, and what the message is about. */
      actionPath: z.string().optional(),
      actionLabel: z.string().optional(),
      details: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
      requestId: cuid.optional(),
    })
    .optional(),
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
  query: z.object({
    ...offsetQuery,
    read: queryBoolean.optional(),
    /** Ours: words of the subject or the message. */
    searchText: searchText.optional(),
    /** Ours. */
    type: queryList(notificationType).optional(),
    /** Ours: what was told of one request. */
    requestId: cuid.optional(),
  }),
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

export const inboxSummary = z.object({ unread: z.int().min(0), total: z.int().min(0) }).meta({ id: 'InboxSummary' });
export type InboxSummary = z.infer<typeof inboxSummary>;

export const getInboxSummary = operation({
  id: 'getInboxSummary',
  method: 'GET',
  path: '/api/notification/inbox/summary',
  summary: 'How many messages the caller has, and how many of them are unread.',
  access,
  responses: { 200: inboxSummary },
});

export const readWholeInbox = operation({
  id: 'readWholeInbox',
  method: 'PUT',
  path: '/api/notification/inbox/read',
  summary: 'Marks every message up to a moment as read; what came later stays unread.',
  access,
  body: z.object({ until: instant }),
  responses: { 200: inboxSummary },
});

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day such as 22:00');
export const quietHours = z
  .object({ from: clockTime, to: clockTime })
  .refine(({ from, to }) => from !== to, 'begins and ends at the same time');

/** How ordinary e-mail comes: each message at once, or those of an hour or a day in one. Urgent messages never wait. */
export const emailDigest = z.enum(['off', 'hourly', 'daily']);

export const notificationHours = z
  .object({
    /** Null: the zone of the installation, which is `defaultTimeZone`. */
    timeZone: z.string().nullable(),
    quietHours: quietHours.nullable(),
    emailDigest,
    defaultTimeZone: z.string(),
    /** Where e-mail goes; null when the account has no address. */
    email: z.string().nullable(),
  })
  .meta({ id: 'NotificationHours' });
export type NotificationHours = z.infer<typeof notificationHours>;
export const timeZone = line(64);

export const getNotificationHours = operation({
  id: 'getNotificationHours',
  method: 'GET',
  path: '/api/notification/user-hours',
  summary: 'When the caller wants to hear: zone, quiet hours, digest.',
  access,
  responses: { 200: notificationHours },
});

export const updateNotificationHours = operation({
  id: 'updateNotificationHours',
  method: 'PUT',
  path: '/api/notification/user-hours',
  summary: 'Sets the zone, the quiet hours and the digest of the caller.',
  access,
  body: z.object({
    timeZone: timeZone.nullable(),
    quietHours: quietHours.nullable(),
    /** Absent: as it was. */
    emailDigest: emailDigest.optional(),
  }),
  responses: { 200: notificationHours },
});
