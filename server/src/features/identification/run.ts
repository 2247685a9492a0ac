import { sql } from 'kysely';
import { type AuditActor, appendAudit, systemActor } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { failPoint } from '../../work/fail-point.ts';
import { loadForRun } from '../identifier/load-identifiers.ts';
import { markTask } from '../task/queries.ts';
import { loadPerson } from '../user/load-people.ts';
import { lookAtSource } from './look-at-source.ts';
import { identificationQueue } from './start.ts';

/** So long a run goes on before it lets others have their turn. */
const turnMilliseconds = 10_000;

export type Run = {
  readonly id: string;
  readonly taskId: string;
  readonly cause: string;
  readonly name: string;
  readonly domainId: string | null;
  readonly actor: AuditActor;
  readonly createdBy: string | null;
};

/**
 * Looks at the sources of a run one by one. What is done is written with each of them, so a run that is killed goes on at the
 * table it was at; whoever takes it up again finds what is still waiting.
 */
export async function runIdentification(deps: Deps, runId: string): Promise<void> {
  const run = await begin(deps, runId);
  if (run === undefined) return;
  try {
    const known = await loadForRun(deps.db);
    const until = performance.now() + turnMilliseconds;
    while (performance.now() < until) {
      const next = await nextSource(deps, runId);
      if (next === 'gone') return;
      if (next === 'canceled' || next === 'done')
        return await end(deps, run, next === 'done' ? 'SUCCEEDED' : 'CANCELED');
      await lookAtSource(deps, { run, dataSourceId: next, ...known });
      failPoint('identification.source');
    }
    await transact(deps, (tx) =>
      deps.jobs.add(tx, 'identify', { taskId: run.taskId, runId }, { queue: identificationQueue }),
    );
  } catch (error) {
    deps.log.error({ err: error, run: runId }, 'an identification run failed');
    await end(deps, run, 'FAILED', 'It failed on our side; what was found stays. The log of the server says why.');
  }
}

async function begin(deps: Deps, runId: string): Promise<Run | undefined> {
  return transact(deps, async (tx, after) => {
    const { rows } = await sql<{
      taskId: string;
      cause: string;
      name: string;
      domainId: string | null;
      createdBy: string | null;
    }>`
      update identification_run set status = 'RUNNING', started_at = coalesce(started_at, now())
      where id = ${runId} and status in ('QUEUED', 'RUNNING') and task_id is not null
      returning task_id as "taskId", cause, scope_name as name, domain_id as "domainId", created_by as "createdBy"`.execute(
      tx,
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    await markTask(tx, row.taskId, { status: 'RUNNING' });
    after.changed('identification', runId);
    const person = row.createdBy === null ? undefined : await loadPerson(tx, row.createdBy);
    return { ...row, id: runId, actor: person === undefined ? systemActor : userActor(person) };
  });
}

async function nextSource(deps: Deps, runId: string): Promise<number | 'done' | 'canceled' | 'gone'> {
  const { rows } = await sql<{ canceled: boolean; next: number | null }>`
    select r.cancel_requested_at is not null as canceled,
      (select x.data_source_id from identification_run_source x where x.run_id = r.id and x.status = 'waiting'
        order by x.data_source_id limit 1) as next
    from identification_run r where r.id = ${runId} and r.status = 'RUNNING'`.execute(deps.db);
  const [row] = rows;
  if (row === undefined) return 'gone';
  if (row.canceled) return 'canceled';
  return row.next ?? 'done';
}

type Counts = { done: number; refused: number; columns: number; tagsAdded: number; tagsProposed: number };

async function end(deps: Deps, run: Run, status: 'SUCCEEDED' | 'FAILED' | 'CANCELED', error?: string): Promise<void> {
  await transact(deps, async (tx, after) => {
    const { rows } = await sql<Counts>`
      update identification_run set status = ${status}, error = ${error ?? null}, finished_at = now()
      where id = ${run.id} and status = 'RUNNING'
      returning done, refused, columns, tags_added as "tagsAdded", tags_proposed as "tagsProposed"`.execute(tx);
    const [counts] = rows;
    if (counts === undefined) return;
    await markTask(tx, run.taskId, { status, ...(error === undefined ? {} : { error }) });
    await appendAudit(tx, {
      action: 'IdentificationRun',
      actionStatus: status === 'FAILED' ? 'FAILURE' : 'SUCCESS',
      actor: run.actor,
      targetType: 'IDENTIFICATION',
      targets: [{ id: run.id, name: run.name }],
      payload: { step: status.toLowerCase(), ...counts },
      domainIds: run.domainId === null ? [] : [run.domainId],
    });
    after.changed('identification', run.id);
    after.changed('task', run.taskId);
  });
}
