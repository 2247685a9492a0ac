import type { ApprovalRecord } from '@stoa/contract/approval-record';
import { expect, it } from 'vitest';
import { stagesOfRecords, stuckStages } from './reroute-stages.ts';

const record = (over: Partial<ApprovalRecord>): ApprovalRecord => ({
  id: 'r',
  dataAccessRequestId: 'q',
  approvers: [],
  prerequisites: [],
  status: 'PENDING',
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  approverCriteriaMet: null,
  duration: null,
  durationUnit: null,
  ...over,
});
const group = (name: string) => ({ type: 'GROUP', name }) as const;

it('reads stages back from records, without those that a re-route left behind', () => {
  const stages = stagesOfRecords([
    record({ stage: 2, approvers: [group('Legal'), group('Risk')] }),
    record({ stage: 1, approvers: [group('HR')] }),
    record({ stage: 1, approvers: [group('Privacy')] }),
    record({ stage: 1, approvers: [group('Gone')], leftBehind: true }),
  ]);
  expect(stages).toEqual([{ all: [group('HR'), group('Privacy')] }, { any: [group('Legal'), group('Risk')] }]);
});

it('names the stages of which a part waits for nobody', () => {
  const someone = [{ globalUserId: 'g', name: 'Ada', username: 'ada' }];
  const stuck = stuckStages([
    record({ stage: 1, status: 'APPROVED' }),
    record({ stage: 2, eligible: [] }),
    record({ stage: 2, eligible: someone }),
    record({ stage: 3, status: 'BLOCKED', eligible: someone }),
    record({ stage: 3, eligible: [], leftBehind: true }),
  ]);
  expect(stuck).toEqual([false, true, false]);
});
