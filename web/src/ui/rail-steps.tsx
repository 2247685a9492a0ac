import type { ProvisioningState, RequestStatus } from '@stoa/contract/enums';
import type { RailState, RailStep } from './AccessRail.tsx';
import { TimeStamp } from './TimeStamp.tsx';

export type RailFacts = {
  readonly status: RequestStatus;
  readonly statusLabel?: string;
  readonly provisioning: ProvisioningState;
  /** Of access that is over: whether it was ever seen to stand. Undefined where that is not known. */
  readonly wasGranted?: boolean | undefined;
  readonly requestedAt?: string | undefined;
  readonly decidedAt?: string | undefined;
  readonly grantedAt?: string | undefined;
  readonly verifiedAt?: string | undefined;
  readonly expiresAt?: string | undefined;
};

const at = (value: string | undefined): Pick<RailStep, 'detail'> =>
  value === undefined ? {} : { detail: <TimeStamp value={value} /> };

function decidedState(status: RequestStatus): RailState {
  if (status === 'PENDING') return 'active';
  return status === 'DENIED' || status === 'CANCELED' ? 'blocked' : 'done';
}

function grantedState({ status, provisioning, wasGranted }: RailFacts): RailState {
  if (status === 'PENDING' || status === 'DENIED' || status === 'CANCELED') return 'next';
  if (provisioning === 'FAILED' || provisioning === 'REMOVE_FAILED') return 'failed';
  if (provisioning === 'AWAITING_ACCEPTANCE' || provisioning === 'AWAITING_IDENTITY') return 'blocked';
  if (provisioning === 'PROVISIONING' || provisioning === 'REMOVING') return 'active';
  return provisioning === 'NONE' || (provisioning === 'REMOVED' && wasGranted === false) ? 'next' : 'done';
}

function verifiedState(facts: RailFacts): RailState {
  const isGranted = grantedState(facts) === 'done';
  if (facts.provisioning === 'ACTIVE' || (facts.provisioning === 'REMOVED' && isGranted)) return 'done';
  return isGranted ? 'active' : 'next';
}

/** The five steps of a request's access, from its status and the state on the platform. */
export function railStepsOf(facts: RailFacts): RailStep[] {
  const label = facts.statusLabel === undefined ? {} : { label: facts.statusLabel };
  const steps: RailStep[] = [
    { node: 'requested', state: 'done', ...at(facts.requestedAt) },
    { node: 'decided', state: decidedState(facts.status), ...label, ...at(facts.decidedAt) },
    { node: 'granted', state: grantedState(facts), ...at(facts.grantedAt) },
    { node: 'verified', state: verifiedState(facts), ...at(facts.verifiedAt) },
  ];
  const hasEnded = facts.status === 'EXPIRED' || facts.status === 'REVOKED';
  if (facts.expiresAt !== undefined || hasEnded) {
    steps.push({ node: 'expires', state: hasEnded ? 'done' : 'next', ...at(facts.expiresAt) });
  }
  return steps;
}
