import type { ObjectProvisioningState, ProvisioningState } from '@stoa/contract/enums';

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
