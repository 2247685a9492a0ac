import type { ObjectProvisioningState } from '@stoa/contract/enums';
import { exposed, sourceProblem } from '@stoa/core/access/compile';
import type { Approval, DesiredContainer, PreventedParts, Target } from '@stoa/core/access/model';
import { leavesTooWide, tooWide } from '@stoa/core/provisioning/holds-back';
import { containerObjectState, type MembershipState, membershipState } from '@stoa/core/provisioning/membership-state';
import type { MemberProof, ReadProof } from '@stoa/core/provisioning/proof';
import { idsToAsk } from './questions.ts';
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
  /** Parts of the target that a guardrail keeps closed; null where none does. */
  readonly prevented: { readonly parts: readonly number[]; readonly reason: string } | null;
};
/** The access has ended, and sessions that were open then have not. */
export const sessionsLeft = 'sessions.left';

export type JudgedObject = MembershipState & {
  readonly targetId: string;
  readonly dataSourceId: number;
  readonly part: number;
};

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
  const containers = new Map<string, DesiredContainer[]>();
  for (const container of desired.containers) {
    const known = containers.get(container.targetId);
    if (known) known.push(container);
    else containers.set(container.targetId, [container]);
  }
  return {
    blocked,
    containers,
    failures,
    tooWide: tooWideContainers(run),
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

/** Names of the containers that hold more than they should since this run, which looked at them as a whole, could not take it away. */
export const tooWideContainers = ({ results }: Pick<Run, 'results'>): ReadonlySet<string> =>
  new Set(
    results.flatMap(({ status, statement: { step } }) =>
      status === 'failed' && leavesTooWide(step) ? [step.container.name] : [],
    ),
  );

type MembershipCase = { approval: Approval; target: Target; previous: ObjectProvisioningState | undefined };

function judgeMembership(run: Run, index: Index, { approval, target, previous }: MembershipCase): JudgedMembership {
  const identity = index.users.get(approval.globalUserId) ?? null;
  const principalId = identity?.principalId ?? null;
  const verdict = run.desired.verdicts.get(approval.requestId) ?? {
    live: false as const,
    reason: 'target.unknown' as const,
  };
  const containers = index.containers.get(target.targetId) ?? [];
  const prevented = run.desired.prevented.get(approval.requestId);
  const isOpen = ({ part }: DesiredContainer) => verdict.live && prevented?.parts.includes(part) !== true;
  const asked = (ids: readonly string[]) => ids.map((id) => index.members.get(`${principalId ?? ''}/${id}`));
  const idOf = ({ name }: DesiredContainer) => run.containerIds.get(name) ?? [];
  const open = asked(containers.filter((c) => c.exists && isOpen(c)).flatMap(idOf));
  // Whoever is to be out of a container is out of it also where it is not found under its name any more.
  const shut = containers.filter((c) => !isOpen(c));
  const closed = asked(shut.flatMap((c) => [...idsToAsk(c, run.containerIds)]));
  const failure = containers.map(({ name }) => index.failures.get(name)).find((one) => one !== undefined);
  const judged = membershipState({
    verdict,
    awaiting: index.awaiting.get(approval.requestId) ?? null,
    proof: verdict.live ? allEffective(open) : anyEffective(closed),
    prevented:
      prevented === undefined
        ? null
        : { reason: preventedReason(prevented), isWhole: prevented.isWhole, proof: anyEffective(closed) },
    blocked:
      index.blocked.get(`${approval.targetId}/${principalId ?? ''}`) ??
      index.blocked.get(`${approval.targetId}/`) ??
      (containers.some((c) => isOpen(c) && index.tooWide.has(c.name)) ? tooWide : null),
    failure: failure?.text ?? null,
    isContinued: !verdict.live && index.live.has(`${approval.targetId}/${approval.globalUserId}`),
    isImpossible: principalId === null || open.length + closed.length === 0,
    isOfStray: asked(shut.flatMap(idOf)).every((proof) => proof?.effective === false),
    previous,
  });
  const isLeft = judged.state === 'REMOVED' && run.leftOpen?.has(approval.requestId) === true;
  return {
    ...judged,
    ...(isLeft ? { reason: sessionsLeft } : {}),
    requestId: approval.requestId,
    targetId: approval.targetId,
    globalUserId: approval.globalUserId,
    principal: identity?.externalName ?? null,
    proof: verdict.live ? allEffective(open) : anyEffective(closed),
    reads: principalId === null ? [] : (index.reads.get(principalId) ?? []),
    errorClass: failure?.class ?? null,
    prevented: prevented === undefined ? null : { parts: prevented.parts, reason: preventedReason(prevented) },
  };
}

/** Being in all of them is one state: the first that is not so, or was not answered, speaks for all. */
const allEffective = (proofs: readonly (MemberProof | undefined)[]): MemberProof | undefined =>
  proofs.find((proof) => proof?.effective === false) ?? (proofs.includes(undefined) ? undefined : proofs[0]);

/** Being in none of them is one state. */
const anyEffective = (proofs: readonly (MemberProof | undefined)[]): MemberProof | undefined =>
  proofs.find((proof) => proof?.effective === true) ?? (proofs.includes(undefined) ? undefined : proofs[0]);

const preventedReason = ({ guardrails }: PreventedParts): string =>
  `guardrail.unmet: ${guardrails.map(({ name }) => name).join(', ')}`;

function judgeObjects(
  run: Run,
  index: Index,
  { container, previous }: { container: DesiredContainer; previous: Previous },
): JudgedObject[] {
  const target = index.targets.get(container.targetId);
  const containerId = run.containerIds.get(container.name);
  const answered = containerId === undefined ? [] : (index.reads.get(containerId) ?? []);
  const reads = new Map(answered.map((read) => [read.objectId, read]));
  const { part } = container;
  const own = target?.parts?.find((one) => one.part === part)?.sourceIds ?? null;
  const listed = (target?.sources ?? []).filter(({ dataSourceId }) => own === null || own.has(dataSourceId));
  return listed.map(({ dataSourceId }) => {
    const source = index.sources.get(dataSourceId);
    const objectId = source === undefined ? '' : exposed(source).platformId;
    const judged = containerObjectState({
      held: sourceProblem(source),
      readable: reads.get(objectId)?.readable,
      isClosedBelow: reads.get(objectId)?.isClosedBelow === true,
      blocked:
        index.blocked.get(`${container.targetId}/${objectId}`) ?? index.blocked.get(`${container.targetId}/`) ?? null,
      failure: index.failures.get(container.name)?.text ?? null,
      previous: previous.objects.get(`${container.targetId}/${dataSourceId}`),
    });
    return { ...judged, targetId: container.targetId, dataSourceId, part };
  });
}
