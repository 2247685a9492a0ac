import { ConnectorError, type Fingerprint } from '@stoa/connectors/connector';
import { checksFailed } from '@stoa/core/provisioning/withhold';
import { sql } from 'kysely';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { isWithout } from '../work/fail-point.ts';
import { claimWork } from './claim-work.ts';
import { startCrawl } from './crawl-start.ts';
import { enqueueSwept } from './enqueue-keys.ts';
import { type Look, movedSince, takeLook } from './look.ts';
import { recordDown, recordUp } from './record-reach.ts';

type Tree = Fingerprint['tree'];
type Sweepable = {
  id: string;
  connection_key: string;
  fingerprint: string | null;
  crawled_tree: Tree | null;
  is_stale: boolean;
};

/**
 * Looks at every platform whose lease is ours: where it differs from what the last settled look left, or the last one at the whole
 * is a day old, the whole connection is reconciled; where only the members of containers differ, these containers. Equal
 * fingerprints mean that nothing moved, and cost one cheap read.
 */
export async function enqueueSweeps(deps: Deps): Promise<void> {
  if (isWithout('sweep')) return;
  const { rows } = await sql<Sweepable>`
    select id, connection_key, fingerprint, crawled_tree, coalesce(last_sweep_at < now() - interval '24 hours', true) as is_stale
    from connection where state in ('active', 'error') and (next_attempt_at is null or next_attempt_at <= now())`.execute(
    deps.db,
  );
  await Promise.all(
    rows.map((row) =>
      sweepOne(deps, row).catch((error: unknown) =>
        deps.log.warn({ err: error, connection: row.id }, 'a sweep failed'),
      ),
    ),
  );
}

async function sweepOne(deps: Deps, connection: Sweepable): Promise<void> {
  if (deps.schema.newer !== undefined) return;
  const work = await claimWork(deps.db, connection.id, deps.replicaId);
  if (!work) return;
  let seen: Look;
  try {
    const session = await deps.platforms.session(connection.id, work.connectionVersion);
    seen = await takeLook(deps.db, session, connection.id);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    await deps.platforms.forget(connection.id);
    return recordDown(deps, { connectionId: connection.id, fence: work.fence, failure: error.failure, taskIds: [] });
  }
  await recordUp(deps, connection.id);
  // The whole run first: what a crawl finds is granted by a narrow run, which would mend a container without reporting what was
  // missing in it.
  if (!(await enqueueMoved(deps, connection, seen))) await enqueueWhole(deps, connection.id);
  await crawlWhatMoved(deps, connection, seen.tree);
}

/** More containers than these are looked at with everything else. */
const mostContainers = 100;

/** False when a look at the whole is due. */
async function enqueueMoved(deps: Deps, { id, fingerprint, is_stale }: Sweepable, seen: Look): Promise<boolean> {
  const moved = movedSince(fingerprint, seen);
  if (is_stale || moved === 'everything') return false;
  const differing = moved === 'nothing' ? [] : moved;
  const { rows } = await sql<{ target_id: string; native_id: string }>`
    select target_id, native_id from container
    where connection_id = ${id} and native_id is not null and (moved_by_us or native_id = any(${differing}::text[]))`.execute(
    deps.db,
  );
  const known = new Set(rows.map((row) => row.native_id));
  if (rows.length > mostContainers || !differing.every((one) => known.has(one))) return false;
  if (rows.length > 0)
    await transact(deps, (tx, after) =>
      enqueueSwept(tx, after, { connectionId: id, targetIds: rows.map((row) => row.target_id) }),
    );
  return true;
}

async function enqueueWhole(deps: Deps, connectionId: string): Promise<void> {
  await transact(deps, async (tx, after) => {
    await sql`update connection set last_sweep_at = now() where id = ${connectionId}`.execute(tx);
    await enqueueSwept(tx, after, { connectionId, targetIds: [null] });
  });
}

/** A crawl may take so much of the time, as a part of it: the larger a platform, the rarer it is read because of a new table. */
const crawlShare = 10;

/**
 * Starts a crawl where the platform holds other schemas or objects than the last one saw: of the one schema that moved, else
 * of everything. Not while one runs or waits, and not after one that failed: that has its own time.
 */
async function crawlWhatMoved(deps: Deps, connection: Sweepable, tree: Tree): Promise<void> {
  const moved = movedIn(connection.crawled_tree ?? {}, tree);
  if (moved.length === 0) return;
  await transact(deps, async (tx, after) => {
    const { rows } = await sql<{ path: string[] | null }>`
      select (select o.object_path from data_object o where o.connection_id = c.id and o.object_type = 'schema'
        and o.missing_since is null and o.platform_id = ${moved.length === 1 ? moved[0] : null}) as path
      from connection c where c.id = ${connection.id} and c.state in ('active', 'error')
        and not exists (select from crawl w where w.connection_id = c.id and w.status = 'RUNNING')
        and not exists (select from (select * from crawl w where w.connection_id = c.id order by w.started_at desc limit 1) last
          where last.status = 'FAILED' and not last.is_suspect
            or now() - last.finished_at < ${crawlShare} * (last.finished_at - last.started_at))
      for update of c skip locked`.execute(tx);
    const row = rows[0];
    if (row === undefined) return;
    const { id, connection_key: connectionKey } = connection;
    await startCrawl(deps, { tx, after }, { connection: { id, connectionKey }, path: row.path ?? [], createdBy: null });
  });
}

const movedIn = (before: Tree, now: Tree): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((id) => before[id] !== now[id]);

/** What waits for the checks of its connection is given when these pass, which asks for it; until then nothing is to be tried. */
const isDueAgain = (row: string) => sql`c.state in ('active', 'error') and c.down_since is null
  and not (c.state = 'error' and ${sql.ref(`${row}.reason`)} is not distinct from ${checksFailed})`;

/**
 * What failed or waits for somebody is tried again when its time has come: memberships alone, containers as a whole. Not
 * while the platform is down: each try would leave one more key for the time when it is back.
 */
export async function enqueueRetries(deps: Deps): Promise<void> {
  await transact(deps, async (tx, after) => {
    const { rows } = await sql<{ connection_id: string }>`
      with due as (
        update membership_status m set next_attempt_at = now() + interval '60 seconds'
        from connection c
        where c.id = m.connection_id and ${isDueAgain('m')} and m.next_attempt_at <= now()
        returning m.connection_id, m.target_id, m.global_user_id
      ), stuck as (
        update container_object o set checked_at = now()
        from connection c
        where c.id = o.connection_id and ${isDueAgain('o')} and o.state in ('FAILED', 'PROVISIONING', 'DRIFTED')
          and o.checked_at < now() - interval '30 seconds'
        returning o.connection_id, o.target_id
      ), exempt as (
        update exemption_status e set next_attempt_at = now() + interval '60 seconds'
        from connection c
        where c.id = e.connection_id and ${isDueAgain('e')} and e.next_attempt_at <= now()
        returning e.connection_id, e.global_user_id
      ), held as (
        select distinct l.connection_id from left_session l join connection c on c.id = l.connection_id
        where c.state in ('active', 'error') and c.down_since is null and l.next_attempt_at <= now()
          and not exists (select from provisioning_key k where k.connection_id = l.connection_id and k.facet = 'session')
      ), taking as (
        select distinct t.connection_id from take_back t join connection c on c.id = t.connection_id
        where t.state = 'RUNNING' and c.state in ('active', 'error') and c.down_since is null
          and not exists (select from provisioning_key k where k.connection_id = t.connection_id and k.facet = 'take-back')
      )
      insert into provisioning_key (connection_id, target_id, global_user_id, cause, facet)
      select connection_id, target_id, global_user_id, 'retry', 'access' from due
      union all select distinct connection_id, target_id, null::uuid, 'retry', 'access' from stuck
      union all select distinct connection_id, null::uuid, global_user_id, 'retry', 'reader' from exempt
      union all select connection_id, null::uuid, null::uuid, 'retry', 'session' from held
      union all select connection_id, null::uuid, null::uuid, 'retry', 'take-back' from taking
      returning connection_id`.execute(tx);
    for (const row of rows) after.reconcile(row.connection_id);
  });
}
