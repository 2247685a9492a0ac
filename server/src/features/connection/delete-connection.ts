import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { endAccessOfConnection } from '../access-request/close-requests.ts';
import { insertTask } from '../task/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { lockConnection, productsOn } from './queries.ts';

type Input = {
  actor: LoadedPerson;
  connectionKey: string;
  native: 'revoke' | 'leave';
  call: Call;
};

/** Marks a connection as going, which ends the requests for its assets; a job takes back what Stoa made on the platform and then forgets the connection. */
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
    const { rows: running } =
      await sql`select from task where kind = 'connection-delete' and subject ->> 'connectionId' = ${row.id}
      and status in ('QUEUED', 'RUNNING')`.execute(tx);
    if (running.length > 0) throw new Refusal('connection.deleting');
    await sql`update connection set state = 'deleting', state_reason = null, updated_at = now() where id = ${row.id}`.execute(
      tx,
    );
    await sql`delete from provisioning_key where connection_id = ${row.id}`.execute(tx);
    const reason = `The connection ${connectionKey} was deleted.`;
    const ended = await endAccessOfConnection(tx, after, {
      connectionId: row.id,
      actor: userActor(actor),
      endedBy: actor.globalUserId,
      reason,
      how: 'all',
      call,
    });
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
      payload: {
        state: { from: row.state, to: 'deleting' },
        native,
        canceled: ended.canceled.length,
        revoked: ended.revoked.length,
      },
      requestId: call.id,
    });
    after.changed('connection', connectionKey);
    after.changed('task', taskId);
    return { taskId };
  });
}
