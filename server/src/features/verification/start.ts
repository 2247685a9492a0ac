import { sql } from 'kysely';
import { type AuditActor, appendAudit, systemActor } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { installationZone } from '../../channels/hours.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { readSwitches } from '../../settings-store.ts';
import { insertTask } from '../task/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { endLostRun } from './fail-run.ts';

/** One at a time: a second would read the same platforms for the same answer. */
export const verificationQueue = 'verification';

type Starter = {
  readonly actor: AuditActor;
  readonly globalUserId: string | null;
  readonly cause: 'person' | 'night';
  /** The day that a nightly one is of. */
  readonly night: string | null;
  readonly call?: Pick<Call, 'id' | 'ip'>;
};

/** Begins a run and answers its id; the one that is under way is in the way. */
export async function startVerification(
  deps: Deps,
  { actor, call }: { actor: LoadedPerson; call: Call },
): Promise<string> {
  return transact(deps, async (tx, after) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('verification', 0))`.execute(tx);
    await endLostRun(tx, after);
    const { rows } = await sql<{ id: string }>`
      select id from verification_run where status in ('QUEUED', 'RUNNING') limit 1`.execute(tx);
    if (rows[0] !== undefined) throw new Refusal('verification.running', { extra: { runId: rows[0].id } });
    const by: Starter = {
      actor: userActor(actor),
      globalUserId: actor.globalUserId,
      cause: 'person',
      night: null,
      call,
    };
    return insertRun(deps, { tx, after }, by);
  });
}

/**
 * Begins the run of the night once its hour has come in the zone of the installation, however many replicas ask. In its first
 * day an installation is being set up, and nothing is looked at by itself.
 */
export async function startNightlyVerification(deps: Deps): Promise<string | null> {
  const { verifyNightly, verifyAtHour } = await readSwitches(deps.db);
  if (!verifyNightly) return null;
  const { rows } = await sql<{ night: string }>`
    select to_char(t.here, 'YYYY-MM-DD') as night from (select now() at time zone ${await installationZone(deps.db)} as here) t
    where extract(hour from t.here) >= ${verifyAtHour} and (select min(applied_at) from stoa_migration) < now() - interval '1 day'
      and not exists (select from verification_run r where r.night = to_char(t.here, 'YYYY-MM-DD') or r.status in ('QUEUED', 'RUNNING'))`.execute(
    deps.db,
  );
  const night = rows[0]?.night;
  if (night === undefined) return null;
  return transact(deps, async (tx, after) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('verification', 0))`.execute(tx);
    const { rows: taken } = await sql`
      select from verification_run where night = ${night} or status in ('QUEUED', 'RUNNING') limit 1`.execute(tx);
    if (taken.length > 0) return null;
    return insertRun(deps, { tx, after }, { actor: systemActor, globalUserId: null, cause: 'night', night });
  });
}

async function insertRun(deps: Deps, { tx, after }: { tx: Tx; after: AfterCommit }, by: Starter): Promise<string> {
  const id = newUuid();
  const taskId = await insertTask(tx, {
    kind: 'verification',
    connectionId: null,
    subject: { target: id },
    createdBy: by.globalUserId,
  });
  await sql`insert into verification_run (id, task_id, cause, night, created_by)
    values (${id}, ${taskId}, ${by.cause}, ${by.night}, ${by.globalUserId}::uuid)`.execute(tx);
  await deps.jobs.add(tx, 'verify', { taskId, runId: id }, { queue: verificationQueue });
  await appendAudit(tx, {
    action: 'VerificationRun',
    actor: by.actor,
    actorIp: by.call?.ip,
    targetType: 'VERIFICATION',
    targets: [{ id, name: by.night ?? 'Verification' }],
    payload: { step: 'started', cause: by.cause },
    requestId: by.call?.id,
  });
  after.changed('task', taskId);
  after.changed('verification', id);
  return id;
}
