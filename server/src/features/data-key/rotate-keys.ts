import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit, systemActor } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { beginRotation, finishRotation, isRotationOpen, retireUnused } from '../../secrets/rotate.ts';
import { rejected, sentenceOf } from '../../secrets/report-tampering.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { findTask, hasJob, insertTask, markTask } from '../task/queries.ts';

const target = 'data-keys';
export type Acting = { actor: LoadedPerson; call: Call };

/** The rotation that waits or runs. */
export async function findRotation(db: Reader): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select t.id from task t where t.kind = 'key-rotation' and t.status in ('QUEUED', 'RUNNING') and ${hasJob('t.id')} limit 1`.execute(
    db,
  );
  return rows[0]?.id;
}

/** New keys for every kind; the job seals what is stored with them. */
export async function startRotation(deps: Deps, { actor, call }: Acting): Promise<{ taskId: string }> {
  requireMay(actor, 'key.manage', nothing);
  return transact(deps, async (tx, after) => {
    const begun = await beginRotation(tx, deps.keys);
    if (begun === 'foreign') throw new Refusal('data_key.root_key_changed');
    if (begun === 'running' || (await findRotation(tx)) !== undefined) throw new Refusal('data_key.rotation_running');
    const taskId = await insertTask(tx, {
      kind: 'key-rotation',
      connectionId: null,
      subject: { target },
      createdBy: actor.globalUserId,
    });
    await deps.jobs.add(tx, 'rotate-keys', { taskId }, { queue: target });
    await appendAudit(tx, {
      action: 'DataKeysRotated',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'DATA_KEY',
      targets: [{ id: target, name: 'Data keys' }],
      payload: { taskId },
      requestId: call.id,
    });
    after.changed('task', taskId);
    return { taskId };
  });
}

/** Goes on wherever a killed run ended. */
export async function runRotation(deps: Deps, taskId: string): Promise<void> {
  const task = await findTask(deps.db, taskId);
  if (!task || !['QUEUED', 'RUNNING'].includes(task.view.status)) return;
  const mark = (change: Parameters<typeof markTask>[2]) =>
    transact(deps, async (tx, after) => {
      await markTask(tx, taskId, change);
      after.changed('task', taskId);
    });
  const { unopened } = await finishRotation(deps.db, deps.keys, {
    progress: ({ done, total }) => mark({ status: 'RUNNING', done, total }),
  });
  await transact(deps, async (tx, after) => {
    await appendAudit(
      tx,
      unopened.map((one) => rejected(one, { taskId })),
    );
    await markTask(
      tx,
      taskId,
      unopened.length === 0 ? { status: 'SUCCEEDED' } : { status: 'FAILED', error: sentenceOf(unopened) },
    );
    after.changed('task', taskId);
  });
}

/** What an earlier version, a command or a killed run left behind is brought to its end: at every start, and now and again. */
export async function carryOnRotation(deps: Deps): Promise<void> {
  await retireUnused(deps.db);
  if (!(await isRotationOpen(deps.db, deps.keys))) return;
  await transact(deps, async (tx, after) => {
    await sql`select pg_advisory_xact_lock(7305201948)`.execute(tx);
    if ((await findRotation(tx)) !== undefined || (await wasTriedLately(tx, deps.replicaId))) return;
    await sql`update task t set status = 'FAILED', finished_at = now(), error = 'It failed too often and is begun again.'
      where t.kind = 'key-rotation' and t.status in ('QUEUED', 'RUNNING') and not ${hasJob('t.id')}`.execute(tx);
    const subject = { target };
    const taskId = await insertTask(tx, { kind: 'key-rotation', connectionId: null, subject, createdBy: null });
    await deps.jobs.add(tx, 'rotate-keys', { taskId }, { queue: target });
    await appendAudit(tx, {
      action: 'DataKeysRotated',
      actor: systemActor,
      targetType: 'DATA_KEY',
      targets: [{ id: target, name: 'Data keys' }],
      payload: { taskId, why: 'an earlier rotation had not ended' },
    });
    after.changed('task', taskId);
  });
}

/** One that failed waits for an hour, or for the next start of a Stoa. */
async function wasTriedLately(db: Reader, replicaId: string): Promise<boolean> {
  const { rows } = await sql`select from task where kind = 'key-rotation' and status = 'FAILED'
    and finished_at > greatest(now() - interval '1 hour', (select started_at from replica where id = ${replicaId}))`.execute(
    db,
  );
  return rows.length > 0;
}
