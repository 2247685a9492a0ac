import type { Failure } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import { appendAudit, systemActor } from '../audit/append.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { lockFence } from './claim-work.ts';
import { connectionEvent } from './connection-event.ts';
import { failureWords } from './failure-words.ts';

/** A platform that is down is asked again at least this often (reliability.md 2, "Outage"). */
const longestWaitSeconds = 10;

/** The platform could not be asked: nothing changed there, the keys stay, and the next attempt has a time. */
export async function recordDown(
  deps: Deps,
  down: { connectionId: string; fence: number; failure: Failure; taskIds: readonly string[] },
): Promise<void> {
  const { connectionId, fence, failure } = down;
  let fallen: string | undefined;
  await transact(deps, async (tx, after) => {
    if (!(await lockFence(tx, { connectionId, fence, replicaId: deps.replicaId }))) return;
    const { rows } = await sql<{ connection_key: string; attempt: number }>`
      update connection set run_error = ${failureWords(failure)}, attempt = attempt + 1, last_run_at = now(),
        down_since = coalesce(down_since, now()),
        next_attempt_at = now() + make_interval(secs => least(${longestWaitSeconds}, power(2, least(attempt, 5))))
      where id = ${connectionId} returning connection_key, attempt`.execute(tx);
    const row = rows[0];
    if (!row) return;
    await sql`update task set status = 'FAILED', error = ${failure.message}, finished_at = now() where id = any(${[...down.taskIds]}::uuid[])`.execute(
      tx,
    );
    after.changed('connection', row.connection_key);
    if (row.attempt > 1) return;
    fallen = row.connection_key;
    await appendAudit(tx, {
      action: 'ProvisioningFailed',
      actionStatus: 'FAILURE',
      actor: systemActor,
      targetType: 'CONNECTION',
      targets: [{ id: connectionId, name: row.connection_key }],
      payload: { class: failure.class, code: failure.code, message: failure.message },
      emits: [
        connectionEvent({ id: connectionId, connectionKey: row.connection_key }, 'failed', {
          during: 'outage',
          reason: failure.message,
        }),
      ],
    });
  });
  if (fallen !== undefined)
    deps.log.error(
      { connection: fallen, class: failure.class, code: failure.code, reason: failureWords(failure) },
      'a platform does not answer; it is asked again until it does',
    );
}

/** The platform answers again: the next failure starts waiting from the beginning. Costs a write only after an outage. */
export async function recordUp(deps: Deps, connectionId: string): Promise<void> {
  const { rows } = await sql<{ connection_key: string; seconds: number | null }>`
    with before as (select id, down_since from connection where id = ${connectionId} and (attempt > 0 or run_error is not null) for update)
    update connection c set run_error = null, attempt = 0, down_since = null, next_attempt_at = null, last_ok_at = now()
    from before b where c.id = b.id
    returning c.connection_key, extract(epoch from now() - b.down_since)::float8 as seconds`.execute(deps.db);
  for (const { connection_key: connection, seconds } of rows)
    if (seconds !== null) deps.log.info({ connection, seconds: Math.round(seconds) }, 'a platform answers again');
}
