import { isTaking } from './diff.ts';
import type { Step } from './plan.ts';

/**
 * Whether a step of a container must not be done once another one of it has failed. Ends wait for no other end, but for the drop,
 * which is of an emptied container. What gives waits where it would reach too far: while somebody who is to be out is still in, nothing
 * more is opened to the members; while something is open that is to be closed, nobody more comes in.
 */
export function holdsBack(failed: Step, next: Step): boolean {
  if (isTaking(next)) return next.kind === 'drop-container';
  switch (failed.kind) {
    case 'end-members':
      return next.kind === 'grant-schemas' || next.kind === 'grant-objects' || next.kind === 'grant-defaults';
    case 'revoke-defaults':
    case 'revoke-objects':
    case 'revoke-schemas':
      return next.kind === 'add-members';
    default:
      return true;
  }
}
