import type { RequestStatus } from '@stoa/contract/enums';
import type { Instant } from '../person.ts';

/** A person's request that names a column. */
export type ColumnRequest = {
  readonly status: RequestStatus;
  readonly expiration: Instant | null;
  readonly createdAt: Instant;
};
export type ColumnStatus = { readonly status: RequestStatus; readonly expiration: Instant | null };

/**
 * How a column stands for a person: an exception that holds comes before a request that waits, and that before whatever was
 * asked last. Null when they never asked. An approval whose end has passed counts as expired, also before the clock's round.
 */
export function columnStatus(requests: readonly ColumnRequest[], now: Instant): ColumnStatus | null {
  const seen = requests
    .map((one) => (one.status === 'APPROVED' && isOver(one, now) ? { ...one, status: 'EXPIRED' as const } : one))
    .toSorted((a, b) => rank(a) - rank(b) || laterEndFirst(a, b) || b.createdAt - a.createdAt);
  const [first] = seen;
  return first === undefined ? null : { status: first.status, expiration: first.expiration };
}

const isOver = ({ expiration }: ColumnRequest, now: Instant): boolean => expiration !== null && expiration <= now;

const rank = ({ status }: ColumnRequest): number => (status === 'APPROVED' ? 0 : status === 'PENDING' ? 1 : 2);

/** Of several that hold, the one that holds longest. */
const laterEndFirst = (a: ColumnRequest, b: ColumnRequest): number => {
  if (a.status !== 'APPROVED' || b.status !== 'APPROVED' || a.expiration === b.expiration) return 0;
  return (b.expiration ?? Infinity) > (a.expiration ?? Infinity) ? 1 : -1;
};
