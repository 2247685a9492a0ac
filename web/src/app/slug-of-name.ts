import { getDataProductByName } from '@stoa/contract/data-product';
import type { QueryClient } from '@tanstack/react-query';
import { notFound as notFoundError } from '@tanstack/react-router';
import { queryOf } from '../lib/api.ts';
import { ApiProblem } from '../lib/api-problem.ts';

/** The slug of the product that has, or once had, this name. */
export async function slugOfName(client: QueryClient, name: string): Promise<string> {
  try {
    const product = await client.ensureQueryData(queryOf(getDataProductByName, { params: { name } }));
    return product.slug ?? product.id;
  } catch (cause) {
    if (cause instanceof ApiProblem && cause.status === 404) throw notFoundError();
    throw cause;
  }
}
