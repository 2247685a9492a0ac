import { describe, expect, it } from 'vitest';
import { type RailFacts, railStepsOf } from './rail-steps.tsx';

const statesOf = (facts: RailFacts) => Object.fromEntries(railStepsOf(facts).map(({ node, state }) => [node, state]));

describe('the rail of access that is over', () => {
  it('keeps what stood', () => {
    const facts = { status: 'REVOKED', provisioning: 'REMOVED', wasGranted: true } as const;
    expect(statesOf(facts)).toMatchObject({ granted: 'done', verified: 'done', expires: 'done' });
  });

  it('claims nothing that was never seen', () => {
    const facts = { status: 'REVOKED', provisioning: 'REMOVED', wasGranted: false } as const;
    expect(statesOf(facts)).toMatchObject({ decided: 'done', granted: 'next', verified: 'next' });
  });
});

it('what follows a denial is not reached', () => {
  expect(statesOf({ status: 'DENIED', provisioning: 'NONE' })).toMatchObject({
    decided: 'blocked',
    granted: 'next',
    verified: 'next',
  });
});
