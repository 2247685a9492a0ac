import { listMemberships, type Membership } from '@stoa/contract/membership';
import { useOperation } from '../../lib/api.ts';

const mostPending = 200;

type Of = Pick<Membership, 'requestId' | 'target'>;

/** The page of what somebody has; undefined for an asset that no crawl has found. */
export function pageOf({ target }: Pick<Membership, 'target'>) {
  if (target.type === 'DATA_PRODUCT')
    return { to: '/products/$slug', params: { slug: target.slug ?? target.id } } as const;
  return target.registered ? ({ to: '/assets/$id', params: { id: target.id } } as const) : undefined;
}

/** Where more time is asked for, with the answers of before. */
export function formOf({ target, requestId }: Of) {
  const search = { from: requestId };
  return target.type === 'DATA_PRODUCT'
    ? ({ to: '/products/$slug/request', params: { slug: target.slug ?? target.id }, search } as const)
    : ({ to: '/assets/$id/request', params: { id: target.id }, search } as const);
}

/** The requests that wait, by what they are for; undefined until that is known. */
export function useWaiting(isAsked: boolean): ReadonlyMap<string, string> | undefined {
  const query = { state: ['pending' as const], offset: 0, limit: mostPending };
  const found = useOperation(listMemberships, { query }, { enabled: isAsked });
  return found.data && new Map(found.data.data.map(({ target, requestId }) => [target.id, requestId]));
}
