import { claims, person, source, submittedAt, who } from '../cases/world.ts';
import type {
  AccessRequestObject,
  Actor,
  AssetObject,
  DataProductObject,
  NewRequestObject,
  RequestFormObject,
} from './objects.ts';

/** One actor per column of the matrix in product.md 5; each holds that one right and nothing else. */
export const columns = {
  G: person('g', { permissions: ['GOVERNANCE'] }),
  M: person('m', { domain: [[claims, 'Manage Data Products']] }),
  S: person('s', { groups: ['HR'] }),
  U: person('u', { permissions: ['USER_ADMIN'] }),
  A: person('a', { permissions: ['APPLICATION_ADMIN'] }),
  N: person('n'),
} as const satisfies Record<string, Actor>;

/** What makes the S of the matrix a steward. */
export const stewards = [source('group HR')];

export const product = (over: Partial<DataProductObject> = {}): DataProductObject => ({
  kind: 'data-product',
  id: 'p1',
  name: 'Claims 2026',
  domains: [claims],
  owners: [],
  suspended: false,
  deleted: false,
  reviewers: stewards,
  shownToConsumers: true,
  callerHasRequest: false,
  ...over,
});

export const form = (over: Partial<RequestFormObject> = {}): RequestFormObject => ({
  kind: 'request-form',
  name: 'Claims form',
  isStandard: false,
  usedByAsset: false,
  domains: [claims],
  reviewers: stewards,
  ...over,
});

export const asset: AssetObject = { kind: 'asset', id: 'a1', name: 'claims', domains: [claims], reviewers: stewards };

export const accessRequest = (over: Partial<AccessRequestObject> = {}): AccessRequestObject => ({
  kind: 'access-request',
  id: 'q1',
  status: 'PENDING',
  submittedAt,
  requestingUser: who('consumer'),
  beneficiary: who('consumer2'),
  target: { type: 'DATA_PRODUCT', name: 'Claims 2026', domains: [claims], suspended: false, registered: true },
  records: [{ approvers: stewards, status: 'PENDING', actionBy: null }],
  targetReviewers: stewards,
  fourEyes: true,
  distinctReviewers: false,
  awaitsAcceptance: false,
  expiration: null,
  now: submittedAt,
  ...over,
});

export const newRequest = (beneficiary: Actor, over: Partial<NewRequestObject> = {}): NewRequestObject => ({
  kind: 'new-request',
  beneficiary,
  targetDomains: [claims],
  onBehalf: 'anyone',
  ...over,
});
