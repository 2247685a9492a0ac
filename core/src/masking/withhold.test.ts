import { expect, test } from 'vitest';
import type { Entitlement } from './entitlements.ts';
import { exemptionState } from './exemption-state.ts';
import { diffMasks, withholdExemptions } from './plan.ts';
import type { ObservedMasks } from './observed.ts';

const row = (key: string, more: Partial<Entitlement> = {}): Entitlement => ({
  principalId: '1',
  kind: 'exempt',
  key,
  value: '',
  expiresAt: null,
  ...more,
});
const observed = (entitlements: readonly Entitlement[]): ObservedMasks => ({
  layer: { isReady: true, missing: [], actsAsOwner: true },
  bases: [],
  views: [],
  entitlements,
  principals: new Map([['1', 'ada']]),
});

test('while checks fail exemptions end and end sooner, and none begins or goes on for longer', () => {
  const there = observed([row('ended'), row('sooner', { expiresAt: 20 }), row('later', { expiresAt: 20 })]);
  const wanted = [row('sooner', { expiresAt: 10 }), row('later', { expiresAt: 30 }), row('new')];
  const facts = row('department', { kind: 'attr', value: 'HR' });
  const plan = diffMasks({ views: [], entitlements: [...wanted, facts], isWhole: false }, there);
  const rowsOf = withholdExemptions(plan, there).steps.map((step) => [
    step.kind,
    'rows' in step ? step.rows.map(({ key }) => key) : [],
  ]);
  expect(rowsOf).toEqual([
    ['end-entitlements', ['ended']],
    ['add-entitlements', ['sooner', 'department']],
  ]);
});

test('an exception that is withheld waits, and one that is proven or has ended is told as ever', () => {
  const evidence = { holds: true, hasReader: true, columns: 1, unmasked: 0, failure: null, isWithheld: true };
  expect(exemptionState({ ...evidence, proven: [false] })).toMatchObject({
    state: 'PROVISIONING',
    reason: 'connection.checks_failed',
  });
  expect(exemptionState({ ...evidence, proven: [true] }).state).toBe('ACTIVE');
  expect(exemptionState({ ...evidence, holds: false, proven: [false] }).state).toBe('REMOVED');
});
