import type { ObjectProvisioningState } from '@stoa/contract/enums';
import type { ApprovalVerdict, HeldReason } from '../access/model.ts';
import type { BlockedReason } from './plan.ts';
import type { MemberProof } from './proof.ts';

/** What is known of one approval on one connection after a run. */
export type MembershipEvidence = {
  readonly verdict: ApprovalVerdict;
  /** Why the approval cannot be pushed yet; null when it can. */
  readonly awaiting: string | null;
  /** What the platform answered about the pair; undefined when it was not asked. */
  readonly proof: MemberProof | undefined;
  /**
   * A guardrail keeps the person out of some of what was approved, or of all of it; `proof` is the platform's answer about
   * these parts. Null: none does.
   */
  readonly prevented?: {
    readonly reason: string;
    readonly isWhole: boolean;
    readonly proof: MemberProof | undefined;
  } | null;
  /** Why the plan left the pair out. */
  readonly blocked: BlockedReason | null;
  /** `class: sentence` of the statement that failed. */
  readonly failure: string | null;
  /** Another approval of the same person on the same target holds. */
  readonly isContinued: boolean;
  /**
   * No container was ever seen on the platform, or the person's principal is not there: there is nothing to be a member of, or
   * nobody. A container that is not found any more is asked about by its id.
   */
  readonly isImpossible: boolean;
  /** The proof is about a role that has the id of the container, but neither its name nor our mark. */
  readonly isOfStray?: boolean;
  /** The state recorded before this run; undefined for a new one. */
  readonly previous: ObjectProvisioningState | undefined;
};

/** The state of one approval on one platform, whatever the objects behind it, with a reason where there is one. */
export type MembershipState = { readonly state: ObjectProvisioningState; readonly reason: string | null };

const state = (name: ObjectProvisioningState, reason: string | null = null): MembershipState => ({
  state: name,
  reason,
});

/**
 * Judges the membership half of an approval (product.md 4.1). `ACTIVE` and `REMOVED` need the platform's own answer; the
 * error of a statement counts for nothing where that answer says that the effect is there.
 */
export function membershipState(evidence: MembershipEvidence): MembershipState {
  const { verdict } = evidence;
  if (!verdict.live) {
    if (verdict.reason === 'approval.awaiting_acceptance') return state('AWAITING_ACCEPTANCE');
    return taken(evidence, verdict.reason);
  }
  if (evidence.awaiting !== null) return state('AWAITING_IDENTITY', evidence.awaiting);
  return keptOut(evidence) ?? given(evidence);
}

/** Null: nothing of the approval is held back wholly, and nothing that is held back is still open. */
function keptOut({ prevented, failure }: MembershipEvidence): MembershipState | null {
  if (prevented == null) return null;
  if (prevented.proof?.effective === true) return state('REMOVE_FAILED', failure ?? 'membership.of_another_grantor');
  return prevented.isWhole ? state('PREVENTED', prevented.reason) : null;
}

function given({ proof, blocked, failure, previous }: MembershipEvidence): MembershipState {
  if (proof?.effective === true && proof.connect) return state('ACTIVE');
  if (blocked === 'principal.missing') return state('AWAITING_IDENTITY', 'identity.absent');
  if (blocked === 'connection.checks_failed' || blocked === 'container.too_wide') return state('PROVISIONING', blocked);
  const reason = blocked ?? failure;
  if (reason !== null) return state('FAILED', reason);
  if (proof?.effective === true) return state('FAILED', `principal.${proof.noSignIn ?? 'may_not_connect'}`);
  if (previous === 'ACTIVE') return state('DRIFTED');
  return proof === undefined ? state('PROVISIONING') : state('FAILED', 'proof.negative');
}

function taken(evidence: MembershipEvidence, why: string): MembershipState {
  const { proof, blocked, failure, isContinued, isImpossible, isOfStray } = evidence;
  if (isContinued) return state('REMOVED', 'approval.continued');
  if (isImpossible || proof?.effective === false) return state('REMOVED', why);
  if (failure !== null) return state('REMOVE_FAILED', failure);
  if (proof === undefined) return state('REMOVING');
  if (blocked === 'container.foreign') return state('REMOVE_FAILED', blocked);
  return state('REMOVE_FAILED', isOfStray === true ? 'container.unmarked' : 'membership.of_another_grantor');
}

/** What is known of one object of a container after a run. */
export type ObjectEvidence = {
  /** Why the source must not be granted now. */
  readonly held: HeldReason | null;
  /** The container may read the object, by the platform's own answer; undefined when it was not asked. */
  readonly readable: boolean | undefined;
  /** It may read the view, which reads in its reader's name, but not what is below it. */
  readonly isClosedBelow?: boolean;
  readonly blocked: BlockedReason | null;
  readonly failure: string | null;
  readonly previous: ObjectProvisioningState | undefined;
};

/** The state of one object of a container, whoever its members are. */
export function containerObjectState(evidence: ObjectEvidence): MembershipState {
  const { held, readable, isClosedBelow, blocked, failure, previous } = evidence;
  if (held === 'source.missing' || held === 'source.unknown') return state('FAILED', held);
  if (held !== null) return state('PREVENTED', held);
  if (readable === true) return state('ACTIVE');
  if (blocked === 'object.out_of_domain') return state('PREVENTED', blocked);
  if (blocked === 'connection.checks_failed') return state('PROVISIONING', blocked);
  const reason = blocked ?? failure ?? (isClosedBelow === true ? 'object.reads_as_reader' : null);
  if (reason !== null) return state('FAILED', reason);
  if (previous === 'ACTIVE') return state('DRIFTED');
  return readable === undefined ? state('PROVISIONING') : state('FAILED', 'proof.negative');
}

/**
 * What a requester reads for one object: the membership decides until it is active, then the object does. Taking access
 * away is the membership's matter alone, since the object stays with the other members.
 */
export function objectStateOfRequest(membership: MembershipState, object: MembershipState): MembershipState {
  return membership.state === 'ACTIVE' ? object : membership;
}
