import { expect, it } from 'vitest';
import { emptyDraft, nameOfScope, withAction, withKind, withLevel } from './policy-draft.ts';

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

it('a scope is called by the name of what it names, and by no other', () => {
  const agents = { scope: { kind: 'local', dataSourceId: 7 }, name: 'agents' } as const;
  expect(nameOfScope({ kind: 'local', dataSourceId: 7 }, [undefined, agents])).toBe('agents');
  expect(nameOfScope({ kind: 'local', dataSourceId: 8 }, [agents, undefined])).toBeUndefined();
});
