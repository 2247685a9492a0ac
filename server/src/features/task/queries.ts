import type { Task } from '@stoa/contract/task';
import { type RawBuilder, sql } from 'kysely';
import { newUuid } from '../../db/new-id.ts';
import type { Reader, Tx } from '../../db/pool.ts';

export type NewTask = {
  kind: Task['kind'];
  connectionId: string | null;
  subject: Record<string, unknown> & { target: string };
  createdBy: string | null;
};

/** Registers work that goes on after the answer; the job that does it is enqueued in the same transaction. */
export async function insertTask(tx: Tx, task: NewTask): Promise<string> {
  const id = newUuid();
  await tx
    .insertInto('task')
    .values({
      id,
      kind: task.kind,
      connection_id: task.connectionId,
      subject: JSON.stringify(task.subject),
      created_by: task.createdBy,
    })
    .execute();
  return id;
}

/** Whether a job will still go on with a task: none does that was cut off as often as it is tried. */
export const hasJob = (taskId: string): RawBuilder<boolean> => sql`exists (
  select from graphile_worker._private_jobs j where j.payload ->> 'taskId' = ${sql.ref(taskId)}::text
    and (j.locked_at is not null or j.attempts < j.max_attempts))`;

export async function findTask(
  db: Reader,
  id: string,
): Promise<
  { view: Task; createdBy: string | null; connectionId: string | null; subject: Record<string, unknown> } | undefined
> {
  const row = await db.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const subject = row.subject as Record<string, unknown>;
  const view: Task = {
    taskId: row.id,
    kind: row.kind as Task['kind'],
    status: row.status as Task['status'],
    target: typeof subject['target'] === 'string' ? subject['target'] : '',
    done: row.done,
    total: row.total,
    createdAt: row.created_at.toISOString(),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.started_at === null ? {} : { startedAt: row.started_at.toISOString() }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
  };
  return { view, createdBy: row.created_by, connectionId: row.connection_id, subject };
}

export async function markTask(
  db: Reader,
  id: string,
  change: { status?: Task['status']; done?: number; total?: number | null; error?: string },
): Promise<void> {
  await sql`update task set
      status = coalesce(${change.status ?? null}, status),
      done = coalesce(${change.done ?? null}::int, done),
      total = coalesce(${change.total ?? null}::int, total),
      error = coalesce(${change.error ?? null}, error),
      started_at = case when ${change.status ?? null} = 'RUNNING' then coalesce(started_at, now()) else started_at end,
      finished_at = case when ${change.status ?? null} in ('SUCCEEDED', 'FAILED', 'CANCELED') then now() else finished_at end
    where id = ${id}`.execute(db);
}
