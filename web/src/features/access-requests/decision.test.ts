import type { Evidence } from '@stoa/contract/evidence';
import type { PlanPreview } from '@stoa/contract/plan';
import { describe, expect, it } from 'vitest';
import { type DecisionDraft, determinationOf, gainOf, planChange, startDuration } from './decision.ts';

const draft: DecisionDraft = {
  choice: undefined,
  reason: '  Same team, same use. ',
  duration: { duration: 90, durationUnit: 'DAYS' },
};

const plan = (planHash: string, statements: string[]): PlanPreview => ({
  planHash,
  empty: statements.length === 0,
  connections: [{ connectionKey: 'warehouse', technology: 'PostgreSQL', statements, objects: 1, principals: 1 }],
});

describe('a determination', () => {
  it('carries the period only when access is approved for a time', () => {
    expect(determinationOf(draft, 'time', 'h')).toEqual({
      status: 'APPROVED',
      reason: 'Same team, same use.',
      duration: 90,
      durationUnit: 'DAYS',
      planHash: 'h',
    });
    expect(determinationOf(draft, 'approve', 'h')).toEqual({
      status: 'APPROVED',
      reason: 'Same team, same use.',
      planHash: 'h',
    });
  });

  it('is not bound to a plan when it denies: a plan that moved must not stop a denial', () => {
    expect(determinationOf(draft, 'deny', 'h')).toEqual({ status: 'DENIED', reason: 'Same team, same use.' });
  });

  it('begins with the period that was asked for', () => {
    expect(startDuration({ amount: 2, unit: 'WEEKS' })).toEqual({ duration: 2, durationUnit: 'WEEKS' });
    expect(startDuration(null)).toEqual({ duration: 90, durationUnit: 'DAYS' });
  });
});

describe('a plan that moved', () => {
  it('shows what is new and what is gone', () => {
    expect(planChange(plan('1', ['grant a', 'grant b']), plan('2', ['grant b', 'grant c']))).toEqual({
      added: ['warehouse: grant c'],
      removed: ['warehouse: grant a'],
    });
  });

  it('is told by its hash alone', () => {
    expect(planChange(plan('1', ['grant a']), plan('1', ['grant a']))).toBeUndefined();
    expect(planChange(null, plan('1', []))).toBeUndefined();
  });
});

describe('what an approval opens', () => {
  const source = (connectionKey: string, effect: Evidence['sources'][number]['effect'] = 'GAINS_ACCESS') =>
    ({ connectionKey, effect }) as Evidence['sources'][number];
  const gain = (sources: Evidence['sources'], identities: Evidence['beneficiary']['identities']) =>
    gainOf({ sources, beneficiary: { identities } as Evidence['beneficiary'] });

  it('is open at once where the beneficiary has an account', () => {
    expect(
      gain(
        [source('warehouse'), source('warehouse', 'HAS_ACCESS')],
        [{ connectionKey: 'warehouse', externalName: 'nora', state: 'mapped' }],
      ),
    ).toEqual({ now: 1, later: 0, missing: [] });
  });

  it('waits for the account that does not exist yet, by its name where one is known', () => {
    expect(
      gain(
        [source('warehouse'), source('warehouse'), source('lake'), source('mart')],
        [
          { connectionKey: 'warehouse', externalName: 'nora', state: 'absent' },
          { connectionKey: 'mart', externalName: 'nora', state: 'fallback' },
        ],
      ),
    ).toEqual({
      now: 1,
      later: 3,
      missing: [
        { connectionKey: 'warehouse', name: 'nora' },
        { connectionKey: 'lake', name: undefined },
      ],
    });
  });
});
