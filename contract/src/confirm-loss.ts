import { queryInteger } from './page.ts';
import { line } from './text.ts';

/**
 * What an operation by which people may lose access takes in its query. Clients that do not know of it go on working while
 * few lose anything; above the installation's limit they are answered 409 with the number to repeat.
 */
export const lossQuery = {
  /** How many people lose access, repeated by whoever makes the change. */
  confirmLoss: queryInteger(0, 100_000_000).optional(),
  /** The preview that the change was judged by; one that is out of date is refused. */
  basedOn: line(200).optional(),
};
