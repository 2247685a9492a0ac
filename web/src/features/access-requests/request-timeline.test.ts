import type { AccessRequest } from '@stoa/contract/access-request';
import { expect, it } from 'vitest';
import { requestEvents, statusSince } from './request-timeline.ts';

const ana = { id: 1, iamId: 'local', globalUserId: 'a', username: 'ana', name: 'Ana' };
const at = (minute: number) => `2026-11-30T03:${minute}:00Z`;
const request = (status: AccessRequest['status'], more: Partial<AccessRequest> = {}): AccessRequest => ({
  id: 'crequest00000000000000001',
  requestingUser: ana,
  user: ana,
  formVersion: '1',
  type: 'DATA_ACCESS',
  createdAt: at(39),
  decidedAt: at(41),
  updatedAt: at(47),
  ...more,
  status,
});

it('the time beside a status is when it came to be', () => {
  expect(statusSince(request('PENDING'))).toBe(at(39));
  expect(statusSince(request('APPROVED'))).toBe(at(41));
  expect(statusSince(request('DENIED'))).toBe(at(41));
  expect(statusSince(request('REVOKED'))).toBe(at(47));
  expect(statusSince(request('CANCELED'))).toBe(at(47));
  expect(statusSince(request('EXPIRED', { expiration: at(45) }))).toBe(at(45));
});

it('reminders stand among what happened, and a cancellation says why', () => {
  const by = { globalUserId: 'a', username: 'ana', name: 'Ana' };
  const canceled = request('CANCELED', { reminders: [{ at: at(43), by, told: 2 }], decisionReason: 'Replaced.' });
  expect(requestEvents(canceled, [], undefined)).toEqual([
    { kind: 'asked', at: at(39), who: 'Ana' },
    { kind: 'reminded', at: at(43), who: 'Ana', count: 2 },
    { kind: 'canceled', at: at(47), reason: 'Replaced.' },
  ]);
});
