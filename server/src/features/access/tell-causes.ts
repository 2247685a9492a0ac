import type { AccessCause } from '@stoa/contract/access';
import type { ExplainedCause, ExplainedPolicy, Explanation } from '@stoa/core/access/explain';
import type { ExplainedSource } from './load-explained.ts';

/** What gives the access, or would: approvals, policies, and what others granted on the platform. */
export function causesOf(answer: Explanation, source: ExplainedSource, bypass: readonly string[]): AccessCause[] {
  const products = new Map(source.products.map((product) => [product.id, product]));
  const policies = answer.policies.filter(({ kind }) => kind === 'grant');
  return [
    ...answer.causes.map((cause) => toCause(cause, products)),
    ...policies.map((policy) => toPolicyCause(policy, answer, source)),
    ...bypass.map((way) => ({
      kind: 'native_grant' as const,
      label: way,
      gives: true,
      reason: 'granted on the platform by others',
    })),
  ];
}

function toCause(
  cause: ExplainedCause,
  products: ReadonlyMap<string, ExplainedSource['products'][number]>,
): AccessCause {
  const product = products.get(cause.targetId);
  return {
    kind: 'request',
    label: product?.name ?? cause.label,
    gives: cause.gives,
    reason: cause.reason,
    requestId: cause.requestId,
    target: {
      id: cause.targetId,
      type: cause.targetKind === 'dp' ? 'DATA_PRODUCT' : 'DATA_OBJECT',
      name: product?.name ?? cause.label,
      ...(product ? { slug: product.slug } : {}),
    },
    ...(cause.notAfter === null ? {} : { until: new Date(cause.notAfter).toISOString() }),
  };
}

/** A policy as a cause; its reason is what its calls came to, or what keeps the access from coming. */
function toPolicyCause(
  policy: ExplainedPolicy,
  { effective, obstacle, policies }: Explanation,
  source: ExplainedSource,
): AccessCause {
  const told = policy.truth.map(({ because }) => because).join('; ');
  const unmet = policies.filter(({ kind, result }) => kind === 'guardrail' && !result).map(({ name }) => name);
  const kept = obstacle ?? (unmet.length > 0 ? `guardrail.unmet: ${unmet.join(', ')}` : null);
  const gives = policy.result && effective;
  const idle = whyIdle(policy, source);
  const standing = idle ?? (policy.result && !gives ? kept : null) ?? (told || null);
  return { kind: 'policy', label: policy.name, gives, reason: standing, policyId: policy.policyId };
}

/** Why a grant gives nothing to anybody here: the owner of the source has not settled, not signed, or has switched it off. */
export function whyIdle({ isInConflict, idle }: ExplainedPolicy, { owners }: ExplainedSource): string | null {
  if (isInConflict) return 'It is in conflict with another policy that asks for no condition; neither acts.';
  if (idle === 'off') return 'It is switched off on this source, to settle a conflict.';
  if (idle === null) return null;
  return owners.length === 0
    ? 'It waits for certification; the source has no Data Owner yet.'
    : `It waits for certification by ${owners.join(', ')}.`;
}
