import { isTaking } from './diff.ts';
import type { Step } from './plan.ts';

/** Why nobody more comes into a container: it holds what could not be taken away. */
export const tooWide = 'container.too_wide';

/** Whether a container holds more than it should once this step of it has failed: nobody more may come in until it is done. */
export const leavesTooWide = ({ kind }: Step): boolean =>
  kind === 'revoke-defaults' || kind === 'revoke-objects' || kind === 'revoke-schemas';

/**
 * Whether a step of a container must not be done once another one of it has failed. Ends wait for no other end, but for the drop,
 * which is of an emptied container. What gives waits where it would reach too far: while somebody who is to be out is still in, nothing
 * more is opened to the members; while something is open that is to be closed, nobody more comes in.
 */
export function holdsBack(failed: Step, next: Step): boolean {
  if (isTaking(next)) return next.kind === 'drop-container';
  if (leavesTooWide(failed)) return next.kind === 'add-members';
  if (failed.kind !== 'end-members') return true;
  return next.kind === 'grant-schemas' || next.kind === 'grant-objects' || next.kind === 'grant-defaults';
}
