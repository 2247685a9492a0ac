import type { InboxMessage } from '@stoa/contract/notification';

/** The newest message about something, and those before it about the same request. */
export type MessageGroup = { readonly newest: InboxMessage; readonly earlier: readonly InboxMessage[] };

/** Messages of one request stand together where the newest of them does; others stand alone. */
export function groupMessages(messages: readonly InboxMessage[]): readonly MessageGroup[] {
  const groups = new Map<string, { newest: InboxMessage; earlier: InboxMessage[] }>();
  for (const message of messages) {
    const key = message.data?.requestId ?? message.id;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { newest: message, earlier: [] });
    else group.earlier.push(message);
  }
  return [...groups.values()];
}

export const isUnread = (message: InboxMessage): boolean => message.readAt === undefined;
export const idsOf = ({ newest, earlier }: MessageGroup): readonly string[] => [
  newest.id,
  ...earlier.map(({ id }) => id),
];
