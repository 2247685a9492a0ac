import type { RequestEventName } from '@stoa/contract/event-type';
import type { Emission } from '../../work/emission.ts';
import type { LoadedRequest } from './load-requests.ts';

type About = Pick<LoadedRequest, 'id' | 'type' | 'target_id' | 'data_product_id' | 'domains'>;

/** What happened to a request, under the published name of it. */
export const requestEvent = (
  request: About,
  name: RequestEventName,
  data: Readonly<Record<string, unknown>>,
): Emission => ({
  type: `marketplace.${request.data_product_id === null ? 'asset' : 'data_product'}.access_requests.${name}`,
  requestId: request.id,
  targetId: request.target_id,
  domainId: request.domains[0]?.id,
  data: { requestType: request.type, ...data },
});

/** The open slots of a request went to other people; who is asked now is read from it. */
export const reroutedEvent = (request: About, reason: string): Emission => ({
  ...requestEvent(request, 'created', { status: 'PENDING', reason }),
  type: 'stoa.access_request.rerouted',
});

/** So many of the columns are named. */
const mostColumns = 100;

/** Some columns of a masking exception are not what was approved any more; the others go on. */
export const columnsEndedEvent = (
  request: About & Pick<LoadedRequest, 'status'>,
  ended: readonly { readonly column: string; readonly why: string }[],
): Emission => ({
  ...requestEvent(request, 'revoked', {
    status: request.status,
    ended: ended.slice(0, mostColumns),
    endedCount: ended.length,
  }),
  type: 'stoa.access_request.columns_ended',
});
