import { createHash } from 'node:crypto';
import type { SimulatedChange } from '@stoa/contract/simulation';
import { type AccessComparison, compareAccess } from '@stoa/core/simulate/compare-access';
import type { MaskComparison } from '@stoa/core/simulate/compare-masks';
import { applyChanges, type FactChange, type SimulatedWorld } from '@stoa/core/simulate/world';
import type { Deps } from '../../deps.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type CompiledSide, compileSide } from './compile-side.ts';
import { loadPlatformPlaces, type LoadedWorld, loadWorld } from './load-world.ts';
import { compareMaskSides } from './mask-sides.ts';
import { readChanges } from './read-changes.ts';

/** What changes come to on one connection. */
export type ConnectionOutcome = {
  readonly loaded: LoadedWorld;
  readonly after: SimulatedWorld;
  readonly sides: { readonly before: CompiledSide; readonly after: CompiledSide };
  readonly comparison: AccessComparison;
  /** Per data source, what readers would see otherwise. */
  readonly masks: readonly MaskComparison[];
};

export type Outcome = {
  readonly changes: readonly FactChange[];
  readonly connections: readonly ConnectionOutcome[];
  readonly gaining: ReadonlySet<string>;
  readonly losing: ReadonlySet<string>;
  /** A digest of who gains and loses which data source. */
  readonly basedOn: string;
};

/**
 * Applies changes to the facts as they were read, compiles both sides by the functions that compile what is enforced, and
 * compares them. Nothing is written, and no platform is asked.
 */
export async function simulateChanges(
  deps: Deps,
  actor: LoadedPerson,
  changes: readonly SimulatedChange[],
): Promise<Outcome> {
  const read = await readChanges(deps.db, actor, changes);
  const connections: ConnectionOutcome[] = [];
  for (const place of await loadPlatformPlaces(deps)) {
    const loaded = await loadWorld(deps, place);
    const after = applyChanges(loaded.world, read);
    const masks = await compareMaskSides(deps, loaded, after);
    const sides = {
      before: compileSide(loaded, loaded.world, masks.closed.before),
      after: compileSide(loaded, after, masks.closed.after),
    };
    connections.push({
      loaded,
      after,
      sides,
      masks: masks.comparisons,
      comparison: compareAccess(sides.before.access, sides.after.access),
    });
  }
  const all = connections.flatMap(({ comparison }) => comparison.changes);
  return {
    changes: read,
    connections,
    gaining: new Set(all.filter((one) => one.gained.length > 0).map((one) => one.globalUserId)),
    losing: new Set(all.filter((one) => one.lost.length > 0).map((one) => one.globalUserId)),
    basedOn: digestOf(connections),
  };
}

function digestOf(connections: readonly ConnectionOutcome[]): string {
  const hash = createHash('sha256');
  for (const { loaded, comparison, masks } of connections) {
    hash.update(JSON.stringify(masks.filter((one) => one.columns.length + one.rows.length > 0)));
    const rows = comparison.changes.map((one) => `${one.globalUserId}+${one.gained.join()}-${one.lost.join()}`);
    hash.update(`${loaded.place.id}:${rows.sort().join(';')}\n`);
  }
  return hash.digest('base64url');
}
