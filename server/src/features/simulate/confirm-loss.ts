import type { SimulatedChange } from '@stoa/contract/simulation';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { readSwitches } from '../../settings-store.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { simulateChanges } from './simulate.ts';

type Confirmation = { confirmLoss?: number | undefined; basedOn?: string | undefined };

/**
 * Goes on when the change does what its author saw, and when they repeated how many people lose access by it where these are
 * more than the installation lets pass in silence (governance.md 11). No transaction is open meanwhile.
 */
export async function requireConfirmedLoss(
  deps: Deps,
  actor: LoadedPerson,
  { change, confirmLoss, basedOn }: Confirmation & { change: SimulatedChange },
): Promise<void> {
  const outcome = await simulateChanges(deps, actor, [change]);
  if (basedOn !== undefined && basedOn !== outcome.basedOn) {
    throw new Refusal('simulation.stale', { extra: { basedOn: outcome.basedOn, losing: outcome.losing.size } });
  }
  const losing = outcome.losing.size;
  const { confirmLossOver } = await readSwitches(deps.db);
  if (losing <= confirmLossOver || confirmLoss === losing) return;
  throw new Refusal('policy.confirm_loss', {
    detail: `${losing} people would lose access. Nothing was changed.`,
    extra: { losing, basedOn: outcome.basedOn },
  });
}
