import { z } from 'zod';
import { conditionText, dataAction, dataWho, patternText, tagPath } from './masking.ts';
import { connectionKeyPath, line, name, numericId, text, uuid } from './text.ts';

export const policyType = z.enum(['subscription', 'data']);
export type PolicyType = z.infer<typeof policyType>;
/** `staged` is written and not in force; `disabled` was in force. Only `active` has an effect. */
export const policyState = z.enum(['staged', 'active', 'disabled']);
export type PolicyState = z.infer<typeof policyState>;
export const subscriptionKind = z.enum(['grant', 'guardrail']);
export type SubscriptionKind = z.infer<typeof subscriptionKind>;
export const dataKind = z.enum(['mask', 'reveal', 'row']);
export type DataKind = z.infer<typeof dataKind>;
export const policyKind = z.enum([...subscriptionKind.options, ...dataKind.options]);
export type PolicyKind = z.infer<typeof policyKind>;

/** Where a policy acts: everywhere, on the sources of a domain, on the author's own, or on one source. */
export const policyScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('global') }),
  z.object({ kind: z.literal('domain'), domainId: uuid }),
  /** The data sources that the author owns, as long as they lie in no domain. */
  z.object({ kind: z.literal('restricted') }),
  z.object({ kind: z.literal('local'), dataSourceId: numericId }),
]);
export type PolicyScope = z.infer<typeof policyScope>;
export type PolicyScopeKind = PolicyScope['kind'];

/** What a data source must be for the policy to act on it. Tags include their child tags. */
export const circumstance = z.discriminatedUnion('type', [
  z.object({ type: z.literal('all') }),
  z.object({ type: z.literal('tags'), tag: tagPath }),
  z.object({ type: z.literal('columnTags'), tag: tagPath }),
  z.object({ type: z.literal('noTags') }),
  z.object({ type: z.literal('columnRegex'), regex: patternText, caseInsensitive: z.boolean().default(false) }),
  /** `objectPath` from the database down; everything below it is meant, and an empty one is the whole connection. */
  z.object({
    type: z.literal('object'),
    connectionKey: connectionKeyPath,
    objectPath: z.array(line(255)).max(10),
  }),
  /** A data owner has picked the policy for the source. */
  z.object({ type: z.literal('ownerSelected') }),
]);
export type Circumstance = z.infer<typeof circumstance>;

/** The usual condition as lists: each group and attribute is one call, joined by the operator. */
export const entitlements = z.object({
  operator: z.enum(['any', 'all']),
  groups: z.array(line(255)).max(200).default([]),
  attributes: z
    .array(z.object({ name: line(255), value: line(255) }))
    .max(200)
    .default([]),
});
export type Entitlements = z.infer<typeof entitlements>;

/** What a data owner signs before the policy acts on a source of theirs. */
export const certification = z.object({ label: line(255), text: text(10_000) });
export type Certification = z.infer<typeof certification>;

/** On which sources of its scope a policy acts. */
const circumstances = {
  certification: certification.optional(),
  circumstances: z.array(circumstance).min(1).max(50),
  circumstanceOperator: z.enum(['any', 'all']).default('any'),
};

/** What a subscription policy says, beside its name, kind, scope and state. */
export const subscriptionBody = z.object({
  /** `write` is modelled and not offered yet. */
  accessType: z.enum(['read', 'write']).default('read'),
  /** Of a guardrail always `entitlements`. */
  level: z.enum(['anyone', 'entitlements', 'manual']),
  condition: conditionText.optional(),
  /** `globalUserId`s of level `manual`. */
  users: z.array(uuid).max(5_000).optional(),
  ...circumstances,
});
export type SubscriptionBody = z.infer<typeof subscriptionBody>;

/** What a data policy says, beside its name, scope and state. Its kind is that of its action. */
export const dataBody = z.object({
  action: dataAction,
  who: dataWho,
  ...circumstances,
});
export type DataBody = z.infer<typeof dataBody>;

export const policyName = name;
/** A policy's key stands in audit events, explanations and files; it never changes. */
export const policyKeyForm = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const policyKey = z.string().regex(policyKeyForm, 'may hold lower-case letters, digits and - alone');

/** What owners decided of a policy, each as the data sources of which it is true. */
export type OwnerDecisions = {
  /** Those of its author, where its scope asks for them. */
  readonly owned: readonly number[];
  readonly selected: readonly number[];
  /** Signed since the policy last asked for signatures. */
  readonly certified: readonly number[];
  /** Switched off there. */
  readonly off: readonly number[];
};

/** Every stored policy in the form that decisions read. `number` grows with age and is never given twice. */
type Stored = {
  readonly id: string;
  readonly number: number;
  readonly policyKey: string;
  readonly name: string;
  readonly scope: PolicyScope;
  readonly state: PolicyState;
  readonly version: number;
  /** Left out where nothing is decided. */
  readonly decisions?: OwnerDecisions | undefined;
};
export type StoredSubscriptionPolicy = Stored & {
  readonly type: 'subscription';
  readonly kind: SubscriptionKind;
  readonly body: SubscriptionBody;
};
export type StoredDataPolicy = Stored & {
  readonly type: 'data';
  readonly kind: DataKind;
  readonly body: DataBody;
};
export type StoredPolicy = StoredSubscriptionPolicy | StoredDataPolicy;
