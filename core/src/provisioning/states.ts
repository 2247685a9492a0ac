import type { ObjectProvisioningState, ProvisioningState } from '@stoa/contract/enums';
import type { AccessFacts, Approval, DesiredAccess, DesiredContainer, Source } from '../access/model.ts';
import type { ObservedContainer } from './observed.ts';
import type { Blocked } from './plan.ts';
import type { Proof } from './proof.ts';

/** A statement that did not take effect, by container, and by object or principal where it named them. */
export type StepFailure = {
  readonly container: string;
  readonly phase: 'members' | 'objects';
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
