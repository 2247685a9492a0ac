import { listPeopleChanges } from '@stoa/contract/people-change';
import { useOperation } from '../lib/api.ts';

/** How many changes of people wait on the caller, and on nobody less than a user admin. */
export const useWaitingPeopleChanges = (): number =>
  useOperation(listPeopleChanges, { query: { waitsForMe: true, limit: 1 } }).data?.meta.totalCount ?? 0;
