import { sql } from 'kysely';
import { appendAudit, systemActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { hasJob, markTask } from '../task/queries.ts';

/** Ends a run, unless it has ended meanwhile; `error` is a sentence for whoever reads it. */
export async function failRun(tx: Tx, after: AfterCommit, { runId, error }: { runId: string; error: string }) {
  const { rows } = await sql<{ taskId: string | null; cause: string }>`
    update verification_run set status = 'FAILED', error = ${error}, open_keys = null, doing = null, finished_at = now()
    where id = ${runId} and status in ('QUEUED', 'RUNNING') returning task_id as "taskId", cause`.execute(tx);
  const [run] = rows;
  if (run === undefined) return;
  if (run.taskId !== null) {
    await markTask(tx, run.taskId, { status: 'FAILED', error });
    after.changed('task', run.taskId);
  }
  await appendAudit(tx, {
    action: 'VerificationRun',
    actionStatus: 'FAILURE',
    actor: systemActor,
    targetType: 'VERIFICATION',
    targets: [{ id: runId, name: 'Verification' }],
    payload: { step: 'failed' },
    // Whoever began one by hand looks at it; of the night nobody would hear.
    emits:
      run.cause === 'night'
        ? [
            {
              type: 'stoa.verification.incomplete',
              data: { verificationId: runId, outcome: 'FAILED', reasons: [{ what: 'all of it', why: error }] },
            },
          ]
        : [],
  });
  after.changed('verification', runId);
}

/** Ends the run that nothing will go on with: its job is gone, or was cut off as often as it is tried. No other begins before. */
export async function endLostRun(tx: Tx, after: AfterCommit): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select r.id from verification_run r where r.status in ('QUEUED', 'RUNNING')
      and not ${hasJob('r.task_id')}`.execute(tx);
  const error = 'It was cut off each time it was tried, and is not tried again. Start another one.';
  for (const { id } of rows) await failRun(tx, after, { runId: id, error });
  return rows.map(({ id }) => id);
}

export async function endLostRuns(deps: Deps): Promise<void> {
  const runs = await transact(deps, endLostRun);
  if (runs.length > 0) deps.log.error({ runs }, 'a verification was cut off each time it was tried: see its page');
}
