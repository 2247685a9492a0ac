import { expect, it } from 'vitest';
import { emptyDraft, isWhole, withAction, withKind, withLevel } from './policy-draft.ts';

const access = emptyDraft('subscription');
const data = emptyDraft('data');
if (access.type !== 'subscription' || data.type !== 'data') throw new Error('drafts of another type');

it('a guardrail is always a condition, and what no longer belongs is left out', () => {
  const listed = withLevel({ ...access, condition: "@isInGroups('A')" }, 'manual');
  expect(listed).toMatchObject({ level: 'manual', users: [] });
  expect(listed.condition).toBeUndefined();
  expect(withKind(listed, 'guardrail')).toMatchObject({ kind: 'guardrail', level: 'entitlements', condition: '' });
});

it('a policy that reveals names who sees more, and nothing changes for others', () => {
  expect(withAction(data, 'reveal').who).toMatchObject({ for: 'everyoneWho', otherwise: 'none' });
});

it('nothing is counted while something is still to be chosen', () => {
  const circumstances = [{ type: 'all' as const }];
  expect(isWhole(access)).toBe(false);
  expect(isWhole({ ...access, circumstances })).toBe(false);
  expect(isWhole({ ...access, circumstances, condition: "@isInGroups('A')" })).toBe(true);
  expect(isWhole({ ...access, circumstances, condition: "@hasAttribute('a', '')" })).toBe(false);
  expect(isWhole({ ...withLevel(access, 'manual'), circumstances })).toBe(false);
  expect(isWhole({ ...withLevel(access, 'anyone'), circumstances })).toBe(true);
  expect(isWhole({ ...withLevel(access, 'anyone'), circumstances, scope: { kind: 'domain', domainId: '' } })).toBe(
    false,
  );
});
