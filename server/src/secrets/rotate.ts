import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db, Tx } from '../db/pool.ts';
import { insertKeys, lockKeys } from './data-keys.ts';
import { failPoint } from '../work/fail-point.ts';
import { allReplicasHeard, readKeys } from './heard.ts';
import type { KeyRing } from './key-ring.ts';
import { isAnyMovable, type Moved, moveSecrets } from './move-secrets.ts';
import { allKinds, storedOf, type SecretKind } from './stored-secrets.ts';

export type Progress = (now: { done: number; total: number }) => Promise<void>;
export type RotateOptions = { readonly progress?: Progress; readonly settle?: number };
export type Rotated = Moved & { readonly retired: number };

/** Whether a rotation was begun and has not ended, or secrets are still in the first form. What does not open keeps none open. */
export async function isRotationOpen(db: Db, ring: KeyRing): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`
    select exists (select from data_key where state = 'decryptOnly' and activated_at is null) as open`.execute(db);
  return rows[0]?.open === true || isAnyMovable(db, ring);
}

/** `running`: one is under way. `foreign`: the root key was changed, and this process has the former one. */
export type Begun = 'begun' | 'running' | 'foreign';

/** Makes the keys of a rotation; it is `finishRotation` that goes on from there, whoever runs it. */
export async function beginRotation(tx: Tx, ring: KeyRing): Promise<Begun> {
  await lockKeys(tx);
  const { rows } = await sql<{ foreign: boolean; prepared: boolean }>`
    select coalesce(bool_or(root_key_id <> ${ring.owner.root.id}), false) as foreign,
      coalesce(bool_or(activated_at is null), false) as prepared
    from data_key where state <> 'retired'`.execute(tx);
  if (rows[0]?.foreign === true) return 'foreign';
  if (rows[0]?.prepared === true) return 'running';
  await insertKeys(tx, ring.owner, { kinds: allKinds, isActive: false });
  return 'begun';
}

/**
 * Brings every secret under the newest key of its kind, wherever an earlier run ended. At no moment is there a secret that a
 * replica cannot open: a key seals once all can open with it, and goes once no row names it and none seals with it.
 */
export async function finishRotation(db: Db, ring: KeyRing, options: RotateOptions = {}): Promise<Rotated> {
  const { progress, settle = 5_000 } = options;
  await allReplicasHeard(db, ring);
  await db.transaction().execute(activatePrepared);
  failPoint('rotation.activated');
  await allReplicasHeard(db, ring);
  const { moved } = await moveSecrets(db, ring, progress);
  // Whoever sealed with the former key just before has stored it by then.
  await sleep(settle);
  await readKeys(ring);
  const late = await moveSecrets(db, ring);
  const retired = await retireUnused(db);
  await ring.reload();
  return { moved: moved + late.moved, unopened: late.unopened, retired };
}

async function activatePrepared(tx: Tx): Promise<void> {
  await lockKeys(tx);
  await sql`update data_key a set state = 'decryptOnly', replaced_at = now()
    where a.state = 'active' and exists (select from data_key p where p.kind = a.kind and p.activated_at is null and p.state = 'decryptOnly')`.execute(
    tx,
  );
  await sql`update data_key set state = 'active', activated_at = now() where state = 'decryptOnly' and activated_at is null`.execute(
    tx,
  );
}

/** What was sealed for somebody's way through a browser must have come back by then. */
const travelsAtMost = '1 hour';

/** Drops the keys that no row names. The row of the key is locked first, so no secret comes in under it meanwhile. */
export async function retireUnused(db: Db): Promise<number> {
  const { rows } = await sql<{ id: string; kind: string }>`
    select id, kind from data_key where state = 'decryptOnly' and replaced_at is not null`.execute(db);
  let retired = 0;
  for (const { id, kind } of rows) if (await retire(db, { id, kind: kind as SecretKind })) retired += 1;
  return retired;
}

const retire = (db: Db, { id, kind }: { id: string; kind: SecretKind }): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    await sql`select from data_key where id = ${id} for update`.execute(tx);
    // A kind that this version does not know may have rows in places that it does not know either.
    if (!allKinds.includes(kind)) return false;
    const stored = storedOf(kind);
    for (const place of stored) {
      const { rows } = await sql`select from ${sql.table(place.table)}
        where ${sql.raw(place.sealed)} like 'k2.%' and split_part(${sql.raw(place.sealed)}, '.', 2) = ${id} limit 1`.execute(
        tx,
      );
      if (rows.length > 0) return false;
    }
    const { numAffectedRows } = await sql`
      update data_key set state = 'retired', wrapped = null, root_key_id = null, retired_at = now()
      where id = ${id} and state = 'decryptOnly'
        and (${stored.length > 0}::boolean or replaced_at < now() - ${travelsAtMost}::interval)`.execute(tx);
    return Number(numAffectedRows ?? 0) === 1;
  });
