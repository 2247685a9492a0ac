import type { ApprovalStatus, DurationUnit, RequestStatus } from '@stoa/contract/enums';
import type { Instant, PersonRef } from '../person.ts';
import type { ReviewerSource } from './flow.ts';

/** One slot to be decided inside a request. */
export type ApprovalRecord = {
  readonly id: string;
  readonly approvers: readonly ReviewerSource[];
  /** Ids of the records of the stage before. */
  readonly prerequisites: readonly string[];
  readonly status: ApprovalStatus;
  readonly actionBy: PersonRef | null;
  readonly reason: string | null;
  readonly duration: number | null;
  readonly durationUnit: DurationUnit | null;
  readonly approverCriteriaMet: readonly ReviewerSource[];
  readonly decidedAt: Instant | null;
  /** Who re-routed the request to these sources, where a re-route first named them: they do not decide what they assigned. */
  readonly routedBy?: PersonRef | null | undefined;
};
/** The part of a record that says who may decide it. */
export type SlotOfPeople = Pick<ApprovalRecord, 'approvers' | 'routedBy'>;

/** What the review rules need to know of a request. */
export type ReviewedRequest = {
  readonly id: string;
  readonly status: RequestStatus;
  readonly submittedAt: Instant;
  /** Who clicked. */
  readonly requestingUser: PersonRef;
  /** Who gets access (`user` on the wire). */
  readonly beneficiary: PersonRef;
  readonly target: {
    readonly type: 'DATA_PRODUCT' | 'DATA_OBJECT';
    readonly domainIds: readonly string[];
    readonly suspended: boolean;
    /** False for an asset that no crawl has found yet. */
    readonly registered: boolean;
  };
};

export type ReviewSettings = {
  /** Neither the requesting user nor the beneficiary decides (default on). */
  readonly fourEyes: boolean;
  /** One record per person (default off). */
  readonly distinctReviewers: boolean;
};
export const defaultReviewSettings: ReviewSettings = { fourEyes: true, distinctReviewers: false };
