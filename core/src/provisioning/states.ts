import type { ObjectProvisioningState, ProvisioningState } from '@stoa/contract/enums';
import { sourceProblem } from '../access/compile.ts';
import { containerName } from '../access/container-name.ts';
import type { AccessFacts, Approval, DesiredAccess, Source, Target } from '../access/model.ts';
import type { ObservedContainer } from './observed.ts';
import type { Blocked } from './plan.ts';
import type { MemberProof, Proof, ReadProof } from './proof.ts';

/** A statement that did not take effect, by container, and by object or principal where it named them. */
export type StepFailure = {
  readonly container: string;
  readonly objectIds: readonly string[];
  readonly principalIds: readonly string[];
  /** Class and sentence: `privilege: permission denied for table x`. */
  readonly reason: string;
};

/** What a run has learned of the platform after applying. Object proofs of a container may be those of its last run. */
export type Evidence = {
  readonly containers: readonly ObservedContainer[];
  readonly proofs: readonly Proof[];
  readonly blocked: readonly Blocked[];
  readonly failures: readonly StepFailure[];
  /** `requestId/dataSourceId` -> last recorded state, so that a loss is told from work not done yet. */
  readonly previous: ReadonlyMap<string, ObjectProvisioningState>;
};

export type ObjectState = {
  readonly requestId: string;
  readonly dataSourceId: number;
  readonly platformId: string;
  readonly state: ObjectProvisioningState;
  /** A code or `class: sentence`; absent when there is nothing to tell. */
  readonly reason?: string;
  /** The answer that proves `ACTIVE` or `REMOVED`. */
  readonly proof?: Proof;
};

type Answer = Pick<ObjectState, 'state' | 'reason' | 'proof'>;

/**
 * The state of each approval on each source of its target, from what the platform answered. `ACTIVE` and `REMOVED` need a
 * proof; an error of a statement counts for nothing where the proof says that the effect is there.
 */
export function objectStates(facts: AccessFacts, desired: DesiredAccess, evidence: Evidence): readonly ObjectState[] {
  const index = indexEvidence(facts, desired, evidence);
  const states: ObjectState[] = [];
  for (const approval of facts.approvals) {
    const target = index.targets.get(approval.targetId);
    if (target === undefined) continue;
    for (const { dataSourceId } of target.sources) {
      const source = index.sources.get(dataSourceId);
      const answer = judge(index, { approval, target, source, dataSourceId });
      states.push({ requestId: approval.requestId, dataSourceId, platformId: source?.platformId ?? '', ...answer });
    }
  }
  return states;
}

type Index = {
  readonly evidence: Evidence;
  readonly desired: DesiredAccess;
  readonly namePrefix: string;
  readonly targets: ReadonlyMap<string, Target>;
  readonly sources: ReadonlyMap<number, Source>;
  readonly principals: ReadonlyMap<string, string | null>;
  readonly awaiting: ReadonlyMap<string, string>;
  readonly containers: ReadonlyMap<string, string>;
  readonly members: ReadonlyMap<string, MemberProof>;
  readonly reads: ReadonlyMap<string, ReadProof>;
  readonly blocked: ReadonlyMap<string, string>;
  /** `targetId/globalUserId` of approvals that hold: an older one beside them is over without any revoke. */
  readonly live: ReadonlySet<string>;
};

const key = (...parts: readonly (string | number)[]): string => parts.join('/');

function indexEvidence(facts: AccessFacts, desired: DesiredAccess, evidence: Evidence): Index {
  const members = new Map<string, MemberProof>();
  const reads = new Map<string, ReadProof>();
  for (const proof of evidence.proofs) {
    if (proof.kind === 'member') members.set(key(proof.principalId, proof.containerId), proof);
    else reads.set(key(proof.principalId, proof.objectId), proof);
  }
  const blocked = new Map<string, string>();
  for (const b of evidence.blocked) blocked.set(key(b.targetId, b.objectId ?? b.principalId ?? ''), b.reason);
  const live = new Set<string>();
  for (const a of facts.approvals) {
    if (desired.verdicts.get(a.requestId)?.live) live.add(key(a.targetId, a.globalUserId));
  }
  return {
    evidence,
    desired,
    namePrefix: facts.namePrefix,
    targets: new Map(facts.targets.map((t) => [t.targetId, t])),
    sources: new Map(facts.sources.map((s) => [s.dataSourceId, s])),
    principals: new Map(facts.users.map((u) => [u.globalUserId, u.identity?.principalId ?? null])),
    awaiting: new Map(desired.awaiting.map((a) => [a.requestId, a.reason])),
    containers: new Map(evidence.containers.filter((c) => c.ours).map((c) => [c.name, c.platformId])),
    members,
    reads,
    blocked,
    live,
  };
}

type Case = {
  readonly approval: Approval;
  readonly target: Target;
  readonly source: Source | undefined;
  readonly dataSourceId: number;
};

function judge(index: Index, about: Case): Answer {
  const { requestId } = about.approval;
  const verdict = index.desired.verdicts.get(requestId);
  if (verdict?.live === true) {
    const reason = index.awaiting.get(requestId);
    return reason === undefined ? judgeGiven(index, about) : { state: 'AWAITING_IDENTITY', reason };
  }
  if (verdict?.reason === 'approval.awaiting_acceptance') return { state: 'AWAITING_ACCEPTANCE' };
  return judgeTaken(index, about, verdict?.reason ?? 'approval.ended');
}

function judgeGiven(index: Index, about: Case): Answer {
  const { approval, target, source } = about;
  const held = sourceProblem(source);
  if (source === undefined || held === 'source.missing') return { state: 'FAILED', reason: held ?? 'source.unknown' };
  if (held !== null) return { state: 'PREVENTED', reason: held };
  const container = containerName(index.namePrefix, target.kind, target.containerNumber);
  const containerId = index.containers.get(container) ?? '';
  const principalId = index.principals.get(approval.globalUserId) ?? '';
  const member = index.members.get(key(principalId, containerId));
  const own = index.reads.get(key(containerId, source.platformId));
  const direct = index.reads.get(key(principalId, source.platformId));
  const through = member?.effective === true && member.connect;
  if (through && own?.readable && direct?.readable !== false) return { state: 'ACTIVE', proof: direct ?? member };
  const problem = blockedReason(index, target.targetId, [source.platformId, principalId, '']);
  if (problem === 'object.out_of_domain') return { state: 'PREVENTED', reason: problem };
  if (problem === 'principal.missing') return { state: 'AWAITING_IDENTITY', reason: 'identity.absent' };
  const reason = problem ?? failureReason(index, container, { objectId: source.platformId, principalId });
  if (reason !== null) return { state: 'FAILED', reason };
  if (index.evidence.previous.get(key(approval.requestId, about.dataSourceId)) === 'ACTIVE')
    return { state: 'DRIFTED' };
  if (member?.effective === true && !member.connect) return { state: 'FAILED', reason: 'principal.may_not_connect' };
  if (member !== undefined && own !== undefined) return { state: 'FAILED', reason: 'proof.negative' };
  return { state: 'PROVISIONING' };
}

function judgeTaken(index: Index, { approval, target }: Case, why: string): Answer {
  if (index.live.has(key(target.targetId, approval.globalUserId)))
    return { state: 'REMOVED', reason: 'approval.continued' };
  const container = containerName(index.namePrefix, target.kind, target.containerNumber);
  const containerId = index.containers.get(container);
  const principalId = index.principals.get(approval.globalUserId) ?? null;
  if (containerId === undefined || principalId === null) return { state: 'REMOVED', reason: why };
  const proof = index.members.get(key(principalId, containerId));
  if (proof?.effective === false) return { state: 'REMOVED', reason: why, proof };
  const failure = failureReason(index, container, { objectId: '', principalId });
  if (failure !== null) return { state: 'REMOVE_FAILED', reason: failure };
  return proof === undefined
    ? { state: 'REMOVING' }
    : { state: 'REMOVE_FAILED', reason: 'membership.of_another_grantor' };
}

function blockedReason(index: Index, targetId: string, ids: readonly string[]): string | null {
  for (const id of ids) {
    const reason = index.blocked.get(key(targetId, id));
    if (reason !== undefined) return reason;
  }
  return null;
}

function failureReason(
  index: Index,
  container: string,
  about: { readonly objectId: string; readonly principalId: string },
): string | null {
  const failure = index.evidence.failures.find(
    (f) =>
      f.container === container &&
      (f.objectIds.includes(about.objectId) ||
        f.principalIds.includes(about.principalId) ||
        f.objectIds.length + f.principalIds.length === 0),
  );
  return failure?.reason ?? null;
}

/** From bad to good; the first that occurs names the whole. */
const severity: readonly ObjectProvisioningState[] = [
  'FAILED',
  'REMOVE_FAILED',
  'AWAITING_IDENTITY',
  'AWAITING_ACCEPTANCE',
  'DRIFTED',
  'PROVISIONING',
  'REMOVING',
  'ACTIVE',
  'REMOVED',
  'PREVENTED',
  'NONE',
];

/** The worst of some objects' states; `NONE` of none. */
export function worst(states: readonly ObjectProvisioningState[]): ObjectProvisioningState {
  return severity.find((state) => states.includes(state)) ?? 'NONE';
}

/** A request's state: its worst object's. Drift is being healed; what a guardrail holds back is nothing to provision. */
export function requestState(states: readonly ObjectProvisioningState[]): ProvisioningState {
  const state = worst(states);
  if (state === 'DRIFTED') return 'PROVISIONING';
  return state === 'PREVENTED' ? 'NONE' : state;
}
