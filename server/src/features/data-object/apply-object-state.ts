import { sql } from 'kysely';
import { userActor } from '../../audit/user-actor.ts';
import { type AuditActor, systemActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import {
  auditSourceChanges,
  enqueueAssetsAround,
  enqueueTargetsOf,
  leafTypes,
  lockTree,
  recomputeStates,
  type SourceChanges,
  syncDataSources,
} from '../../provisioning/crawl-tree.ts';
import { syncCommentTags } from '../../provisioning/comment-tags.ts';
import { failPoint } from '../../work/fail-point.ts';
import { recomputeDomains } from '../domain/recompute-domains.ts';
import { noteEnabled } from '../identification/due.ts';
import { findTask, markTask } from '../task/queries.ts';
import { loadPerson } from '../user/load-people.ts';

const batchSize = 1_000;

/**
 * Brings the data sources of a connection in line with the states of its tree, batch by batch. It looks for what is not
 * in line and not at what was asked, so that it may be killed and run again.
 */
export async function applyObjectState(deps: Deps, taskId: string): Promise<void> {
  const task = await findTask(deps.db, taskId);
  if (!task || task.view.status === 'SUCCEEDED' || task.view.status === 'FAILED' || task.connectionId === null) return;
  const { connectionId } = task;
  const person = task.createdBy === null ? undefined : await loadPerson(deps.db, task.createdBy);
  const actor = person ? userActor(person) : systemActor;
  try {
    const connection = await begin(deps, taskId, { connectionId, objectId: task.view.target });
    let done = 0;
    for (;;) {
      const count = await transact(deps, async (tx, after) => {
        await lockTree(tx, connectionId);
        const ids = await findOutOfLine(tx, connectionId, batchSize);
        const changes = await bringInLine({ tx, after }, { connectionId, ids, actor });
        await auditSourceChanges(tx, changes, { actor, connection });
        await markTask(
          tx,
          taskId,
          ids.length === 0 ? { status: 'SUCCEEDED', done, total: done } : { done: done + ids.length },
        );
        after.changed('task', taskId);
        after.changed('data-object', task.view.target);
        after.changed('data-source', connection.connectionKey);
        if (ids.length === 0) after.changed('connection', connection.connectionKey);
        return ids.length;
      });
      failPoint('objectState.batch');
      if (count === 0) return;
      done += count;
    }
  } catch (error) {
    deps.log.error({ err: error, taskId }, 'a change of object states failed');
    await transact(deps, async (tx, after) => {
      await markTask(tx, taskId, {
        status: 'FAILED',
        error: 'It failed on our side; repeat the change. The log of the server says why.',
      });
      after.changed('task', taskId);
    });
  }
}

type Line = { readonly connectionId: string; readonly ids: readonly string[]; readonly actor: AuditActor };

/** Makes the data sources of some leaves what the leaves say, with all that follows. */
async function bringInLine(
  { tx, after }: { tx: Tx; after: AfterCommit },
  { connectionId, ids, actor }: Line,
): Promise<SourceChanges> {
  const changes = await syncDataSources(tx, ids);
  await noteEnabled(
    tx,
    changes.enabled.map((source) => source.id),
  );
  await syncCommentTags({ tx, after }, connectionId, ids);
  await recomputeDomains({ tx, after }, { objectIds: ids }, { actor });
  await enqueueTargetsOf({ tx, after }, { connectionId, objectIds: ids, cause: 'object-state' });
  return changes;
}

/** What the job will do, all of it at once: for a transaction that is taken back. */
export const sequelOf =
  ({ connectionId, objectId, actor }: { connectionId: string; objectId: string; actor: AuditActor }) =>
  async (tx: Tx, after: AfterCommit): Promise<void> => {
    await recomputeStates(tx, connectionId);
    await enqueueAssetsAround({ tx, after }, { connectionId, objectId, cause: 'object-state' });
    const ids = await findOutOfLine(tx, connectionId, null);
    await bringInLine({ tx, after }, { connectionId, ids, actor });
  };

async function begin(
  deps: Deps,
  taskId: string,
  { connectionId, objectId }: { connectionId: string; objectId: string },
): Promise<{ id: string; connectionKey: string }> {
  return transact(deps, async (tx, after) => {
    await lockTree(tx, connectionId);
    await recomputeStates(tx, connectionId);
    // What is made later follows other states than what is there: it may have to change where no source does.
    await enqueueAssetsAround({ tx, after }, { connectionId, objectId, cause: 'object-state' });
    const { rows } = await sql<{ connectionKey: string; total: number }>`
      select c.connection_key as "connectionKey", (select count(*)::int from (${outOfLine(connectionId)}) x) as total
      from connection c where c.id = ${connectionId}`.execute(tx);
    await markTask(tx, taskId, { status: 'RUNNING', total: rows[0]?.total ?? 0 });
    after.changed('task', taskId);
    return { id: connectionId, connectionKey: rows[0]?.connectionKey ?? '' };
  });
}

/** Enabled leaves without a data source, and data sources that are not as their leaf says. */
const outOfLine = (connectionId: string) => sql<{ id: string }>`
  select o.id from data_object o left join data_source s on s.data_object_id = o.id
  where o.connection_id = ${connectionId} and o.object_type = any(${leafTypes}::text[])
    and coalesce(s.enabled, false) <> (o.effective_state = 'enabled' and o.missing_since is null)`;

async function findOutOfLine(tx: Tx, connectionId: string, limit: number | null): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`${outOfLine(connectionId)} order by o.object_path limit ${limit}`.execute(tx);
  return rows.map((row) => row.id);
}
