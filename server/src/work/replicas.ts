import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { clockSkew } from '../http/metrics.ts';
import { hearOfKeys } from '../secrets/heard.ts';

/** A replica that was silent for so long is taken for dead, and what it held is free (reliability.md CX3). */
const silentAfterSeconds = 20;

/** A dead replica took its last job up to a heartbeat after it was last heard of. */
const lockedAtLeastSeconds = silentAfterSeconds / 2;

/** Further apart than this, the two clocks are a fault of the host (reliability.md 4). */
const mostSkewSeconds = 30;
/** An answer that took this long says nothing about the clocks. */
const longestAnswerMilliseconds = 5_000;
const tellSkewEvery = 600_000;
let skewToldAt = Number.NEGATIVE_INFINITY;

/** Says that this replica lives, and which data keys it knows; compares the clocks, and its schema with the database's. */
export async function sendHeartbeat(deps: Deps): Promise<void> {
  const asked = Date.now();
  const { rows } = await sql<{ at: number }>`
    insert into replica (id) values (${deps.replicaId}) on conflict (id) do update set heartbeat_at = now()
    returning extract(epoch from clock_timestamp())::float8 as at`.execute(deps.db);
  const heard = Date.now();
  for (const { at } of heard - asked > longestAnswerMilliseconds ? [] : rows)
    tellSkew(deps, (asked + heard) / 2_000 - at);
  await deps.schema.look(deps.db, deps.log);
  await hearOfKeys(deps);
}

/**
 * Nothing ends by the host's clock, so access is right all the same. Signatures of what is sent and received bear its time,
 * and others would refuse them.
 */
function tellSkew({ log }: Deps, seconds: number): void {
  clockSkew.set(seconds);
  if (Math.abs(seconds) <= mostSkewSeconds || performance.now() - skewToldAt < tellSkewEvery) return;
  skewToldAt = performance.now();
  const message = `The clock of this host and that of the application database are ${Math.round(Math.abs(seconds))} s apart. Access still ends on time; signed messages may be refused. Synchronise both clocks.`;
  log.warn({ skewSeconds: seconds }, message);
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
