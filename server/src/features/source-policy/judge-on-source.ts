import type { Circumstance, StoredDataPolicy, StoredPolicy, StoredSubscriptionPolicy } from '@stoa/contract/policy';
import { isOffered, mergeRules, type PolicySource, readPolicyRules } from '@stoa/core/access/policy-rules';
import { policiesMeantFor, sourceJudge } from '@stoa/core/masking/judge-source';
import type { GovernedSource, MaskAbilities } from '@stoa/core/masking/model';
import type { PolicyOnSource } from '@stoa/core/policy/on-source';
import { circumstance as circumstanceForm } from '@stoa/contract/policy';
import type { Circumstance as CoreCircumstance } from '@stoa/core/condition/circumstance';

/** A policy as it stands on one source, with what is stored of it. */
export type JudgedPolicy = PolicyOnSource & {
  readonly policy: StoredPolicy;
  readonly circumstance: Circumstance | null;
};

/** Which mask of several holds does not hang on what a platform can do. */
const anyPlatform: MaskAbilities = { maskTypes: new Set(), rowKinds: new Set(), provenCustom: new Set() };

const shown = (circumstance: CoreCircumstance | null): Circumstance | null =>
  circumstance === null ? null : circumstanceForm.parse(circumstance);

/** How each subscription policy in force stands on a source. Of those that are not meant for it there is nothing. */
export function judgeSubscriptions(
  policies: readonly StoredSubscriptionPolicy[],
  source: PolicySource,
): readonly JudgedPolicy[] {
  const rules = readPolicyRules(policies);
  const merged = mergeRules(rules, [source]).get(source.dataSourceId);
  const stored = new Map(policies.map((policy) => [policy.id, policy]));
  const standings = [
    ...[...(merged?.grants ?? []), ...(merged?.guardrails ?? [])].map((one) => ({
      ...one,
      standing: 'acting' as const,
    })),
    ...(merged?.conflict ?? []).map((one) => ({ ...one, standing: 'conflict' as const })),
    ...(merged?.waiting ?? []).map((one) => ({ ...one, standing: 'waiting' as const })),
    ...(merged?.off ?? []).map((one) => ({ ...one, standing: 'off' as const })),
    ...rules
      .filter((rule) => isOffered(rule, source))
      .map((rule) => ({ rule, circumstance: null, standing: 'offered' as const })),
  ];
  return standings.flatMap(({ rule, circumstance, standing }) => {
    const policy = stored.get(rule.policyId);
    if (policy === undefined) return [];
    const isUnconditional = rule.kind === 'grant' && rule.level !== 'entitlements';
    const about = { policyId: rule.policyId, kind: rule.kind, isUnconditional, standing, wins: [], loses: [] };
    return [{ ...about, policy, circumstance: shown(circumstance) }];
  });
}

/** The same of data policies, with the columns on which a mask holds and those on which another does. */
export function judgeDataPolicies(
  policies: readonly StoredDataPolicy[],
  source: GovernedSource,
): readonly JudgedPolicy[] {
  const stored = new Map(policies.map((policy) => [policy.id, policy]));
  const { columns } = sourceJudge(policies, anyPlatform)(source);
  return policiesMeantFor(policies, source).flatMap(({ policy: { id }, circumstance, standing }) => {
    const policy = stored.get(id);
    if (policy === undefined) return [];
    const wins = columns.filter((column) => column.policyId === id).map((column) => column.name);
    const loses = columns.filter((column) => column.outranked.includes(policy.policyKey)).map((column) => column.name);
    const about = { policyId: id, kind: policy.kind, isUnconditional: false, standing, wins, loses };
    return [{ ...about, policy, circumstance: shown(circumstance) }];
  });
}
