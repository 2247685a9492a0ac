import { run, Logger as JobLogger, type Runner, type TaskList } from 'graphile-worker';
import { sql } from 'kysely';
import type pg from 'pg';
import type { Reader } from '../db/pool.ts';
import type { Log } from '../log.ts';

/** Work that goes on after an answer. A payload holds keys only; the handler reads the facts again. */
export type JobPayloads = {
  crawl: ConnectionJob;
  'apply-object-state': ConnectionJob;
  'delete-connection': ConnectionJob;
  'rotate-keys': { taskId: string; connectionId?: undefined };
  'verify-identities': { taskId: string; connectionId?: undefined };
  identify: { taskId: string; runId: string; connectionId?: undefined };
  'verify-audit': { taskId: string; connectionId?: undefined };
  verify: { taskId: string; runId: string; connectionId?: undefined };
};
/** Jobs that name one connection run one after the other, since each changes the same tree. */
type ConnectionJob = { taskId: string; connectionId?: string };
export type JobName = keyof JobPayloads;
export type JobHandlers = { [N in JobName]: (payload: JobPayloads[N]) => Promise<void> };

/** `seconds`: so long it waits at least. */
type JobOptions = { queue?: string; seconds?: number };

export type Jobs = {
  /** Enqueues inside the caller's transaction: the job exists exactly when the facts it will read do. */
  add<N extends JobName>(tx: Reader, name: N, payload: JobPayloads[N], options?: JobOptions): Promise<void>;
};

export const createJobs = (): Jobs => ({
  async add(tx, name, payload, options) {
    const queue = options?.queue ?? payload.connectionId ?? null;
    await sql`select graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json, queue_name => ${queue}, max_attempts => 5,
      run_at => now() + make_interval(secs => ${options?.seconds ?? 0}))`.execute(tx);
  },
});

/** Starts the job runner of this replica. The `workerId` carries the replica's id, so that others can release its jobs. */
export async function startJobRunner(options: {
  pool: pg.Pool;
  log: Log;
  replicaId: string;
  handlers: JobHandlers;
}): Promise<Runner> {
  const logger = new JobLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') options.log.warn({ jobs: message }, 'job runner');
  });
  const taskList: TaskList = {};
  for (const name of Object.keys(options.handlers) as JobName[]) {
    taskList[name] = (payload) => (options.handlers[name] as (p: unknown) => Promise<void>)(payload);
  }
  return run({ pgPool: options.pool, concurrency: 2, noHandleSignals: true, pollInterval: 2000, logger, taskList });
}
