import type { ObjectProvisioningState } from '@stoa/contract/enums';
import { sourceProblem } from '@stoa/core/access/compile';
import { containerName } from '@stoa/core/access/container-name';
import type { Approval, DesiredContainer, Target } from '@stoa/core/access/model';
import { containerObjectState, type MembershipState, membershipState } from '@stoa/core/provisioning/membership-state';
import type { MemberProof, ReadProof } from '@stoa/core/provisioning/proof';
import { failureText, type Run } from './reconcile-connection.ts';

export type JudgedMembership = MembershipState & {
  readonly requestId: string;
  readonly targetId: string;
  readonly globalUserId: string;
  readonly principal: string | null;
  readonly proof: MemberProof | undefined;
  /** What the member was asked about objects directly, where it was. */
  readonly reads: readonly ReadProof[];
  readonly errorClass: string | null;
};
export type JudgedObject = MembershipState & { readonly targetId: string; readonly dataSourceId: number };

export type Judgement = {
  readonly memberships: readonly JudgedMembership[];
  readonly objects: readonly JudgedObject[];
  /** Targets whose container holds less than was recorded: they are looked at as a whole next. */
  readonly suspicious: readonly string[];
};

export type Previous = {
  readonly memberships: ReadonlyMap<string, ObjectProvisioningState>;
  readonly objects: ReadonlyMap<string, ObjectProvisioningState>;
};

/** Turns what a run saw into the states it records. The rules themselves lie in `core`. */
export function judgeRun(run: Run, previous: Previous): Judgement {
  const index = indexRun(run);
  const memberships = run.facts.approvals.flatMap((approval) => {
    const target = index.targets.get(approval.targetId);
    return target === undefined
      ? []
      : [judgeMembership(run, index, { approval, target, previous: previous.memberships.get(approval.requestId) })];
  });
  const suspicious = new Set(
    memberships
      .filter(
        (m) => m.state === 'ACTIVE' && m.reads.some((read) => !read.readable) && index.pairTargets.has(m.targetId),
      )
      .map((m) => m.targetId),
  );
  const objects = run.desired.containers
    .filter((c) => c.onlyPrincipals === null && c.exists && (!c.onDemand || run.containerIds.has(c.name)))
    .flatMap((c) => judgeObjects(run, index, { container: c, previous }));
  return { memberships, objects, suspicious: [...suspicious] };
}

type Index = ReturnType<typeof indexRun>;

function indexRun(run: Run) {
  const { facts, desired, plan, proofs, results } = run;
  const blocked = new Map<string, (typeof plan.blocked)[number]['reason']>();
  for (const b of plan.blocked) blocked.set(`${b.targetId}/${b.objectId ?? b.principalId ?? ''}`, b.reason);
  const failures = new Map<string, { text: string; class: string }>();
  for (const result of results) {
    if (result.status !== 'failed') continue;
    failures.set(result.statement.step.container.name, {
      text: failureText(result.failure),
      class: result.failure.class,
    });
  }
  const members = new Map<string, MemberProof>();
  const reads = new Map<string, ReadProof[]>();
  for (const proof of proofs) {
    if (proof.kind === 'member') members.set(`${proof.principalId}/${proof.containerId}`, proof);
    else if (proof.kind === 'read') {
      const known = reads.get(proof.principalId);
      if (known) known.push(proof);
      else reads.set(proof.principalId, [proof]);
    }
  }
  const live = new Map<string, string>();
  for (const a of facts.approvals)
    if (desired.verdicts.get(a.requestId)?.live === true) live.set(`${a.targetId}/${a.globalUserId}`, a.requestId);
  return {
    blocked,
    failures,
    members,
    reads,
    live,
    targets: new Map(facts.targets.map((t) => [t.targetId, t])),
    users: new Map(facts.users.map((u) => [u.globalUserId, u.identity])),
    sources: new Map(facts.sources.map((s) => [s.dataSourceId, s])),
    awaiting: new Map(desired.awaiting.map((a) => [a.requestId, a.reason])),
    pairTargets: new Set(desired.containers.filter((c) => c.onlyPrincipals !== null).map((c) => c.targetId)),
  };
}

type MembershipCase = { approval: Approval; target: Target; previous: ObjectProvisioningState | undefined };

function judgeMembership(run: Run, index: Index, { approval, target, previous }: MembershipCase): JudgedMembership {
  const name = containerName(run.facts.namePrefix, target.kind, target.containerNumber);
  const identity = index.users.get(approval.globalUserId) ?? null;
  const principalId = identity?.principalId ?? null;
  const containerId = run.containerIds.get(name);
  const proof =
    principalId !== null && containerId !== undefined ? index.members.get(`${principalId}/${containerId}`) : undefined;
  const failure = index.failures.get(name);
  const verdict = run.desired.verdicts.get(approval.requestId) ?? {
    live: false as const,
    reason: 'target.unknown' as const,
  };
  const isContinued = !verdict.live && index.live.has(`${approval.targetId}/${approval.globalUserId}`);
  const judged = membershipState({
    verdict,
    awaiting: index.awaiting.get(approval.requestId) ?? null,
    proof,
    blocked:
      index.blocked.get(`${approval.targetId}/${principalId ?? ''}`) ??
      index.blocked.get(`${approval.targetId}/`) ??
      null,
    failure: failure?.text ?? null,
    isContinued,
    isImpossible: containerId === undefined || principalId === null,
    previous,
  });
  return {
    ...judged,
    requestId: approval.requestId,
    targetId: approval.targetId,
    globalUserId: approval.globalUserId,
    principal: identity?.externalName ?? null,
    proof,
    reads: principalId === null ? [] : (index.reads.get(principalId) ?? []),
    errorClass: failure?.class ?? null,
  };
}

function judgeObjects(
  run: Run,
  index: Index,
  { container, previous }: { container: DesiredContainer; previous: Previous },
): JudgedObject[] {
  const target = index.targets.get(container.targetId);
  const containerId = run.containerIds.get(container.name);
  const readable = new Map(
    (containerId === undefined ? [] : (index.reads.get(containerId) ?? [])).map((read) => [
      read.objectId,
      read.readable,
    ]),
  );
  return (target?.sources ?? []).map(({ dataSourceId }) => {
    const source = index.sources.get(dataSourceId);
    const judged = containerObjectState({
      held: sourceProblem(source),
      readable: readable.get(source?.platformId ?? ''),
      blocked:
        index.blocked.get(`${container.targetId}/${source?.platformId ?? ''}`) ??
        index.blocked.get(`${container.targetId}/`) ??
        null,
      failure: index.failures.get(container.name)?.text ?? null,
      previous: previous.objects.get(`${container.targetId}/${dataSourceId}`),
    });
    return { ...judged, targetId: container.targetId, dataSourceId };
  });
}
