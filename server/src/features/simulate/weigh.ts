import { createHash } from 'node:crypto';
import { type AccountChange, compareAccounts } from '@stoa/core/simulate/compare-accounts';
import { type AccessComparison, compareAccess } from '@stoa/core/simulate/compare-access';
import { compareRowSights, type RowSight } from '@stoa/core/simulate/compare-row-sights';
import { compareSights, type SightChange } from '@stoa/core/simulate/compare-sights';
import type { MaskComparison } from '@stoa/core/simulate/compare-masks';
import { applyChanges, type FactChange, type SimulatedWorld } from '@stoa/core/simulate/world';
import { type CompiledSide, compileSide, usersOf } from './compile-side.ts';
import type { LoadedWorld } from './load-world.ts';
import { compareMaskSides } from './mask-sides.ts';
import type { MovedWorld } from './moved-worlds.ts';

/** What changes come to on one connection. */
export type ConnectionOutcome = {
  readonly before: LoadedWorld;
  readonly loaded: LoadedWorld;
  readonly after: SimulatedWorld;
  readonly sides: { readonly before: CompiledSide; readonly after: CompiledSide };
  readonly comparison: AccessComparison;
  /** Of people who read something here, whose logins would be others. */
  readonly accounts: readonly AccountChange[];
  /** Per data source, what readers would see otherwise. */
  readonly masks: readonly MaskComparison[];
  /** People for whom a mask is lifted or laid by what is known of them. */
  readonly sights: readonly SightChange[];
  /** People whose row rules ask about what is known otherwise of them. */
  readonly rowSights: readonly RowSight[];
};

export type Outcome = {
  readonly changes: readonly FactChange[];
  readonly connections: readonly ConnectionOutcome[];
  readonly gaining: ReadonlySet<string>;
  readonly losing: ReadonlySet<string>;
  /** A digest of who gains and loses which data source. */
  readonly basedOn: string;
};

/** Compiles both sides of each connection by the functions that compile what is enforced, and compares them. */
export function weigh(worlds: readonly MovedWorld[], changes: readonly FactChange[]): Outcome {
  const connections = worlds.map((world) => weighOne(world, changes));
  const all = connections.flatMap(({ comparison }) => comparison.changes);
  return {
    changes,
    connections,
    gaining: new Set(all.filter((one) => one.gained.length > 0).map((one) => one.globalUserId)),
    losing: new Set(all.filter((one) => one.lost.length > 0).map((one) => one.globalUserId)),
    basedOn: digestOf(connections),
  };
}

function weighOne({ before, after: loaded }: MovedWorld, changes: readonly FactChange[]): ConnectionOutcome {
  const after = applyChanges(loaded.world, changes);
  const masks = compareMaskSides({ loaded: before, world: before.world }, { loaded, world: after });
  const accounts = before === loaded ? [] : compareAccounts(usersOf(before, before.world), usersOf(loaded, after));
  const moved = new Set(accounts.map((one) => one.globalUserId));
  const sides = {
    before: compileSide(before, before.world, { shields: masks.before, moved }),
    after: compileSide(loaded, after, { shields: masks.after, moved }),
  };
  const comparison = compareAccess(sides.before.access, sides.after.access);
  const readers = new Set([...comparison.changes.map((one) => one.globalUserId), ...comparison.unchanged]);
  const sighted = {
    before: { people: before.world.people, access: sides.before.access, sources: masks.judged.before },
    after: { people: after.people, access: sides.after.access, sources: masks.judged.after },
  };
  return {
    before,
    loaded,
    after,
    sides,
    comparison,
    accounts: accounts.filter((one) => readers.has(one.globalUserId)),
    masks: masks.comparisons,
    sights: compareSights(sighted.before, sighted.after),
    rowSights: compareRowSights(sighted.before, sighted.after),
  };
}

/** Connections on which nothing changes are left out: what touches one is the same as what looked at all. */
function digestOf(connections: readonly ConnectionOutcome[]): string {
  const hash = createHash('sha256');
  for (const { loaded, comparison, masks, accounts, sights } of connections) {
    const seen = masks.filter((one) => one.columns.length + one.rows.length > 0);
    const rows = comparison.changes.map((one) => `${one.globalUserId}+${one.gained.join()}-${one.lost.join()}`);
    if (seen.length + rows.length + accounts.length + sights.length === 0) continue;
    hash.update(JSON.stringify([loaded.place.id, seen.map(({ columns, rows: rules }) => [columns, rules]), accounts]));
    if (sights.length > 0) hash.update(JSON.stringify(sights));
    hash.update(`${rows.sort().join(';')}\n`);
  }
  return hash.digest('base64url');
}
