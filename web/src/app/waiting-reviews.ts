import { searchAccessRequests } from '@stoa/contract/access-request';
import { useOperation } from '../lib/api.ts';

/** How many requests wait on the caller's decision: the one number that turns the navigation amber. */
export function useWaitingReviews(): number {
  const query = {
    status: ['PENDING' as const],
    reviewStatus: ['awaitingReviewFromYou' as const],
    snoozed: false,
    limit: 1,
  };
  return useOperation(searchAccessRequests, { query }).data?.meta.totalCount ?? 0;
}
