import type { ProvisioningState } from '@stoa/contract/enums';

/** What is known of one masking exception on one connection after a run. */
export type ExemptionEvidence = {
  /** Approved, and not at its end. */
  readonly holds: boolean;
  /** The person has a login there. */
  readonly hasReader: boolean;
  /** How many of its columns have a mask that can be lifted; and how many have none. */
  readonly columns: number;
  readonly unmasked: number;
  /** The platform's answer for each column with a key; null where it was not asked. */
  readonly proven: readonly (boolean | null)[];
  /** Of a statement that failed. */
  readonly failure: string | null;
  /** The checks of the connection fail, so that nothing is given on it. */
  readonly isWithheld?: boolean;
};

export type ExemptionState = {
  readonly state: ProvisioningState;
  readonly reason: string | null;
  /** It is tried again by itself. */
  readonly isOpen: boolean;
};

const closed = (state: ProvisioningState, reason: string | null = null): ExemptionState => ({
  state,
  reason,
  isOpen: false,
});
const open = (state: ProvisioningState, reason: string | null = null): ExemptionState => ({
  state,
  reason,
  isOpen: true,
});

/**
 * Where an exception stands. `ACTIVE` and `REMOVED` need the platform's own answer for every column; an exception none of whose
 * columns has a mask any more has nothing to lift.
 */
export function exemptionState(evidence: ExemptionEvidence): ExemptionState {
  const { holds, hasReader, columns, unmasked, proven, failure, isWithheld } = evidence;
  if (!holds) {
    if (!hasReader || columns === 0 || proven.every((one) => one === false))
      return closed('REMOVED', 'exception.ended');
    return open(failure === null && proven.includes(null) ? 'REMOVING' : 'REMOVE_FAILED', failure);
  }
  if (columns === 0) return closed('NONE', 'exception.no_mask');
  if (!hasReader) return closed('AWAITING_IDENTITY', 'identity.none');
  if (proven.every((one) => one === true)) return closed('ACTIVE', unmasked > 0 ? 'exception.partly_unmasked' : null);
  if (isWithheld === true) return open('PROVISIONING', 'connection.checks_failed');
  return failure === null ? open('PROVISIONING') : open('FAILED', failure);
}
