import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';
import { AfterCommit } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { hasDataPolicies, viewedConnections } from '../../provisioning/load-mask-facts.ts';
import { type ConnectionPlace, loadPlatformPlaces, type LoadedWorld, loadWorld } from './load-world.ts';

/** One connection as everybody sees it, and as somebody would leave it. */
export type MovedWorld = { readonly before: LoadedWorld; readonly after: LoadedWorld };

type Open = { readonly tx: Tx; readonly after: AfterCommit };
type Ask = { readonly needsMasks: boolean; readonly all: boolean };

/**
 * The connections that a transaction has left keys for, as others see them and as they are in it, with what jobs will make of it
 * later. Access follows from facts, and whoever changes facts leaves a key: where there is none, nothing moves.
 */
export async function readMovedWorlds(deps: Deps, open: Open, ask: Ask): Promise<MovedWorld[]> {
  const { tx, after } = open;
  if (after.sequels.length === 0) return read(deps, tx, { ...ask, ids: after.reconciles });
  const later = new AfterCommit();
  await sql`savepoint sequel`.execute(tx);
  try {
    for (const sequel of after.sequels) await sequel(tx, later);
    return await read(deps, tx, { ...ask, ids: new Set([...after.reconciles, ...later.reconciles]) });
  } finally {
    await sql`rollback to savepoint sequel`.execute(tx);
  }
}

async function asksForMasks(reader: Reader): Promise<boolean> {
  const { rows } = await sql<{
    asks: boolean;
  }>`select ${hasDataPolicies} or exists (${viewedConnections}) as asks`.execute(reader);
  return rows[0]?.asks ?? false;
}

async function read(
  deps: Deps,
  tx: Tx,
  { needsMasks, all, ids }: Ask & { ids: ReadonlySet<string> },
): Promise<MovedWorld[]> {
  if (!all && ids.size === 0) return [];
  const places = new Map<string, ConnectionPlace>();
  // A connection may have its first source by it, or lose its last.
  for (const place of [...(await loadPlatformPlaces(deps.outside)), ...(await loadPlatformPlaces(tx))])
    if (all || ids.has(place.id)) places.set(place.id, place);
  const { installationId } = deps;
  // Both sides are read alike, so that they can be compared.
  const asks = { needsMasks: needsMasks || (await asksForMasks(deps.outside)) || (await asksForMasks(tx)) };
  const worlds: MovedWorld[] = [];
  for (const place of places.values())
    worlds.push({
      before: await loadWorld({ db: deps.outside, installationId }, place, asks),
      after: await loadWorld({ db: tx, installationId }, place, asks),
    });
  return worlds;
}
