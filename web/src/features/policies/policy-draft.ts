import type { Masking, MaskingType, RowRule } from '@stoa/contract/masking';
import type { Circumstance, PolicyType } from '@stoa/contract/policy';
import type {
  DataDraft,
  DataPolicy,
  Policy,
  PolicyDraft,
  SubscriptionDraft,
  SubscriptionPolicy,
} from '@stoa/contract/policy-resource';

/** A draft to begin with: everybody in a group may read everything, or personal data is hidden from all. */
export function emptyDraft(type: PolicyType): PolicyDraft {
  const place = {
    scope: { kind: 'global' as const },
    circumstances: [{ type: 'tags' as const, tag: '' }],
    circumstanceOperator: 'any' as const,
  };
  if (type === 'subscription')
    return {
      type,
      kind: 'grant',
      name: '',
      accessType: 'read',
      level: 'entitlements',
      condition: "@isInGroups('')",
      ...place,
    };
  return {
    type,
    name: '',
    scope: { kind: 'global' },
    circumstances: [{ type: 'all' }],
    circumstanceOperator: 'any',
    action: { kind: 'mask', masking: { maskingType: 'hash' }, target: { columns: 'tagged', tag: '' } },
    who: { for: 'everyoneExcept', condition: "@isInGroups('')" },
  };
}

/** A draft to begin with, on one data source alone. */
export const draftOnSource = (type: PolicyType, dataSourceId: number): PolicyDraft => ({
  ...emptyDraft(type),
  scope: { kind: 'local', dataSourceId },
  circumstances: [{ type: 'all' }],
});

const subscriptionOf = (policy: SubscriptionPolicy): SubscriptionDraft => ({
  type: 'subscription',
  kind: policy.kind,
  name: policy.name,
  scope: policy.scope,
  accessType: policy.accessType,
  level: policy.level,
  ...(policy.condition === undefined ? {} : { condition: policy.condition }),
  ...(policy.users === undefined ? {} : { users: policy.users }),
  circumstances: policy.circumstances,
  circumstanceOperator: policy.circumstanceOperator,
  ...(policy.certification === undefined ? {} : { certification: policy.certification }),
});
const dataOf = (policy: DataPolicy): DataDraft => ({
  type: 'data',
  name: policy.name,
  scope: policy.scope,
  action: policy.action,
  who: policy.who,
  circumstances: policy.circumstances,
  circumstanceOperator: policy.circumstanceOperator,
  ...(policy.certification === undefined ? {} : { certification: policy.certification }),
});

/** What is stored, as its author would write it. */
export const draftOf = (policy: Policy): PolicyDraft =>
  policy.type === 'data' ? dataOf(policy) : subscriptionOf(policy);

/** The same policy for another level: what no longer belongs to it is left out. */
export function withLevel(draft: SubscriptionDraft, level: SubscriptionDraft['level']): SubscriptionDraft {
  const { condition, users, ...rest } = draft;
  if (level === 'entitlements') return { ...rest, level, condition: condition ?? '' };
  return level === 'manual' ? { ...rest, level, users: users ?? [] } : { ...rest, level };
}

/** The same policy as a grant or a guardrail; a guardrail is always a condition. */
export const withKind = (draft: SubscriptionDraft, kind: SubscriptionDraft['kind']): SubscriptionDraft =>
  kind === 'guardrail' ? { ...withLevel(draft, 'entitlements'), kind } : { ...draft, kind };

export const circumstanceTypes = [
  'all',
  'tags',
  'columnTags',
  'object',
  'columnRegex',
  'noTags',
  'ownerSelected',
] as const satisfies readonly Circumstance['type'][];
export type CircumstanceType = (typeof circumstanceTypes)[number];

export function emptyCircumstance(type: CircumstanceType): Circumstance {
  switch (type) {
    case 'tags':
    case 'columnTags':
      return { type, tag: '' };
    case 'columnRegex':
      return { type, regex: '', caseInsensitive: true };
    case 'object':
      return { type, connectionKey: '', objectPath: [] };
    default:
      return { type };
  }
}

/** The masks that can be chosen now, the strictest first. */
export const maskingTypes = [
  'null',
  'hash',
  'constant',
  'regex',
  'rounding',
  'custom',
] as const satisfies readonly MaskingType[];

export function emptyMasking(type: (typeof maskingTypes)[number]): Masking {
  switch (type) {
    case 'constant':
      return { maskingType: type, value: 'hidden' };
    case 'regex':
      return {
        maskingType: type,
        pattern: '^(.).*@(.*)$',
        replacement: '$1***@$2',
        global: false,
        caseInsensitive: false,
        onNoMatch: 'null',
      };
    case 'rounding':
      return { maskingType: type, bucket: 10, unit: 'month' };
    case 'custom':
      return { maskingType: type, expression: "left(@column, 1) || '…'" };
    default:
      return { maskingType: type };
  }
}

export const rowKinds = ['match', 'where', 'time'] as const;
export function emptyRow(kind: (typeof rowKinds)[number]): RowRule {
  switch (kind) {
    case 'match':
      return { kind, by: { kind: 'attribute', name: '' }, columnTag: '', ifTagMissing: 'deny' };
    case 'where':
      return { kind, predicate: '', ifTagMissing: 'deny' };
    case 'time':
      return { kind, columnTag: '', keep: 'newerThan', amount: 12, unit: 'months', ifTagMissing: 'deny' };
  }
}

/** The same data policy for another act, with who fits it. */
export function withAction(draft: DataDraft, kind: DataDraft['action']['kind']): DataDraft {
  const { action, who } = draft;
  const target = action.kind === 'row' ? { columns: 'tagged' as const, tag: '' } : action.target;
  const condition = who.for === 'everyone' ? '' : who.condition;
  if (kind === 'mask')
    return {
      ...draft,
      action: { kind, masking: emptyMasking('hash'), target },
      who: { for: 'everyoneExcept', condition },
    };
  if (kind === 'reveal')
    return { ...draft, action: { kind, target }, who: { for: 'everyoneWho', condition, otherwise: 'none' } };
  return { ...draft, action: { kind, row: emptyRow('match') }, who: { for: 'everyoneExcept', condition } };
}

/** Whether two drafts say the same. */
export const isSameDraft = (a: PolicyDraft, b: PolicyDraft): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What a scope is called, by one of those whose name is known. */
export const nameOfScope = (
  scope: PolicyDraft['scope'],
  known: readonly ({ readonly scope: PolicyDraft['scope']; readonly name: string } | undefined)[],
): string | undefined => known.find((one) => JSON.stringify(one?.scope) === JSON.stringify(scope))?.name;
