import { sql } from 'kysely';
import type { AfterCommit } from '../db/transact.ts';
import { transact } from '../db/transact.ts';
import { newUuid } from '../db/new-id.ts';
import type { Tx } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { insertTask } from '../features/task/queries.ts';

export type NewCrawl = {
  connection: { id: string; connectionKey: string };
  /** `[]` crawls everything. */
  path: readonly string[];
  createdBy: string | null;
};

/**
 * Registers a crawl with its task and job. It counts as running from here on, so that whoever asked sees it at once. A
 * crawl of the same path that waits already serves both callers.
 */
export async function startCrawl(deps: Deps, scope: { tx: Tx; after: AfterCommit }, crawl: NewCrawl): Promise<string> {
  const { tx, after } = scope;
  const { id: connectionId, connectionKey } = crawl.connection;
  const waiting = await findWaiting(tx, connectionId, crawl.path);
  if (waiting !== undefined) return waiting;
  const taskId = await insertTask(tx, {
    kind: 'crawl',
    connectionId,
    subject: { target: connectionKey },
    createdBy: crawl.createdBy,
  });
  await sql`insert into crawl (id, connection_id, task_id, path)
    values (${newUuid()}, ${connectionId}, ${taskId}, ${[...crawl.path]}::text[])`.execute(tx);
  await deps.jobs.add(tx, 'crawl', { taskId, connectionId });
  after.changed('task', taskId);
  after.changed('connection', connectionKey);
  return taskId;
}

async function findWaiting(tx: Tx, connectionId: string, path: readonly string[]): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select t.id from crawl c join task t on t.id = c.task_id
    where c.connection_id = ${connectionId} and c.path = ${[...path]}::text[] and t.status = 'QUEUED' limit 1`.execute(
    tx,
  );
  return rows[0]?.id;
}

/** Longer than any crawl lasts: one that still runs was lost with its process and its job. */
const longestCrawlHours = 6;

/** Starts the crawl of every active connection whose time has come; called again and again by the background work. */
export async function enqueueDueCrawls(deps: Deps): Promise<void> {
  await sql`update crawl set status = 'FAILED', finished_at = now(), error = 'The process that ran it ended.'
    where status = 'RUNNING' and started_at < now() - make_interval(hours => ${longestCrawlHours})`.execute(deps.db);
  const { rows: looked } = await sql<{ due: boolean }>`select exists (select from connection
    where state in ('active', 'error') and next_crawl_at <= now()) as due`.execute(deps.db);
  if (looked[0]?.due !== true) return;
  await transact(deps, async (tx, after) => {
    const { rows } = await sql<{ id: string; connectionKey: string }>`
      update connection set next_crawl_at = now() + make_interval(hours => sync_interval_hours)
      where id in (select id from connection where state in ('active', 'error') and next_crawl_at <= now()
                   for update skip locked)
      returning id, connection_key as "connectionKey"`.execute(tx);
    for (const connection of rows) await startCrawl(deps, { tx, after }, { connection, path: [], createdBy: null });
  });
}
