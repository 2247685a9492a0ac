import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { startCrawl } from '../../provisioning/crawl-start.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { requireMaySomewhere } from './held-roles.ts';
import { loadNodeObject } from './node-object.ts';
import { lockObject } from './queries.ts';

/** Starts a crawl of a node and what is below it: also for whoever looks after just this part of a platform. */
export async function syncObject(
  deps: Deps,
  { actor, id }: { actor: LoadedPerson; id: string },
): Promise<{ taskId: string }> {
  await requireMaySomewhere(deps.db, actor, 'data-object.manage');
  return transact(deps, async (tx, after) => {
    const row = await lockObject(tx, actor, id);
    if (!row) throw notFound('data object');
    const node = await loadNodeObject(tx, actor, id);
    requireMay(actor, 'data-object.read', node);
    requireMay(actor, 'data-object.manage', node);
    if (row.connection_state === 'paused') throw new Refusal('connection.paused');
    if (row.connection_state === 'deleting') throw new Refusal('connection.deleting');
    const connection = { id: row.connection_id, connectionKey: row.connection_key };
    const crawl = { connection, path: row.object_path, createdBy: actor.globalUserId };
    return { taskId: await startCrawl(deps, { tx, after }, crawl) };
  });
}
