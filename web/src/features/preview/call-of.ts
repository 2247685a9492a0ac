import type { Operation } from '@stoa/contract/operation';
import type { SimulatedChangeIn } from '@stoa/contract/simulation';
import type { InputOf } from '../../lib/api.ts';

/** An operation as it would be called, for the preview of what it would do. */
export function callOf<O extends Operation>(operation: O, input: InputOf<O>): SimulatedChangeIn {
  const { params, query, body }: { params?: unknown; query?: unknown; body?: unknown } = input;
  return {
    change: 'call',
    operation: operation.id,
    ...(params === undefined ? {} : { params: { ...params } }),
    ...(query === undefined ? {} : { query: { ...query } }),
    ...(body === undefined ? {} : { body }),
  };
}
