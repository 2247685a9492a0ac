import { ConnectorError } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { claimWork } from './claim-work.ts';
import { enqueueConnection } from './enqueue-keys.ts';
import { recordDown, recordUp } from './record-reach.ts';

type Sweepable = { id: string; fingerprint: string | null; is_stale: boolean };

/**
 * Looks at every platform whose lease is ours: where its fingerprint differs from the one the last whole run left, or that
 * run is a day old, the whole connection is reconciled. Equal fingerprints mean that nothing moved, and cost one cheap read.
 */
export async function enqueueSweeps(deps: Deps): Promise<void> {
  const { rows } = await sql<Sweepable>`
    select id, fingerprint, coalesce(last_sweep_at < now() - interval '24 hours', true) as is_stale
    from connection where state in ('active', 'error') and (next_attempt_at is null or next_attempt_at <= now())`.execute(
    deps.db,
  );
  await Promise.all(
    rows.map((row) =>
      sweepOne(deps, row).catch((error: unknown) =>
        deps.log.warn({ err: error, connection: row.id }, 'a sweep failed'),
      ),
    ),
  );
}

async function sweepOne(deps: Deps, connection: Sweepable): Promise<void> {
  const work = await claimWork(deps.db, connection.id, deps.replicaId);
  if (!work) return;
  try {
    const session = await deps.platforms.session(connection.id, work.connectionVersion);
    const fingerprint = JSON.stringify(await session.fingerprint());
    await recordUp(deps, connection.id);
    if (fingerprint === connection.fingerprint && !connection.is_stale) return;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    await deps.platforms.forget(connection.id);
    return recordDown(deps, { connectionId: connection.id, fence: work.fence, failure: error.failure, taskIds: [] });
  }
  await transact(deps, async (tx, after) => {
    await sql`update connection set last_sweep_at = now() where id = ${connection.id}`.execute(tx);
    await enqueueConnection(tx, after, { connectionId: connection.id, cause: 'sweep' });
  });
}

/**
 * What failed or waits for somebody is tried again when its time has come: memberships alone, containers as a whole. Not
 * while the platform is down: each try would leave one more key for the time when it is back.
 */
export async function enqueueRetries(deps: Deps): Promise<void> {
  await transact(deps, async (tx, after) => {
    const { rows } = await sql<{ connection_id: string }>`
      with due as (
        update membership_status m set next_attempt_at = now() + interval '60 seconds'
        from connection c
        where c.id = m.connection_id and c.state in ('active', 'error') and c.down_since is null and m.next_attempt_at <= now()
        returning m.connection_id, m.target_id, m.global_user_id
      ), stuck as (
        update container_object o set checked_at = now()
        from connection c
        where c.id = o.connection_id and c.state in ('active', 'error') and c.down_since is null and o.state in ('FAILED', 'PROVISIONING', 'DRIFTED')
          and o.checked_at < now() - interval '30 seconds'
        returning o.connection_id, o.target_id
      )
      insert into provisioning_key (connection_id, target_id, global_user_id, cause)
      select connection_id, target_id, global_user_id, 'retry' from due
      union all select distinct connection_id, target_id, null::uuid, 'retry' from stuck
      returning connection_id`.execute(tx);
    for (const row of rows) after.reconcile(row.connection_id);
  });
}
