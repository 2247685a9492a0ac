import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { hearOfKeys } from '../secrets/heard.ts';

/** A replica that was silent for so long is taken for dead, and what it held is free (reliability.md CX3). */
const silentAfterSeconds = 20;

/** A dead replica took its last job up to a heartbeat after it was last heard of. */
const lockedAtLeastSeconds = silentAfterSeconds / 2;

/** Says that this replica lives, and which data keys it knows. */
export async function sendHeartbeat(deps: Deps): Promise<void> {
  await sql`insert into replica (id) values (${deps.replicaId}) on conflict (id) do update set heartbeat_at = now()`.execute(
    deps.db,
  );
  await hearOfKeys(deps);
}

/**
 * Frees the jobs of dead replicas: the job library itself would keep them for four hours. Its worker ids are random, so a
 * job is judged by its lock's age and by whether any replica is missing; handlers are safe to run twice.
 */
export async function releaseSilentReplicas(deps: Deps): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    delete from replica where heartbeat_at < now() - make_interval(secs => ${silentAfterSeconds}) returning id`.execute(
    deps.db,
  );
  if (rows.length === 0) return;
  deps.log.warn({ replicas: rows.map((row) => row.id) }, 'replicas fell silent; their jobs are released');
  await sql`select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)) from graphile_worker._private_jobs
    where locked_by is not null and locked_at < now() - make_interval(secs => ${lockedAtLeastSeconds})`.execute(
    deps.db,
  );
}
