import { ConnectorError, type CrawledObject, type Fingerprint } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import { appendAudit, systemActor } from '../audit/append.ts';
import { type AfterCommit, transact } from '../db/transact.ts';
import type { Tx } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { refreshSearchOfSources } from '../features/data-product/search-document.ts';
import { recomputeDomains } from '../features/domain/recompute-domains.ts';
import { bindFound } from '../features/requested-asset/bind-found.ts';
import { noteEnabled, noteNewColumns, startDueIdentification } from '../features/identification/due.ts';
import { markTask } from '../features/task/queries.ts';
import { failPoint } from '../work/fail-point.ts';
import { connectionEvent } from './connection-event.ts';
import { syncCommentTags } from './comment-tags.ts';
import { findNewColumns, followColumns } from './crawl-columns.ts';
import { mergeCrawl, type MergedCrawl } from './crawl-merge.ts';
import { stageObjects } from './crawl-stage.ts';
import { enqueueMaskedSources } from './enqueue-readers.ts';
import { auditSourceChanges, enqueueTargetsOf, lockTree, recomputeStates, syncDataSources } from './crawl-tree.ts';
import { failureWords } from './failure-words.ts';
import { recheckConnection } from './preflight.ts';

type Crawl = {
  id: string;
  taskId: string;
  connection: { id: string; connectionKey: string };
  path: string[];
  /** A person asked for it right after a crawl that missed most of what is known. */
  isLossConfirmed: boolean;
};

const batchSize = 1_000;
const progressEveryMilliseconds = 500;
const retryMinutes = 15;

/**
 * Reads a platform's tree and brings ours up to date. Nothing of ours changes before the whole is read, and then in one
 * commit: killed at any moment it leaves the tree as it was, and the job runs again.
 */
export async function runCrawl(deps: Deps, taskId: string): Promise<void> {
  const crawl = await begin(deps, taskId);
  if (crawl === undefined) return;
  try {
    if (crawl.path.length === 0) await recheckConnection(deps, crawl.connection);
    const tree = await gather(deps, crawl);
    failPoint('crawl.beforeMerge');
    await transact(deps, async (tx, after) => {
      await lockTree(tx, crawl.connection.id);
      const merged = await mergeCrawl(tx, { crawlId: crawl.id, connectionId: crawl.connection.id, ...crawl });
      const structural = await applyMerge({ tx, after }, crawl, merged);
      await enqueueTargetsOf(
        { tx, after },
        { connectionId: crawl.connection.id, objectIds: structural, cause: 'crawl' },
      );
      await bindFound(tx, after, crawl.connection.id);
      await finish(tx, crawl, merged);
      await keepTree(tx, crawl, tree);
      for (const type of ['data-object', 'data-source', 'connection'] as const)
        after.changed(type, crawl.connection.connectionKey);
      after.changed('task', crawl.taskId);
    });
  } catch (error) {
    await fail(deps, crawl, error);
    return;
  }
  // The background work does it otherwise, a little later.
  await startDueIdentification(deps).catch((error: unknown) =>
    deps.log.warn({ err: error }, 'identification was not started'),
  );
}

async function begin(deps: Deps, taskId: string): Promise<Crawl | undefined> {
  return transact(deps, async (tx, after) => {
    const { rows } = await sql<{
      id: string;
      connection_id: string;
      connection_key: string;
      state: string;
      path: string[] | null;
      is_loss_confirmed: boolean;
    }>`
      select w.id, w.connection_id, c.connection_key, c.state, w.path,
        t.created_by is not null and coalesce((select p.is_suspect from crawl p where p.connection_id = w.connection_id
          and p.path is not distinct from w.path and p.id <> w.id and p.finished_at is not null
          order by p.finished_at desc limit 1), false) as is_loss_confirmed
      from task t join crawl w on w.task_id = t.id join connection c on c.id = w.connection_id
      where t.id = ${taskId} and t.status in ('QUEUED', 'RUNNING') for update of t, w`.execute(tx);
    const row = rows[0];
    if (!row) return undefined;
    await closeAbandoned(tx, row.connection_id, row.id);
    await sql`delete from crawl_object where crawl_id = ${row.id}`.execute(tx);
    await sql`update crawl set found = 0 where id = ${row.id}`.execute(tx);
    const connection = { id: row.connection_id, connectionKey: row.connection_key };
    after.changed('task', taskId);
    after.changed('connection', row.connection_key);
    if (row.state === 'paused' || row.state === 'deleting') {
      const error = `The connection is ${row.state === 'paused' ? 'paused' : 'being deleted'}.`;
      await sql`update crawl set status = 'FAILED', finished_at = now(), error = ${error} where id = ${row.id}`.execute(
        tx,
      );
      await markTask(tx, taskId, { status: 'FAILED', error });
      return undefined;
    }
    await markTask(tx, taskId, { status: 'RUNNING', done: 0 });
    return { id: row.id, taskId, connection, path: row.path ?? [], isLossConfirmed: row.is_loss_confirmed };
  });
}

/** Crawls of one connection run one after the other, so another one that has begun and not ended lost its process. */
async function closeAbandoned(tx: Tx, connectionId: string, ownId: string): Promise<void> {
  const error = 'The process that ran it ended.';
  await sql`with closed as (
      update crawl w set status = 'FAILED', finished_at = now(), error = ${error}
      where w.connection_id = ${connectionId} and w.status = 'RUNNING' and w.id <> ${ownId}
        and not exists (select from task t where t.id = w.task_id and t.status = 'QUEUED')
      returning task_id)
    update task set status = 'FAILED', finished_at = now(), error = ${error}
    where id in (select task_id from closed) and status = 'RUNNING'`.execute(tx);
}

/** Answers which schemas and objects there were when it began, as the platform's fingerprint has it. */
async function gather(deps: Deps, crawl: Crawl): Promise<Fingerprint['tree']> {
  const session = await deps.platforms.session(crawl.connection.id);
  const { tree } = await session.fingerprint();
  await sql`update connection set server_info = coalesce(server_info, '{}') || jsonb_build_object('serverVersion', ${session.serverVersion}::text)
    where id = ${crawl.connection.id}`.execute(deps.db);
  let batch: CrawledObject[] = [];
  let lastAt = Date.now();
  for await (const object of session.crawl(crawl.path)) {
    batch.push(object);
    if (batch.length < batchSize && Date.now() - lastAt < progressEveryMilliseconds) continue;
    await stage(deps, crawl, batch);
    batch = [];
    lastAt = Date.now();
  }
  await stage(deps, crawl, batch);
  return tree;
}

/**
 * What moves from here on is seen by the sweep, which then asks for another crawl. Also after a suspect one: that waits for a
 * person. A crawl of one schema has seen that one; one of a single object has not seen all of anything.
 */
async function keepTree(tx: Tx, crawl: Crawl, tree: Fingerprint['tree']): Promise<void> {
  if (crawl.path.length === 0)
    await sql`update connection set crawled_tree = ${JSON.stringify(tree)}::jsonb where id = ${crawl.connection.id}`.execute(
      tx,
    );
  if (crawl.path.length !== 2) return;
  await sql`update connection c
    set crawled_tree = c.crawled_tree || jsonb_build_object(o.platform_id, ${JSON.stringify(tree)}::jsonb -> o.platform_id)
    from data_object o where c.id = ${crawl.connection.id} and o.connection_id = c.id and o.object_path = ${crawl.path}::text[]
      and o.object_type = 'schema' and ${JSON.stringify(tree)}::jsonb ? o.platform_id`.execute(tx);
}

async function stage(deps: Deps, crawl: Crawl, objects: readonly CrawledObject[]): Promise<void> {
  if (objects.length === 0) return;
  await transact(deps, async (tx, after) => {
    await stageObjects(tx, crawl.id, objects);
    await sql`update crawl set found = found + ${objects.length} where id = ${crawl.id}`.execute(tx);
    await sql`update task set done = done + ${objects.length} where id = ${crawl.taskId}`.execute(tx);
    after.changed('task', crawl.taskId);
    after.changed('connection', crawl.connection.connectionKey);
  });
  failPoint('crawl.staged');
}

/** Answers every object whose grants may have to change. */
async function applyMerge(scope: { tx: Tx; after: AfterCommit }, crawl: Crawl, merged: MergedCrawl): Promise<string[]> {
  const { tx } = scope;
  const flipped = await recomputeStates(tx, crawl.connection.id);
  const touched = [...new Set([...merged.touched, ...flipped])];
  const columns = {
    objectIds: touched,
    recreated: merged.moved.filter(({ what }) => what !== 'renamed').map(({ id }) => id),
  };
  const newColumns = await findNewColumns(tx, columns);
  const changes = await syncDataSources(tx, touched);
  if (touched.length > 0) await enqueueMaskedSources(tx, scope.after, crawl.connection.id, 'crawl');
  await followColumns(scope, columns, newColumns);
  await noteNewColumns(tx, [...new Set(newColumns.map((column) => column.objectId))]);
  await noteEnabled(
    tx,
    changes.enabled.map((source) => source.id),
  );
  // Before the domains are locked: whoever changes tags by hand locks the rows first, and the domains after them.
  await syncCommentTags(scope, crawl.connection.id);
  await recomputeDomains(scope, { objectIds: touched }, { actor: systemActor });
  const { rows } = await sql<{
    id: number;
  }>`select s.id from data_source s join data_product_source p on p.data_source_id = s.id
    where s.data_object_id = any(${touched}::uuid[])`.execute(tx);
  await refreshSearchOfSources(
    tx,
    rows.map((row) => row.id),
  );
  await auditSourceChanges(tx, changes, { actor: systemActor, connection: crawl.connection });
  const actions = { renamed: 'DataObjectRenamed', recreated: 'DataObjectRecreated', held: 'DataObjectHeld' } as const;
  const related = [{ id: crawl.connection.id, name: crawl.connection.connectionKey, type: 'CONNECTION' }];
  for (let i = 0; i < merged.moved.length; i += batchSize) {
    const entries = merged.moved.slice(i, i + batchSize).map((object) => ({
      action: actions[object.what],
      actor: systemActor,
      targetType: 'DATA_OBJECT',
      targets: [{ id: object.id, name: object.newPath.join('.') }],
      relatedResources: related,
      payload: { oldPath: object.oldPath, newPath: object.newPath },
    }));
    await appendAudit(tx, entries);
  }
  return [...merged.structural, ...flipped];
}

async function finish(tx: Tx, crawl: Crawl, merged: MergedCrawl): Promise<void> {
  const { found, known, isSuspect } = merged;
  const status = isSuspect ? 'FAILED' : 'SUCCEEDED';
  const error = isSuspect
    ? `CRAWL_SUSPECT: of ${known} known objects fewer than half were found, so none was marked as gone. Check what the account may see; if they are really gone, sync again to confirm it.`
    : null;
  await sql`delete from crawl_object where crawl_id = ${crawl.id}`.execute(tx);
  await sql`update crawl set status = ${status}, is_suspect = ${isSuspect}, found = ${found}, error = ${error}, finished_at = now()
    where id = ${crawl.id}`.execute(tx);
  await sql`update connection set next_crawl_at = now() + make_interval(hours => sync_interval_hours)
    where id = ${crawl.connection.id} and (${crawl.path.length === 0} or next_crawl_at is null)`.execute(tx);
  await markTask(tx, crawl.taskId, { status, done: found, total: found, ...(error === null ? {} : { error }) });
  const counts = { path: crawl.path, found, added: merged.added, gone: merged.gone.length, moved: merged.moved.length };
  await appendAudit(tx, {
    ...checkedEntry(crawl),
    actionStatus: isSuspect ? 'FAILURE' : 'SUCCESS',
    payload: { check: 'crawl', ...counts, ...(isSuspect ? { suspect: true, known } : {}) },
    emits: [
      error === null
        ? connectionEvent(crawl.connection, 'synced', counts)
        : connectionEvent(crawl.connection, 'failed', { during: 'sync', reason: error }),
    ],
  });
}

const checkedEntry = ({ connection }: Crawl) => ({
  action: 'ConnectionChecked',
  actor: systemActor,
  targetType: 'CONNECTION',
  targets: [{ id: connection.id, name: connection.connectionKey }],
});

async function fail(deps: Deps, crawl: Crawl, error: unknown): Promise<void> {
  const isPlatform = error instanceof ConnectorError;
  if (!isPlatform) deps.log.error({ err: error, crawl: crawl.id }, 'a crawl failed');
  const text = isPlatform
    ? failureWords(error.failure)
    : 'The crawl failed on our side; nothing was changed. The log of the server says why.';
  // The session may stem from a login that another replica has replaced since.
  if (isPlatform && error.failure.class === 'auth') await deps.platforms.forget(crawl.connection.id);
  await transact(deps, async (tx, after) => {
    await sql`delete from crawl_object where crawl_id = ${crawl.id}`.execute(tx);
    await sql`update crawl set status = 'FAILED', error = ${text}, finished_at = now() where id = ${crawl.id}`.execute(
      tx,
    );
    await sql`update connection set next_crawl_at = now() + least(make_interval(hours => sync_interval_hours), make_interval(mins => ${retryMinutes}))
      where id = ${crawl.connection.id}`.execute(tx);
    await markTask(tx, crawl.taskId, { status: 'FAILED', error: text });
    await appendAudit(tx, {
      ...checkedEntry(crawl),
      actionStatus: 'FAILURE',
      payload: { check: 'crawl', path: crawl.path, error: text },
      emits: [connectionEvent(crawl.connection, 'failed', { during: 'sync', reason: text })],
    });
    after.changed('task', crawl.taskId);
    after.changed('connection', crawl.connection.connectionKey);
  });
}
