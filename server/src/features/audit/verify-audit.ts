import type { AuditVerification } from '@stoa/contract/audit-chain';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry, systemActor } from '../../audit/append.ts';
import type { ChainReport } from '../../audit/chain-report.ts';
import { readKept } from '../../audit/kept-checkpoints.ts';
import { readSigningKey } from '../../audit/signing-key.ts';
import { userActor } from '../../audit/user-actor.ts';
import { verifyAuditChain } from '../../audit/verify-chain.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { findTask, hasJob, insertTask, markTask } from '../task/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';

const target = 'audit';
const kind = 'audit-verification';

/** Registers a verification of the whole chain; while one waits or runs, that one is answered. */
export async function startVerification(
  deps: Deps,
  { actor, call }: { actor: LoadedPerson; call: Pick<Call, 'id' | 'ip'> },
): Promise<{ taskId: string }> {
  requireMay(actor, 'audit.verify', nothing);
  return transact(deps, async (tx, after) => {
    await sql`select pg_advisory_xact_lock(hashtext('stoa.audit-verification'))`.execute(tx);
    const { running } = await newestVerification(tx);
    if (running !== null) return { taskId: running };
    const taskId = await insertTask(tx, {
      kind,
      connectionId: null,
      subject: { target },
      createdBy: actor.globalUserId,
    });
    await deps.jobs.add(tx, 'verify-audit', { taskId });
    await appendAudit(tx, {
      action: 'AuditVerificationStarted',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'AUDIT',
      targets: [{ id: target, name: 'Audit trail' }],
      payload: { taskId },
      requestId: call.id,
    });
    after.changed('task', taskId);
    return { taskId };
  });
}

/** The newest one: whether it still waits or runs, and whether it failed. */
export async function newestVerification(db: Reader): Promise<{ running: string | null; failed: string | null }> {
  const { rows } = await sql<{ id: string; status: string }>`
    select id, status from task where kind = ${kind} order by created_at desc, id desc limit 1`.execute(db);
  const [newest] = rows;
  const idWhen = (...statuses: string[]) =>
    newest !== undefined && statuses.includes(newest.status) ? newest.id : null;
  return { running: idWhen('QUEUED', 'RUNNING'), failed: idWhen('FAILED') };
}

/** Progress is written after so many events. */
const progressEvery = 20_000;

/**
 * Verifies with the checkpoints in the files of this host, and with the public half of the key that the root key opens: neither
 * stands in the database. It reads only, so that a killed run is simply repeated; one that fails is over.
 */
export async function verifyAudit(deps: Deps, taskId: string): Promise<void> {
  const task = await findTask(deps.db, taskId);
  if (!task || !['QUEUED', 'RUNNING'].includes(task.view.status)) return;
  const startedAt = new Date();
  await markTask(deps.db, taskId, { status: 'RUNNING' });
  try {
    await end(deps, { taskId, startedAt, report: await verify(deps, taskId) });
  } catch (error) {
    deps.log.error({ err: error, task: taskId }, 'a verification of the audit chain failed');
    const words = 'It failed on our side; the log of the server says why. Start another one.';
    await transact(deps, (tx, after) => fail(tx, after, taskId, words));
  }
}

async function verify(deps: Deps, taskId: string): Promise<ChainReport> {
  let told = 0;
  const onProgress = async (done: number, total: number) => {
    if (done < total && done - told < progressEvery) return;
    told = done;
    await transact(deps, async (tx, after) => {
      await markTask(tx, taskId, { done, total });
      after.changed('task', taskId);
    });
  };
  const unread: string[] = [];
  const key = await readSigningKey(deps.db, deps.secrets).catch((error: unknown) => {
    unread.push(
      `The key that signs checkpoints cannot be opened (${error instanceof Error ? error.message : String(error)}).`,
    );
    return undefined;
  });
  const publicKey = key?.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const kept = await readKept(deps.config);
  return verifyAuditChain(deps.db, {
    outside: kept.files,
    unread: [...unread, ...kept.unread],
    publicKey,
    onProgress,
  });
}

/** False: it has ended otherwise meanwhile. */
async function isOpen(tx: Tx, taskId: string): Promise<boolean> {
  const { rows } = await sql`
    select from task where id = ${taskId} and status in ('QUEUED', 'RUNNING') for update`.execute(tx);
  return rows.length > 0;
}

type Ended = { taskId: string; startedAt: Date; report: ChainReport };

async function end(deps: Deps, { taskId, startedAt, report }: Ended): Promise<void> {
  await transact(deps, async (tx, after) => {
    if (!(await isOpen(tx, taskId))) return;
    await sql`insert into audit_verification (id, task_id, started_at, outcome, report)
      values (${newUuid()}, ${taskId}, ${startedAt}, ${report.outcome.toUpperCase()}, ${JSON.stringify(report)}::jsonb)`.execute(
      tx,
    );
    await markTask(tx, taskId, { status: 'SUCCEEDED', done: report.sealed, total: report.sealed });
    const { outcome, events, findingCount: findings, first } = report;
    await appendAudit(
      tx,
      verifiedEntry(outcome === 'broken' ? 'FAILURE' : 'SUCCESS', { taskId, outcome, events, findings, first }),
    );
    after.changed('task', taskId);
    after.changed('settings', 'audit');
  });
  if (report.outcome === 'broken') deps.log.error({ first: report.first }, 'the audit chain is broken');
}

async function fail(tx: Tx, after: AfterCommit, taskId: string, error: string): Promise<void> {
  if (!(await isOpen(tx, taskId))) return;
  await markTask(tx, taskId, { status: 'FAILED', error });
  await appendAudit(tx, verifiedEntry('FAILURE', { taskId, outcome: 'failed' }));
  after.changed('task', taskId);
  after.changed('settings', 'audit');
}

const verifiedEntry = (actionStatus: 'SUCCESS' | 'FAILURE', payload: Record<string, unknown>): AuditEntry => ({
  action: 'AuditVerified',
  actionStatus,
  actor: systemActor,
  targetType: 'AUDIT',
  targets: [{ id: target, name: 'Audit trail' }],
  payload,
});

/** Ends those that nothing will go on with: their job is gone, or was cut off as often as it is tried. */
export async function endLostVerifications(deps: Deps): Promise<void> {
  await transact(deps, async (tx, after) => {
    const { rows } = await sql<{ id: string }>`
      select t.id from task t where t.kind = ${kind} and t.status in ('QUEUED', 'RUNNING')
        and not ${hasJob('t.id')}`.execute(tx);
    for (const { id } of rows)
      await fail(tx, after, id, 'It was cut off each time it was tried, and is not tried again. Start another one.');
  });
}

type Row = {
  id: string;
  started_at: Date;
  finished_at: Date;
  report: ChainReport;
  outcome: AuditVerification['outcome'];
};

export async function lastVerification(db: Reader): Promise<AuditVerification | null> {
  const { rows } = await sql<Row>`
    select id, started_at, finished_at, outcome, report from audit_verification order by finished_at desc limit 1`.execute(
    db,
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { sealed, events, milliseconds, findingCount, findings, unchecked, checkpoints } = row.report;
  return {
    id: row.id,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at.toISOString(),
    outcome: row.outcome,
    sealed,
    events,
    milliseconds,
    findingCount,
    findings: [...findings],
    unchecked: [...unchecked],
    checkpointCount: checkpoints.count,
    lastCheckpoint: checkpoints.last,
    lastOutside: checkpoints.lastOutside,
  };
}
