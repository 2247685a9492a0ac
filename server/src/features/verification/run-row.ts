import type { Verification, VerifiedInvariant } from '@stoa/contract/verification';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

type Row = {
  id: string;
  task_id: string | null;
  cause: Verification['cause'];
  status: Verification['status'];
  outcome: Verification['outcome'];
  error: string | null;
  done: number;
  total: number;
  doing: string | null;
  is_settling: boolean;
  invariants: VerifiedInvariant[];
  findings: number;
  created_by: { globalUserId: string; name: string } | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
};

/** Runs that the condition on `r` holds for, the newest first. */
export async function loadVerifications(db: Reader, where: RawBuilder<unknown>): Promise<Verification[]> {
  const { rows } = await sql<Row>`
    select r.id, r.task_id, r.cause, r.status, r.outcome, r.error, r.done, r.total, r.doing, r.invariants, r.findings,
      r.status = 'RUNNING' and coalesce(jsonb_array_length(r.open_keys), 0) > 0 as is_settling,
      (select json_build_object('globalUserId', u.global_user_id, 'name', u.name) from app_user u where u.global_user_id = r.created_by) as created_by,
      r.created_at, r.started_at, r.finished_at
    from verification_run r where ${where} order by r.created_at desc, r.id desc`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    taskId: row.task_id,
    cause: row.cause,
    status: row.status,
    outcome: row.outcome,
    error: row.error,
    done: row.done,
    total: row.total,
    doing: row.doing,
    isSettling: row.is_settling,
    findings: row.findings,
    invariants: row.invariants,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  }));
}
