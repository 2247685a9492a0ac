import { expect, test } from 'vitest';
import { holdsBack } from './holds-back.ts';
import { type Step, type StepKind, stepOrder } from './plan.ts';

const step = (kind: StepKind) => ({ kind }) as Step;
const heldBy = (failed: StepKind) => stepOrder.filter((kind) => holdsBack(step(failed), step(kind)));

test('a failed end holds back what would reach too far by it, and no other end', () => {
  expect(heldBy('end-members')).toEqual(['drop-container', 'grant-schemas', 'grant-objects', 'grant-defaults']);
  for (const kind of ['revoke-objects', 'revoke-schemas', 'revoke-defaults'] as const)
    expect(heldBy(kind)).toEqual(['drop-container', 'add-members']);
});

test('what gives and fails holds back whatever else the container would be given', () => {
  expect(heldBy('grant-objects')).toEqual([
    'drop-container',
    'create-container',
    'label-container',
    'grant-schemas',
    'grant-objects',
    'grant-defaults',
    'add-members',
    'rename-container',
  ]);
});
