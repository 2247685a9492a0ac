import { sql } from 'kysely';
import { appendAudit, systemActor } from '../../audit/append.ts';
import { verifyChainWithKept } from '../../audit/chain-with-kept.ts';
import { readKept } from '../../audit/kept-checkpoints.ts';
import { transact } from '../../db/transact.ts';
import type { Tx } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { exitCodeOf } from '../../verify/print-report.ts';
import { differing, type InvariantReport, lookOnce, reportOf, whilePaused } from '../../verify/run-verify.ts';
import type { Emission } from '../../work/emission.ts';
import { markTask } from '../task/queries.ts';
import { failRun } from './fail-run.ts';
import { verificationQueue } from './start.ts';

/** What is on its way has this long to arrive (reliability.md 3). */
const settleSeconds = 60;
const lookAgainSeconds = 5;
/** So many findings of a run are kept; the counts tell of all of them. */
const mostKept = 10_000;

type Run = { taskId: string; cause: string; open: string[] | null; isSettled: boolean };

/**
 * One look of a run. While something differs it is not over: another look follows a moment later, until what differed has
 * outlived the time to settle. A look that is killed is made again.
 */
export async function runVerification(deps: Deps, runId: string): Promise<void> {
  const run = await begin(deps, runId);
  if (run === undefined) return;
  try {
    const kept = await readKept(deps.config);
    const checked = await lookOnce({
      ...deps,
      auditChain: (tx) => verifyChainWithKept(tx, kept),
      onProgress: (done, total, doing) => tellProgress(deps, { runId, taskId: run.taskId, done, total, doing }),
    });
    const open = differing(checked, run.open === null ? undefined : new Set(run.open));
    if (open.size > 0 && !run.isSettled) await lookAgain(deps, { runId, taskId: run.taskId, open });
    else await end(deps, { ...run, runId, invariants: reportOf(checked, open, false) });
  } catch (error) {
    deps.log.error({ err: error, run: runId }, 'a verification failed');
    const words = 'It failed on our side. The log of the server says why.';
    await transact(deps, (tx, after) => failRun(tx, after, { runId, error: words }));
  }
}

async function begin(deps: Deps, runId: string): Promise<Run | undefined> {
  return transact(deps, async (tx, after) => {
    const { rows } = await sql<Run>`
      update verification_run set status = 'RUNNING', started_at = coalesce(started_at, now())
      where id = ${runId} and status in ('QUEUED', 'RUNNING') and task_id is not null
      returning task_id as "taskId", cause, open_keys as open, now() >= started_at + make_interval(secs => ${settleSeconds}) as "isSettled"`.execute(
      tx,
    );
    const [run] = rows;
    if (run === undefined) return undefined;
    await markTask(tx, run.taskId, { status: 'RUNNING' });
    after.changed('verification', runId);
    return run;
  });
}

type Progress = { runId: string; taskId: string; done: number; total: number; doing: string };

/** Told beside the look, which sees one moment of the database and writes nothing. */
async function tellProgress(deps: Deps, { runId, taskId, done, total, doing }: Progress): Promise<void> {
  await transact(deps, async (tx, after) => {
    await sql`update verification_run set done = ${done}, total = ${total}, doing = ${doing} where id = ${runId}`.execute(
      tx,
    );
    await markTask(tx, taskId, { done, total });
    after.changed('verification', runId);
    after.changed('task', taskId);
  });
}

async function lookAgain(
  deps: Deps,
  { runId, taskId, open }: { runId: string; taskId: string; open: ReadonlySet<string> },
): Promise<void> {
  await transact(deps, async (tx, after) => {
    await sql`update verification_run set open_keys = ${JSON.stringify([...open])}::jsonb, done = 0 where id = ${runId}`.execute(
      tx,
    );
    await deps.jobs.add(tx, 'verify', { taskId, runId }, { queue: verificationQueue, seconds: lookAgainSeconds });
    after.changed('verification', runId);
  });
}

const outcomes = { 0: 'HELD', 1: 'VIOLATED', 2: 'UNCHECKED' } as const;
/** What could not be checked is much the same for one invariant and the next. */
const mostReasons = 20;
const reasonsOf = (invariants: readonly InvariantReport[]): NotChecked[] => {
  const all = invariants.flatMap(({ status, unchecked }) => (status === 'unchecked' ? unchecked : []));
  const distinct = new Map(all.map(({ what, why }) => [`${what}: ${why}`, { what, why }]));
  return [...distinct.values()];
};

type NotChecked = { what: string; why: string };

/** That a connection is paused is told once, by the first night that meets it: whoever paused it knows. The page says it each time. */
async function notToldYet(tx: Tx, reasons: readonly NotChecked[]): Promise<NotChecked[]> {
  const paused = reasons.filter(({ why }) => why === whilePaused).map(({ what }) => what);
  const { rows } = await sql<{ what: string }>`
    update connection set pause_told_at = now() where state = 'paused' and pause_told_at is null
      and 'connection ' || connection_key = any(${paused}::text[])
    returning 'connection ' || connection_key as what`.execute(tx);
  const news = new Set(rows.map(({ what }) => what));
  return reasons.filter(({ what, why }) => why !== whilePaused || news.has(what));
}

type Told = { runId: string; outcome: string; findings: number; violated: string[]; reasons: NotChecked[] };

function tellOf({ runId, outcome, findings, violated, reasons }: Told): Emission[] {
  if (outcome === 'VIOLATED')
    return [{ type: 'stoa.verification.violated', data: { verificationId: runId, findings, violated } }];
  if (outcome === 'UNCHECKED' && reasons.length > 0)
    return [
      {
        type: 'stoa.verification.incomplete',
        data: { verificationId: runId, outcome, reasons: reasons.slice(0, mostReasons) },
      },
    ];
  return [];
}

type Ended = { runId: string; taskId: string; cause: string; invariants: readonly InvariantReport[] };

async function end(deps: Deps, { runId, taskId, cause, invariants }: Ended): Promise<void> {
  const findings = invariants.flatMap((one) => one.findings);
  const outcome = outcomes[exitCodeOf({ invariants })];
  const kept = findings.slice(0, mostKept).map(({ where: place, next, since, ...one }, number) => ({
    ...one,
    number,
    place,
    next,
    since: since?.toISOString() ?? null,
  }));
  const violated = invariants.filter(({ status }) => status === 'violated').map(({ invariant }) => invariant);
  const summary = invariants.map((one) => ({ ...one, findings: one.findings.length }));
  let reasons: NotChecked[] = [];
  let hasEnded = false;
  await transact(deps, async (tx, after) => {
    const { numAffectedRows } = await sql`
      update verification_run set status = 'SUCCEEDED', outcome = ${outcome}, invariants = ${JSON.stringify(summary)}::jsonb,
        findings = ${findings.length}, open_keys = null, doing = null, done = total, finished_at = now()
      where id = ${runId} and status = 'RUNNING'`.execute(tx);
    if (Number(numAffectedRows ?? 0) === 0) return;
    await sql`insert into verification_finding (run_id, number, invariant, direction, subject, expected, found, place, since, next_step, request_id, connection_key)
      select ${runId}, f.number, f.invariant, f.direction, f.subject, f.expected, f.found, f.place, f.since, f.next, f."requestId", f."connectionKey"
      from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as f (number int, invariant text, direction text, subject text, expected text, found text,
        place text, since timestamptz, next text, "requestId" text, "connectionKey" text)`.execute(tx);
    await markTask(tx, taskId, { status: 'SUCCEEDED' });
    // Whoever began one by hand looks at it; of the night nobody would hear.
    const isTold = cause === 'night';
    if (isTold && outcome === 'UNCHECKED') reasons = await notToldYet(tx, reasonsOf(invariants));
    hasEnded = true;
    await appendAudit(tx, {
      action: 'VerificationRun',
      actor: systemActor,
      targetType: 'VERIFICATION',
      targets: [{ id: runId, name: 'Verification' }],
      payload: {
        step: 'ended',
        outcome,
        findings: findings.length,
        violated,
        unchecked: invariants.filter(({ status }) => status === 'unchecked').map(({ invariant }) => invariant),
      },
      emits: isTold ? tellOf({ runId, outcome, findings: findings.length, violated, reasons }) : [],
    });
    after.changed('verification', runId);
    after.changed('task', taskId);
  });
  if (!hasEnded) return;
  if (reasons.length > 0)
    deps.log.error({ run: runId, reasons }, 'the nightly verification could not check everything: see its page');
  if (outcome === 'VIOLATED')
    deps.log.error({ run: runId, findings: findings.length }, 'a verification found what should not be: see its page');
}
