import type { InboxMessage } from '@stoa/contract/notification';
import { expect, test } from 'vitest';
import { groupMessages, idsOf } from './group-messages.ts';

const message = (id: string, requestId?: string): InboxMessage => ({
  id,
  notificationId: id,
  notificationType: 'DETERMINATION_MADE',
  subject: id,
  message: id,
  createdAt: '2026-01-01T00:00:00Z',
  ...(requestId === undefined ? {} : { data: { requestId } }),
});

test('messages of one request stand together where the newest of them does, and others alone', () => {
  const groups = groupMessages([message('a', 'q'), message('b'), message('c', 'q'), message('d', 'r')]);
  expect(groups.map(idsOf)).toEqual([['a', 'c'], ['b'], ['d']]);
});
