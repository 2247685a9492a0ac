import { Refusal } from '../../http/refusal.ts';
import { isFields } from './read-values.ts';

/** One change: without a path, of what the members of its value name. */
export type Change = {
  readonly act: 'add' | 'replace' | 'remove';
  readonly path: string | undefined;
  readonly value: unknown;
};

const mostOperations = 1_000;
const bodyRefused = (why: string): Refusal =>
  new Refusal('scim.body_refused', { detail: `${why} Nothing was changed.` });

/** Reads a PATCH. Some directories write the words of operations with a capital letter. */
export function readPatch(body: unknown): Change[] {
  const operations = isFields(body) ? body['Operations'] : undefined;
  if (!Array.isArray(operations) || operations.length === 0) throw bodyRefused('It holds no Operations.');
  if (operations.length > mostOperations) throw bodyRefused(`It holds more than ${mostOperations} Operations.`);
  return operations.map((one: unknown) => {
    const { op, path, value } = isFields(one) ? one : {};
    const act = typeof op === 'string' ? op.toLowerCase() : '';
    if (act !== 'add' && act !== 'replace' && act !== 'remove')
      throw bodyRefused('An operation is none of add, replace and remove.');
    if (path !== undefined && path !== null && typeof path !== 'string')
      throw bodyRefused('The path of an operation is no text.');
    const isWithout = path === undefined || path === null || path === '';
    if (isWithout && act === 'remove') throw new Refusal('scim.no_target');
    return { act, path: isWithout ? undefined : path, value };
  });
}

/** The members of a body or of a value without a path, each as a change of its own. */
export function changesIn(act: Change['act'], value: unknown): Change[] {
  if (!isFields(value)) throw bodyRefused('It is no object, or an operation without a path has none for its value.');
  return Object.entries(value).map(([path, member]) => ({ act, path, value: member }));
}
