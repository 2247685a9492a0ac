import type { AuditEvent } from '@stoa/contract/audit';
import { describe, expect, it } from 'vitest';
import { actionWords, fromOf, restOfPayload, statementOf } from './audit-view.ts';

const event = (payload: Record<string, unknown>): AuditEvent => ({
  id: '1',
  tenantId: 't',
  action: 'ProvisioningStatementExecuted',
  actionStatus: 'SUCCESS',
  eventTimestamp: '2026-01-01T00:00:00Z',
  receivedTimestamp: '2026-01-01T00:00:00Z',
  actor: { type: 'SYSTEM_ACTOR', id: 'stoa', name: 'Stoa' },
  actorIp: null,
  targetType: 'CONTAINER',
  targets: [],
  relatedResources: [],
  auditPayload: { type: 'x', version: '1', ...payload },
  requestId: null,
  sessionId: null,
  seal: null,
});

describe('the view of an audit event', () => {
  it('finds the native statement and what the platform answered', () => {
    const failed = event({ statement: 'GRANT a TO b', failure: { code: '42501', message: 'permission denied' } });
    expect(statementOf(failed)).toEqual({ sql: 'GRANT a TO b', failure: '42501: permission denied' });
    expect(statementOf(event({ statement: 'GRANT a TO b' }))).toEqual({ sql: 'GRANT a TO b' });
    expect(statementOf(event({ status: 'APPROVED' }))).toBeUndefined();
  });

  it('shows of the payload what is not shown on its own', () => {
    expect(restOfPayload(event({ statement: 's', step: 'grant' }))).toEqual({ step: 'grant' });
  });

  it('turns a period into an instant that stays the same within a minute', () => {
    const now = Date.parse('2026-01-02T00:00:31Z');
    expect(fromOf('day', now)).toBe('2026-01-01T00:00:00.000Z');
    expect(fromOf('day', now + 20_000)).toBe('2026-01-01T00:00:00.000Z');
    expect(fromOf('2026-01-01T00:00:00Z', now)).toBe('2026-01-01T00:00:00.000Z');
    expect(fromOf('nonsense', now)).toBeUndefined();
  });

  it('reads an action as words', () => {
    expect(actionWords('ApprovalRecordDecided')).toBe('Approval record decided');
  });
});
