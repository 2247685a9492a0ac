import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { loadRequestObject } from '../access-request/load-request-object.ts';
import { insertTask } from '../task/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';

type Retry = { actor: LoadedPerson; requestId: string; call: Call };

/** Looks at the whole target of a request again, at once, on every platform it lies on; answers the task to watch. */
export async function retryProvisioning(deps: Deps, { actor, requestId, call }: Retry): Promise<string> {
  return transact(deps, async (tx, after) => {
    const object = await loadRequestObject(tx, requestId);
    requireMay(actor, 'access-request.retry', object);
    const taskId = await insertTask(tx, {
      kind: 'provisioning-retry',
      connectionId: null,
      subject: { target: requestId },
      createdBy: actor.globalUserId,
    });
    const { rows } = await sql<{ connection_id: string }>`
      insert into provisioning_key (connection_id, target_id, cause, task_id)
      select k.connection_id, k.target_id, 'retry', ${taskId}
      from access_request r join container k on k.target_id = r.target_id
      where r.id = ${requestId} and r.status in ('APPROVED', 'REVOKED', 'EXPIRED')
      returning connection_id`.execute(tx);
    if (rows.length === 0) throw new Refusal('provisioning.nothing_to_retry');
    for (const row of rows) after.reconcile(row.connection_id);
    await sql`update connection set next_attempt_at = null where id = any(${rows.map((row) => row.connection_id)}::uuid[])`.execute(
      tx,
    );
    await appendAudit(tx, {
      action: 'ProvisioningRetried',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'ACCESS_REQUEST',
      targets: [{ id: requestId, name: object.target.name }],
      domainIds: object.target.domains.map((domain) => domain.id),
      requestId: call.id,
    });
    return taskId;
  });
}
