import type { Action } from '@stoa/contract/action';
import type { DataProductObject, ObjectOf } from '@stoa/core/permissions/objects';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loadDataProductObject, type LoadedProduct } from './load-products.ts';

/** Actions that are asked about a product itself. */
type ProductAction = { [A in Action]: DataProductObject extends ObjectOf[A] ? A : never }[Action];

/** The product that a call names, once the caller may do `action` with it; what they may not see answers 404. */
export async function requireProduct(
  reader: Reader,
  id: string | undefined,
  { actor, action }: { actor: LoadedPerson; action: ProductAction },
): Promise<LoadedProduct> {
  const product = id === undefined ? undefined : await loadDataProductObject(reader, id.toLowerCase(), actor);
  if (!product) throw notFound('data product');
  requireMay(actor, 'data-product.read', product.object);
  requireMay(actor, action, product.object);
  return product;
}
