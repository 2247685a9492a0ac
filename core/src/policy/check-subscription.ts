import type { SubscriptionDraft } from '@stoa/contract/policy-resource';
import { conditionFromEntitlements } from '../condition/from-entitlements.ts';
import { printCondition } from '../condition/print.ts';
import { checkCircumstances } from './check-circumstances.ts';
import { checkCondition } from './check-condition.ts';
import type { CheckedBody } from './check-draft.ts';
import type { PolicyProblem, UsedPolicyName } from './problem.ts';

type Checked = {
  readonly problems: readonly PolicyProblem[];
  readonly names: readonly UsedPolicyName[];
  readonly policy: CheckedBody;
};

/** The condition as text: written, or made of the entitlements. */
function conditionOf(draft: SubscriptionDraft): { text?: string; problems: PolicyProblem[]; names: UsedPolicyName[] } {
  const { entitlements } = draft;
  if (entitlements !== undefined) {
    if (draft.condition !== undefined)
      return {
        problems: [{ path: 'entitlements', message: 'Send a condition or entitlements, not both.' }],
        names: [],
      };
    const condition = conditionFromEntitlements(entitlements);
    if (condition === null)
      return { problems: [{ path: 'entitlements', message: 'Name a group or an attribute.' }], names: [] };
    const names: UsedPolicyName[] = [
      ...entitlements.groups.map((name, n) => ({ kind: 'group' as const, name, path: `entitlements.groups.${n}` })),
      ...entitlements.attributes.map(({ name }, n) => ({
        kind: 'attribute' as const,
        name,
        path: `entitlements.attributes.${n}.name`,
      })),
    ];
    return { text: printCondition(condition), problems: [], names };
  }
  const text = draft.condition?.trim() ?? '';
  if (text === '') return { problems: [{ path: 'condition', message: 'Say who is meant.' }], names: [] };
  const { problems, names } = checkCondition(text, 'condition');
  return { text, problems: [...problems], names: [...names] };
}

function levelProblems(draft: SubscriptionDraft): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const refuse = (path: string, message: string) => problems.push({ path, message });
  if (draft.kind === 'guardrail' && draft.level !== 'entitlements')
    refuse('level', 'A guardrail is always a condition: its level is "entitlements".');
  if (draft.level !== 'entitlements' && draft.condition !== undefined)
    refuse('condition', 'Only a policy of level "entitlements" has a condition.');
  if (draft.level !== 'entitlements' && draft.entitlements !== undefined)
    refuse('entitlements', 'Only a policy of level "entitlements" has entitlements.');
  if (draft.level === 'manual' && (draft.users ?? []).length === 0) refuse('users', 'Name at least one person.');
  if (draft.level !== 'manual' && draft.users !== undefined)
    refuse('users', 'Only a policy of level "manual" lists people.');
  return problems;
}

/** Who reaches data: the level fits the kind, and the condition can be read. */
export function checkSubscription(draft: SubscriptionDraft): Checked {
  const where = checkCircumstances(draft.circumstances);
  const level = levelProblems(draft);
  const who = draft.level === 'entitlements' ? conditionOf(draft) : { problems: [], names: [] };
  const text = 'text' in who ? who.text : undefined;
  return {
    problems: [...level, ...who.problems, ...where.problems],
    names: [...who.names, ...where.names],
    policy: {
      type: 'subscription',
      kind: draft.kind,
      body: {
        accessType: draft.accessType,
        level: draft.level,
        ...(text === undefined ? {} : { condition: text }),
        ...(draft.users === undefined ? {} : { users: [...new Set(draft.users)].sort() }),
        circumstances: draft.circumstances,
        circumstanceOperator: draft.circumstanceOperator,
        ...(draft.certification && { certification: draft.certification }),
      },
    },
  };
}
