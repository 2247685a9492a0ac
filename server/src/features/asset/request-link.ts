import type { Technology } from '@stoa/contract/enums';
import type { Reader } from '../../db/pool.ts';
import { requireProduct } from '../data-product/product-of-call.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loadAsset } from './load-assets.ts';
import { writeName } from './parse-name.ts';

/** What a link says of an object. */
export type Linked = {
  readonly id: string;
  readonly object_path: readonly string[];
  readonly technology: Technology;
  readonly host: string | null;
  readonly port: number | null;
};

/** The longest name that `byMetadata` takes. */
const longestName = 2_000;

/** The name as links write it; null for an object that no link can name. */
export function nameOf(object: Linked): string | null {
  const name = writeName(object.object_path, object.technology);
  return name === null || name.length > longestName || /\p{Cc}/u.test(name) ? null : name;
}

/**
 * Where a request for the object starts, in the form of product.md 13: a name that outlives ids of ours. What no name can
 * say is linked by its id.
 */
export function requestLinkOf(object: Linked): string {
  const name = nameOf(object);
  if (name === null) return `/assets/${object.id}/request`;
  const query = new URLSearchParams({ fullyQualifiedName: name, technology: object.technology });
  if (object.host !== null) query.set('host', object.host);
  if (object.port !== null) query.set('port', String(object.port));
  return `/request?${query.toString()}`;
}

/** The link of an asset by id; a data product is linked by its own. */
export async function readRequestLink(reader: Reader, actor: LoadedPerson, id: string): Promise<string> {
  const row = await loadAsset(reader, id);
  if (row) return requestLinkOf(row);
  const product = await requireProduct(reader, id, { actor, action: 'data-product.read' });
  return `/data-product/${product.row.id}/request-access`;
}
