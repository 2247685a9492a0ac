import { accessStatus, assetType, requestType } from '@stoa/contract/enums';
import type { ListState } from '../../ui/list-search.ts';

/** The ways to look at the queue; the first needs nothing in the address. */
export const reviewViews = ['waiting', 'later', 'pending', 'reviewed', 'all'] as const;
export type ReviewView = (typeof reviewViews)[number];

/** What a request may be for, as the filter `targetType` names it. */
export const targetTypes = ['DATA_PRODUCT', 'COLUMNS', 'table', 'view', 'schema', 'database'] as const;
export const reviewRoles = ['steward', 'manager', 'requestor'] as const;
export const reviewStates = ['noReviews', 'reviewedByYou', 'awaitingReviewFromYou'] as const;
const sorts = ['status', 'dataProduct', 'createdAt', 'updatedAt', 'expiration'] as const;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const known = <T extends string>(options: readonly T[], values: readonly string[]): T[] =>
  options.filter((option) => values.includes(option));

const isDecided = (list: Pick<ListState, 'values'>): boolean =>
  known(accessStatus.options, list.values('status')).some((status) => status !== 'PENDING');

/** What is decided already is among neither of the views of what waits: asked for by its status it is among all. */
export function viewOf(list: Pick<ListState, 'text' | 'values'>): ReviewView {
  const view = reviewViews.find((one) => one === list.text('view')) ?? 'waiting';
  return ofView[view].status.length > 0 && isDecided(list) ? 'all' : view;
}

const ofView = {
  waiting: { status: ['PENDING'], reviewStatus: ['awaitingReviewFromYou'], snoozed: false },
  later: { status: ['PENDING'], reviewStatus: [], snoozed: true },
  pending: { status: ['PENDING'], reviewStatus: [], snoozed: undefined },
  reviewed: { status: [], reviewStatus: ['reviewedByYou'], snoozed: undefined },
  all: { status: [], reviewStatus: [], snoozed: undefined },
} as const;

export const isId = (text: string): boolean => uuid.test(text);

/** A mistyped link shows the list without that filter, never an error. */
const idOf = (text: string | undefined): string | undefined => (text !== undefined && isId(text) ? text : undefined);

/**
 * What the server is asked for: the view's filters, unless the address sets the same ones itself (the wire names are
 * the names of the address). The longest waiting comes first where somebody waits, the latest change elsewhere.
 */
export function reviewQueryOf(list: Pick<ListState, 'text' | 'values' | 'sort'>) {
  const view = viewOf(list);
  const status = known(accessStatus.options, list.values('status'));
  const reviewStatus = known(reviewStates, list.values('reviewStatus'));
  const sortBy = sorts.find((one) => one === list.sort?.column);
  const isWaiting = ofView[view].status.length > 0;
  const role = known(reviewRoles, list.values('role'));
  const ends = list.text('expiration');
  return {
    role: role.length > 0 ? role : ['manager' as const, 'steward' as const],
    searchText: list.text('searchText'),
    status: status.length > 0 ? status : [...ofView[view].status],
    reviewStatus: reviewStatus.length > 0 ? reviewStatus : [...ofView[view].reviewStatus],
    snoozed: ofView[view].snoozed,
    type: known(requestType.options, list.values('type')),
    userIds: [...list.values('userIds')],
    dataProductId: idOf(list.text('dataProductId')),
    assetId: idOf(list.text('assetId')),
    assetType: known(assetType.options, list.values('assetType')),
    targetType: known(targetTypes, list.values('targetType')),
    expiration: ends === 'true' ? true : ends === 'false' ? false : undefined,
    ...(sortBy === undefined
      ? {
          sortBy: isWaiting ? ('createdAt' as const) : ('updatedAt' as const),
          sortOrder: isWaiting ? ('asc' as const) : ('desc' as const),
        }
      : { sortBy, sortOrder: list.sort?.order ?? ('asc' as const) }),
  };
}

/**
 * The queue as it was walked so far with what has come since: a decided request leaves the server's list at once, but
 * the way back to it stays.
 */
export const mergeQueue = (walked: readonly string[], now: readonly string[]): readonly string[] => [
  ...walked,
  ...now.filter((id) => !walked.includes(id)),
];

export type Neighbours = {
  readonly position: number;
  readonly total: number;
  readonly previous: string | undefined;
  readonly next: string | undefined;
};

/** Where a request stands in the queue; outside of it the next one is the first of the queue. */
export function neighboursOf(queue: readonly string[], id: string): Neighbours {
  const at = queue.indexOf(id);
  return { position: at + 1, total: queue.length, previous: queue[at - 1], next: queue[at + 1] };
}
