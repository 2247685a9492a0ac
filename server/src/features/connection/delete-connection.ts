import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { insertTask } from '../task/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { lockConnection, assetRequestsOn, productsOn } from './queries.ts';

type Input = {
  actor: LoadedPerson;
  connectionKey: string;
  native: 'revoke' | 'leave';
  call: Pick<Call, 'id' | 'ip'>;
};

/** Marks a connection as going; a job takes back what Stoa made on the platform and then forgets the connection. */
export async function deleteConnection(deps: Deps, input: Input): Promise<{ taskId: string }> {
  const { actor, connectionKey, native, call } = input;
  return transact(deps, async (tx, after) => {
    const row = await lockConnection(tx, connectionKey);
    if (!row) throw notFound('connection');
    requireMay(actor, 'connection.manage', { kind: 'connection', connectionKey });
    const products = await productsOn(tx, row.id);
    if (products.length > 0) {
      const names = products.map((product) => product.name).join(', ');
      throw new Refusal('connection.in_use', { detail: `Published products use it: ${names}.`, extra: { products } });
    }
    const requests = await assetRequestsOn(tx, row.id);
    if (requests.length > 0) {
      const detail = `${requests.length} access requests name its tables, and their history has to keep what they were about. Pause it instead.`;
      throw new Refusal('connection.in_use', { detail, extra: { accessRequests: requests.map((r) => r.id) } });
    }
    const { rows: running } =
      await sql`select from task where kind = 'connection-delete' and subject ->> 'connectionId' = ${row.id}
      and status in ('QUEUED', 'RUNNING')`.execute(tx);
    if (running.length > 0) throw new Refusal('connection.deleting');
    await sql`update connection set state = 'deleting', state_reason = null, updated_at = now() where id = ${row.id}`.execute(
      tx,
    );
    await sql`delete from provisioning_key where connection_id = ${row.id}`.execute(tx);
    // Without the connection's id: the task outlives it, so that whoever waits sees it succeed.
    const taskId = await insertTask(tx, {
      kind: 'connection-delete',
      connectionId: null,
      subject: { target: connectionKey, connectionId: row.id, native },
      createdBy: actor.globalUserId,
    });
    await deps.jobs.add(tx, 'delete-connection', { taskId, connectionId: row.id });
    await appendAudit(tx, {
      action: 'ConnectionUpdated',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'CONNECTION',
      targets: [{ id: row.id, name: connectionKey }],
      payload: { state: { from: row.state, to: 'deleting' }, native },
      requestId: call.id,
    });
    after.changed('connection', connectionKey);
    after.changed('task', taskId);
    return { taskId };
  });
}
