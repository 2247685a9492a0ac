import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { markTask } from '../task/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { hasEnded, loadRuns, objectOfRun } from './run-row.ts';

/** Asks a run to end. One that has not begun ends at once; another ends after the table it is at. */
export async function cancelIdentification(
  deps: Deps,
  { actor, id, call }: { actor: LoadedPerson; id: string; call: Pick<Call, 'id' | 'ip'> },
): Promise<void> {
  await transact(deps, async (tx, after) => {
    await sql`select from identification_run where id = ${id} for update`.execute(tx);
    const [run] = await loadRuns(tx, sql`r.id = ${id}`);
    if (run === undefined) throw notFound('identification');
    requireMay(actor, 'identification.read', objectOfRun(run));
    requireMay(actor, 'identification.run', objectOfRun(run));
    if (hasEnded(run.status)) throw new Refusal('identification.ended');
    const isWaiting = run.status === 'QUEUED';
    await sql`update identification_run set cancel_requested_at = coalesce(cancel_requested_at, now()),
        canceled_by = coalesce(canceled_by, ${actor.globalUserId}::uuid),
        status = case when ${isWaiting} then 'CANCELED' else status end, finished_at = case when ${isWaiting} then now() end
      where id = ${id}`.execute(tx);
    if (isWaiting && run.task_id !== null) await markTask(tx, run.task_id, { status: 'CANCELED' });
    await appendAudit(tx, {
      action: 'IdentificationRun',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'IDENTIFICATION',
      targets: [{ id, name: run.scope_name }],
      payload: { step: 'cancelRequested' },
      domainIds: run.domains.map((domain) => domain.id),
      requestId: call.id,
    });
    after.changed('identification', id);
    if (run.task_id !== null) after.changed('task', run.task_id);
  });
}
