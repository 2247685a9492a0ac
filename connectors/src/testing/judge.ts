import type { ObjectProvisioningState } from '@stoa/contract/enums';
import { sourceProblem } from '@stoa/core/access/compile';
import { containerName } from '@stoa/core/access/container-name';
import type { AccessFacts, Approval, DesiredAccess, Target } from '@stoa/core/access/model';
import { containerObjectState, membershipState, objectStateOfRequest } from '@stoa/core/provisioning/membership-state';
import type { ObservedContainer, ObservedState } from '@stoa/core/provisioning/observed';
import type { Plan } from '@stoa/core/provisioning/plan';
import type { MemberProof, Probe, Proof, ReadProof } from '@stoa/core/provisioning/proof';
import type { StepResult } from '../connector.ts';

export type JudgedState = {
  readonly requestId: string;
  readonly dataSourceId: number;
  readonly state: ObjectProvisioningState;
  readonly reason: string | null;
  readonly proof: Proof | undefined;
};

const idsOf = (containers: readonly ObservedContainer[]): Map<string, string> =>
  new Map(containers.filter((c) => c.ours).map((c) => [c.name, c.platformId]));

/** Asks about every edge, and every consumer about every object besides: a test is small. */
export function questionsFor(
  facts: AccessFacts,
  desired: DesiredAccess,
  { containers, defaults }: Pick<ObservedState, 'containers' | 'defaults'>,
): Probe[] {
  const ids = idsOf(containers);
  const principals = new Map(facts.users.map((u) => [u.globalUserId, u.identity?.principalId ?? null]));
  return desired.containers.flatMap((container): Probe[] => {
    const containerId = ids.get(container.name);
    if (containerId === undefined) return [];
    const objectIds = container.objects.map((o) => o.platformId);
    const asked = facts.approvals
      .filter((a) => a.targetId === container.targetId)
      .map((a) => principals.get(a.globalUserId));
    const members = [...new Set(asked)].filter((id) => id != null);
    const makers = defaults
      .filter((d) => d.container === container.name)
      .map(({ roleId, schemaId }) => ({ roleId, schemaId }));
    return [
      ...(makers.length > 0 ? [{ kind: 'default' as const, containerId, makers }] : []),
      ...members.map((principalId): Probe => ({ kind: 'member', principalId, containerId })),
      ...[containerId, ...members].map((principalId): Probe => ({ kind: 'read', principalId, objectIds })),
    ];
  });
}

type Evidence = {
  readonly containers: readonly ObservedContainer[];
  readonly plan: Plan;
  readonly results: readonly StepResult[];
  readonly proofs: readonly Proof[];
};

/** The state of each approval on each source, by the rules of `core`. */
export function judge(facts: AccessFacts, desired: DesiredAccess, evidence: Evidence): JudgedState[] {
  const targets = new Map(facts.targets.map((t) => [t.targetId, t]));
  return facts.approvals.flatMap((approval) => {
    const target = targets.get(approval.targetId);
    return target === undefined ? [] : judgeOne(facts, desired, { approval, target, evidence });
  });
}

type Case = { readonly approval: Approval; readonly target: Target; readonly evidence: Evidence };

function judgeOne(facts: AccessFacts, desired: DesiredAccess, { approval, target, evidence }: Case): JudgedState[] {
  const { requestId, targetId, globalUserId } = approval;
  const name = containerName(facts.namePrefix, target);
  const containerId = idsOf(evidence.containers).get(name);
  const principalId = facts.users.find((u) => u.globalUserId === globalUserId)?.identity?.principalId ?? null;
  const { blocked } = evidence.plan;
  const failed = evidence.results.find((r) => r.status === 'failed' && r.statement.step.container.name === name);
  const failure = failed?.status === 'failed' ? failed.failure.message : null;
  const members = evidence.proofs.filter((p): p is MemberProof => p.kind === 'member');
  const reads = evidence.proofs.filter((p): p is ReadProof => p.kind === 'read');
  const proof = members.find((p) => p.principalId === principalId && p.containerId === containerId);
  const membership = membershipState({
    verdict: desired.verdicts.get(requestId) ?? { live: false, reason: 'target.unknown' },
    awaiting: desired.awaiting.find((a) => a.requestId === requestId)?.reason ?? null,
    proof,
    blocked:
      blocked.find(
        (b) => b.targetId === targetId && b.objectId === undefined && (b.principalId ?? principalId) === principalId,
      )?.reason ?? null,
    failure,
    isContinued: facts.approvals.some(
      (a) =>
        a.targetId === targetId && a.globalUserId === globalUserId && desired.verdicts.get(a.requestId)?.live === true,
    ),
    isImpossible: containerId === undefined || principalId === null,
    previous: undefined,
  });
  return target.sources.map(({ dataSourceId }) => {
    const source = facts.sources.find((s) => s.dataSourceId === dataSourceId);
    const readOf = (id: string | null | undefined): ReadProof | undefined =>
      reads.find((r) => r.principalId === id && r.objectId === source?.platformId);
    const object = containerObjectState({
      held: sourceProblem(source),
      readable: readOf(containerId)?.readable,
      isClosedBelow: readOf(containerId)?.isClosedBelow === true,
      blocked: blocked.find((b) => b.targetId === targetId && b.objectId === source?.platformId)?.reason ?? null,
      failure,
      previous: undefined,
    });
    const { state, reason } = objectStateOfRequest(membership, object);
    return {
      requestId,
      dataSourceId,
      state,
      reason,
      proof: state === 'ACTIVE' ? (readOf(principalId) ?? proof) : proof,
    };
  });
}
