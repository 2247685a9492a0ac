import { sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import {
  activeGrants,
  deadDeliveries,
  downSeconds,
  driftObjects,
  failedMemberships,
  foreignGrants,
  oldestRemoving,
  waitingJobs,
} from '../../http/metrics.ts';

/** However often somebody asks, it is counted this often at most. */
const countEvery = 5_000;
let countedAt = Number.NEGATIVE_INFINITY;
let countedFor: string | undefined;

/**
 * Counts what stands on the platforms, and what waits. Each question reads an index: of memberships that of their state, of findings and
 * deliveries those of the ones that are open or dead.
 */
export async function measurePlatforms(deps: Deps): Promise<void> {
  if (countedFor === deps.replicaId && performance.now() - countedAt < countEvery) return;
  await measureConnections(deps);
  await measureDrift(deps);
  await measureWaiting(deps);
  countedFor = deps.replicaId;
  countedAt = performance.now();
}

type OfConnection = {
  key: string;
  technology: string;
  down: number;
  active: number;
  failed: number;
  remove_failed: number;
  removing_seconds: number;
};

async function measureConnections({ db }: Deps): Promise<void> {
  const inState = (state: string) =>
    sql`(select count(*)::int from membership_status m where m.connection_id = c.id and m.state = ${state})`;
  const { rows } = await sql<OfConnection>`
    select c.connection_key as key, c.technology, coalesce(extract(epoch from now() - c.down_since), 0)::float8 as down,
      ${inState('ACTIVE')} as active, ${inState('FAILED')} as failed, ${inState('REMOVE_FAILED')} as remove_failed,
      (select coalesce(extract(epoch from now() - min(r.updated_at)), 0)::float8 from membership_status m
        join access_request r on r.id = m.access_request_id
        where m.connection_id = c.id and m.state in ('REMOVING', 'REMOVE_FAILED')) as removing_seconds
    from connection c where c.state <> 'draft'`.execute(db);
  for (const gauge of [activeGrants, failedMemberships, downSeconds, oldestRemoving]) gauge.reset();
  for (const row of rows) {
    const connection = row.key;
    activeGrants.inc({ technology: row.technology }, row.active);
    failedMemberships.set({ connection, state: 'FAILED' }, row.failed);
    failedMemberships.set({ connection, state: 'REMOVE_FAILED' }, row.remove_failed);
    downSeconds.set({ connection }, row.down);
    oldestRemoving.set({ connection }, row.removing_seconds);
  }
}

async function measureDrift({ db }: Deps): Promise<void> {
  const { rows } = await sql<{ key: string; finding: string; minded: number; open: number }>`
    select c.connection_key as key, d.finding, count(*) filter (where d.ignored_at is null)::int as minded, count(*)::int as open
    from drift_finding d join connection c on c.id = d.connection_id where d.closed_at is null group by 1, 2`.execute(
    db,
  );
  driftObjects.reset();
  foreignGrants.reset();
  for (const { key: connection, finding, minded, open } of rows) {
    driftObjects.set({ connection, finding }, minded);
    if (finding === 'bypass') foreignGrants.set({ connection }, open);
  }
}

async function measureWaiting({ db }: Deps): Promise<void> {
  const { rows: dead } = await sql<{ n: number }>`
    select count(*)::int as n from webhook_delivery where state = 'DEAD'`.execute(db);
  deadDeliveries.set(dead[0]?.n ?? 0);
  const { rows } = await sql<{ queue: string; n: number }>`
    select t.identifier as queue, count(j.id)::int as n
    from graphile_worker._private_tasks t
      left join graphile_worker._private_jobs j on j.task_id = t.id and j.attempts < j.max_attempts and j.run_at <= now() group by 1`.execute(
    db,
  );
  waitingJobs.reset();
  for (const { queue, n } of rows) waitingJobs.set({ queue }, n);
}
