import type { SimulatedChange } from '@stoa/contract/simulation';
import type { FactChange } from '@stoa/core/simulate/world';
import { rehearse } from '../../db/rehearse.ts';
import type { Deps } from '../../deps.ts';
import { loadPlatformPlaces, loadWorld } from './load-world.ts';
import { type FactualChange, readChanges } from './read-changes.ts';
import { type Caller, makeCall } from './make-call.ts';
import { type MovedWorld, readMovedWorlds } from './moved-worlds.ts';
import { type Outcome, weigh } from './weigh.ts';

type CallChange = Extract<SimulatedChange, { change: 'call' }>;
type Read = { readonly facts: readonly FactChange[]; readonly worlds: readonly MovedWorld[] };

/**
 * What would follow from changes. Calls of operations are made in a transaction that is taken back, so that what is seen is what they
 * do; changes of facts are applied in memory to what was read. Both sides are compiled by the functions that compile what is
 * enforced. Nothing is written.
 */
export async function simulateChanges(deps: Deps, by: Caller, changes: readonly SimulatedChange[]): Promise<Outcome> {
  const isCall = (one: SimulatedChange): one is CallChange => one.change === 'call';
  const calls = changes.filter(isCall);
  const factual = changes.filter((one): one is FactualChange => !isCall(one));
  const { facts, worlds } = await (calls.length === 0
    ? readAsItIs(deps, by, factual)
    : readRehearsed(deps, by, { calls, factual }));
  return weigh(worlds, facts);
}

const asksForMasks = (facts: readonly FactChange[]): boolean =>
  facts.some((one) => one.change === 'policy' && one.policy?.type === 'data');

async function readAsItIs(deps: Deps, { actor }: Caller, factual: readonly FactualChange[]): Promise<Read> {
  const facts = await readChanges(deps.db, actor, factual);
  const worlds: MovedWorld[] = [];
  for (const place of await loadPlatformPlaces(deps.db)) {
    const loaded = await loadWorld(deps, place, { needsMasks: asksForMasks(facts) });
    worlds.push({ before: loaded, after: loaded });
  }
  return { facts, worlds };
}

/** What is read is weighed once the transaction is over: nobody waits for its locks meanwhile. */
async function readRehearsed(
  deps: Deps,
  by: Caller,
  { calls, factual }: { calls: readonly CallChange[]; factual: readonly FactualChange[] },
): Promise<Read> {
  return rehearse(deps, async (tx, after) => {
    for (const one of calls) await makeCall({ ...deps, db: tx, within: { tx, after } }, by, one);
    const facts = await readChanges(tx, by.actor, factual);
    const worlds = await readMovedWorlds(
      deps,
      { tx, after },
      { needsMasks: asksForMasks(facts), all: factual.length > 0 },
    );
    return { facts, worlds };
  });
}
