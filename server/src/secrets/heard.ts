import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import type { KeyRing } from './key-ring.ts';

const lookEvery = 250;
/** A replica that is silent for longer is taken for dead before this is over. */
const waitAtMost = 60_000;

/** Reads the keys and says so, for whoever waits with a new one. */
export async function hearOfKeys({ db, keys, replicaId }: Pick<Deps, 'db' | 'keys' | 'replicaId'>): Promise<void> {
  const at = await keys.reload();
  if (at === undefined) return;
  await sql`update replica set keys_read_at = greatest(keys_read_at, ${at}::timestamptz) where id = ${replicaId}`.execute(
    db,
  );
}

/** Reads the keys; whoever moves secrets must know them all. */
export async function readKeys(ring: KeyRing): Promise<void> {
  if ((await ring.reload()) === undefined)
    throw new Error('a data key was wrapped with another root key; start with that one, and the rotation goes on');
}

/** Waits until every replica that lives knows the keys as they are now. */
export async function allReplicasHeard(db: Db, ring: KeyRing): Promise<void> {
  const { rows } = await sql<{
    now: string;
  }>`select clock_timestamp()::text as now, pg_notify('stoa_keys', '')`.execute(db);
  const since = rows[0]?.now;
  if (since === undefined) throw new Error('the database did not tell the time');
  await readKeys(ring);
  const start = performance.now();
  while (await isAnyDeaf(db, since)) {
    if (performance.now() - start > waitAtMost)
      throw new Error(
        'a replica has not read the data keys for a minute: it hangs, or still has the former root key; the rotation goes on when it is tried again',
      );
    await sleep(lookEvery);
  }
}

async function isAnyDeaf(db: Db, since: string): Promise<boolean> {
  const { rows } = await sql<{ deaf: boolean }>`select exists (select from replica
    where heartbeat_at > now() - interval '20 seconds' and (keys_read_at is null or keys_read_at < ${since}::timestamptz)) as deaf`.execute(
    db,
  );
  return rows[0]?.deaf === true;
}
