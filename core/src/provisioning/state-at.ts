import type { ObjectProvisioningState } from '@stoa/contract/enums';
import type { AccessEvidence } from '@stoa/contract/report';

/** What is on record of an approval and a data source at an earlier moment. */
export type AccessAt = {
  /** The approval held then: it was decided, had not ended, and its time had not run out. */
  readonly isHeld: boolean;
  /** Somebody has not accepted its agreements to this day. */
  readonly awaitsAcceptance: boolean;
  /** The state that was last recorded by then; null: none was yet. */
  readonly recorded: ObjectProvisioningState | null;
  /** The data source was enabled then. */
  readonly isEnabled: boolean;
};

export type StateAt = { readonly state: ObjectProvisioningState; readonly evidence: AccessEvidence };

/** What the platform itself had answered. */
const answered: ReadonlySet<ObjectProvisioningState> = new Set(['ACTIVE', 'REMOVED', 'REMOVE_FAILED']);

/**
 * The state of an approval on a data source at an earlier moment. What the platform had proved stands until it proved otherwise: an
 * approval that has ended is still access until its removal was read back.
 */
export function stateAt({ isHeld, awaitsAcceptance, recorded, isEnabled }: AccessAt): StateAt {
  if (!isHeld) return ended(recorded);
  if (recorded === null)
    return { state: awaitsAcceptance ? 'AWAITING_ACCEPTANCE' : 'PROVISIONING', evidence: 'DECIDED' };
  if (recorded === 'ACTIVE' && !isEnabled) return { state: 'PREVENTED', evidence: 'DECIDED' };
  return { state: recorded, evidence: answered.has(recorded) ? 'PROVED' : 'DECIDED' };
}

function ended(recorded: ObjectProvisioningState | null): StateAt {
  if (recorded === 'REMOVED' || recorded === 'REMOVE_FAILED') return { state: recorded, evidence: 'PROVED' };
  return { state: 'REMOVING', evidence: recorded === 'ACTIVE' ? 'PROVED' : 'DECIDED' };
}
