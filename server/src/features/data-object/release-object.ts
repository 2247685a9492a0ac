import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { enqueueTargetsOf, lockTree } from '../../provisioning/crawl-tree.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { requireMaySomewhere } from './held-roles.ts';
import { loadNodeObject } from './node-object.ts';
import { type DataObjectRow, lockObject, readObject } from './queries.ts';

type Input = { actor: LoadedPerson; id: string; call: Pick<Call, 'id' | 'ip'> };

/** Confirms that what came back under an object's name holds the same data: what was given on the old one is given again. */
export async function releaseObject(deps: Deps, { actor, id, call }: Input): Promise<DataObjectRow> {
  await requireMaySomewhere(deps.db, actor, 'data-object.release');
  const known = await readObject(deps.db, actor, id);
  if (!known) throw notFound('data object');
  return transact(deps, async (tx, after) => {
    await lockTree(tx, known.connection_id);
    const row = await lockObject(tx, actor, id);
    if (!row) throw notFound('data object');
    const node = await loadNodeObject(tx, actor, id);
    requireMay(actor, 'data-object.read', node);
    requireMay(actor, 'data-object.release', node);
    if (row.hold === null) throw new Refusal('data_object.not_held');
    await sql`update data_object set hold = null, updated_at = now() where id = ${id}`.execute(tx);
    const change = { connectionId: row.connection_id, objectIds: [id], cause: 'object-state' } as const;
    await enqueueTargetsOf({ tx, after }, change);
    await appendAudit(tx, {
      action: 'DataObjectUpdated',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'DATA_OBJECT',
      targets: [{ id, name: row.object_path.join('.') }],
      payload: { released: row.hold },
      requestId: call.id,
    });
    after.changed('data-object', id);
    return { ...row, hold: null };
  });
}
