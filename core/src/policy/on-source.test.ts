import { expect, test } from 'vitest';
import { type PolicyOnSource, whyNotOff, whyNotOn } from './on-source.ts';

const one = (policyId: string, over: Partial<PolicyOnSource> = {}): PolicyOnSource => ({
  policyId,
  kind: 'grant',
  isUnconditional: false,
  standing: 'acting',
  wins: [],
  loses: [],
  ...over,
});
const grant = (policyId: string, standing: PolicyOnSource['standing']) =>
  one(policyId, { isUnconditional: true, standing });
const mask = (wins: string[], loses: string[]) => one('m', { kind: 'mask', wins, loses });

test('of grants that contradict each other all but one are switched off', () => {
  const [a, b, c] = [grant('a', 'conflict'), grant('b', 'conflict'), grant('c', 'off')];
  expect(whyNotOff(a, [a, b, c])).toBeNull();
  const left = grant('b', 'acting');
  expect(whyNotOff(left, [grant('a', 'off'), left, c])).toMatch(/^Only those who write/);
});

test('what is off is switched on again, and nothing else', () => {
  expect(whyNotOn(grant('a', 'off'))).toBeNull();
  expect(whyNotOn(grant('a', 'acting'))).toBe('It is not switched off here.');
  expect(whyNotOff(grant('a', 'off'), [])).toBe('It is switched off here already.');
});

test('a grant that waits for a signature is no rival yet', () => {
  const [acting, waiting] = [grant('a', 'acting'), grant('b', 'waiting')];
  expect(whyNotOff(acting, [acting, waiting])).not.toBeNull();
  expect(whyNotOff(waiting, [acting, waiting])).not.toBeNull();
});

test('a mask is switched off where another holds on each of its columns', () => {
  expect(whyNotOff(mask([], ['email']), [])).toBeNull();
  expect(whyNotOff(mask(['phone'], ['email']), [])).not.toBeNull();
  expect(whyNotOff(mask([], []), [])).not.toBeNull();
});

test.each(['guardrail', 'reveal', 'row'] as const)('a %s is never switched off on one source', (kind) => {
  const policy = one('p', { kind });
  expect(whyNotOff(policy, [policy])).not.toBeNull();
});

test('nor is a grant with a condition, or one that is not picked', () => {
  const plain = one('p');
  expect(whyNotOff(plain, [plain, grant('a', 'acting')])).not.toBeNull();
  expect(whyNotOff(grant('a', 'offered'), [grant('b', 'acting')])).not.toBeNull();
});
