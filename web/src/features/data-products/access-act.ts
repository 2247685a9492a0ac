import type { AccessState, DataProduct } from '@stoa/contract/data-product';
import { isEndNear } from '../../lib/end-near.ts';

/** The one thing to do next with a product. */
export type AccessAct = 'use' | 'extend' | 'request' | 'open' | 'renew' | 'why';

const acts: Readonly<Record<AccessState, AccessAct>> = {
  HAVE: 'use',
  AUTO: 'request',
  ASK: 'request',
  PENDING: 'open',
  EXPIRED: 'renew',
  BLOCKED: 'why',
};

type ProductAccess = Pick<DataProduct, 'accessState' | 'expiration' | 'requestId'>;

/** Exactly one act per access state (interface 2.5); near its end, an access is extended. */
export function accessActOf(product: ProductAccess, now: number): AccessAct {
  const state = product.accessState ?? 'ASK';
  if (state === 'HAVE' && isEndNear(product.expiration, now)) return 'extend';
  // A pending request of somebody else's making may be unknown to the caller.
  if (state === 'PENDING' && product.requestId === undefined) return 'why';
  return acts[state];
}

export type UsualTime = { readonly unit: 'minutes' | 'hours' | 'days'; readonly n: number };

/** A median in words that people use: "under an hour", "3 hours", "2 days". */
export function usualTimeOf(hours: number): UsualTime {
  if (hours < 1) return { unit: 'minutes', n: Math.max(1, Math.round(hours * 60)) };
  if (hours < 36) return { unit: 'hours', n: Math.round(hours) };
  return { unit: 'days', n: Math.round(hours / 24) };
}
