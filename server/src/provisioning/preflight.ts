import type { PreflightCheck } from '@stoa/contract/connection';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry, systemActor } from '../audit/append.ts';
import { transact } from '../db/transact.ts';
import type { Reader } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { connectionEvent } from './connection-event.ts';
import { enqueueConnection } from './enqueue-keys.ts';

/** What fails, as a sentence; null when nothing does. */
export function failureOf(checks: readonly PreflightCheck[]): string | null {
  const failed = checks.filter((check) => check.result === 'fail');
  return failed.length === 0 ? null : failed.map((check) => `${check.check}: ${check.detail}`).join(' ');
}

/**
 * The sentence that stands beside the state `error`, in which grants wait; null where nothing fails that bears on all of them. What
 * fails for single products is told, and holds up nobody else.
 */
export const holdingFailureOf = (checks: readonly PreflightCheck[]): string | null =>
  failureOf(checks.filter((check) => check.isPartial !== true));

/** Keeps the last checks beside the connection. */
export async function storeChecks(db: Reader, connectionId: string, checks: readonly PreflightCheck[]): Promise<void> {
  await sql`update connection set server_info = coalesce(server_info, '{}') || jsonb_build_object('preflight',
      jsonb_build_object('checkedAt', to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'checks', ${JSON.stringify(checks)}::jsonb))
    where id = ${connectionId}`.execute(db);
}

type Checked = { readonly id: string; readonly connectionKey: string };

/** Checks made less than this ago still hold. */
const freshSeconds = 60;

/** Runs the checks again before a whole crawl. */
export async function recheckConnection(deps: Deps, connection: Checked): Promise<void> {
  const { rows } = await sql<{ is_fresh: boolean }>`select
      coalesce((server_info #>> '{preflight,checkedAt}')::timestamptz > now() - make_interval(secs => ${freshSeconds}), false) as is_fresh
    from connection where id = ${connection.id}`.execute(deps.db);
  if (rows[0]?.is_fresh !== true) await runChecks(deps, connection);
}

/**
 * Runs the checks and keeps what they came to, with the state that follows from it, for whoever asked. A failure sets `error`: grants
 * wait, revokes are still tried; a later success ends it, and asks for everything that waited.
 */
export async function runChecks(
  deps: Deps,
  connection: Checked,
  by: Pick<AuditEntry, 'actor' | 'actorIp' | 'requestId'> = { actor: systemActor },
): Promise<PreflightCheck[]> {
  const checks = (await deps.platforms.preflight(await deps.platforms.describe(connection.id))).map((one) => ({
    ...one,
  }));
  const [failure, anyFailure] = [holdingFailureOf(checks), failureOf(checks)];
  const state = failure === null ? 'active' : 'error';
  await transact(deps, async (tx, after) => {
    const { rows: before } = await sql<{ checks: PreflightCheck[] | null }>`
      select server_info #> '{preflight,checks}' as checks from connection where id = ${connection.id} for update`.execute(
      tx,
    );
    const isAsBefore = failureOf(before[0]?.checks ?? []) === anyFailure;
    await storeChecks(tx, connection.id, checks);
    const { rows: changed } = await sql`
      update connection set state = ${state}, state_reason = ${failure}, updated_at = now()
      where id = ${connection.id} and state in ('active', 'error')
        and (state <> ${state} or state_reason is distinct from ${failure}) returning id`.execute(tx);
    if (changed.length === 0 && isAsBefore) return;
    const reason = failure ?? (isAsBefore ? null : anyFailure);
    await appendAudit(tx, {
      action: 'ConnectionChecked',
      actionStatus: anyFailure === null ? 'SUCCESS' : 'FAILURE',
      ...by,
      targetType: 'CONNECTION',
      targets: [{ id: connection.id, name: connection.connectionKey }],
      payload: { check: 'preflight', failed: checks.filter((c) => c.result === 'fail').map((c) => c.check) },
      emits: reason === null ? [] : [connectionEvent(connection, 'failed', { during: 'checks', reason })],
    });
    if (changed.length > 0 && failure === null)
      await enqueueConnection(tx, after, { connectionId: connection.id, cause: 'crawl' });
    after.changed('connection', connection.connectionKey);
  });
  return checks;
}
