import { setTimeout as pause } from 'node:timers/promises';
import type { EventType } from '@stoa/contract/event-type';
import { sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import { type AfterCommit, transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { loopLockClass, loopLocks } from './advisory-locks.ts';

/** An event as it was written; what has become of its subject since then is for the reader to look up. */
export type OutboxEvent = {
  readonly sequence: number;
  readonly id: string;
  readonly type: EventType;
  readonly requestId: string | null;
  readonly targetId: string | null;
  readonly domainId: string | null;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
};

export type FanOutScope = { readonly deps: Deps; readonly tx: Tx; readonly after: AfterCommit };
/** Writes the rows of everybody who is to be told of these events, which come in their order. It sends nothing. */
export type EventSubscriber = (scope: FanOutScope, events: readonly OutboxEvent[]) => Promise<void>;

const batch = 200;

/** While more happens, after each batch so many times as long as it took, and at most so long: granting and deciding come first. */
const restTimes = 4;
const longestRest = 1_000;

/**
 * Hands what happened to all subscribers, once: their rows and the end of the waiting are one commit, so that whoever is to be told
 * has a row exactly then, wherever the process dies. One replica at a time, in the order of numbers. What one event breaks
 * holds up nothing but what follows about the same request. Aborted, it stops after the batch it is at.
 */
export async function fanOut(
  deps: Deps,
  subscribers: readonly EventSubscriber[],
  { signal, onBatch }: { signal: AbortSignal; onBatch: () => void },
): Promise<void> {
  while (!signal.aborted) {
    const start = performance.now();
    const newest = await newestEvent(deps);
    let count: number;
    try {
      count = await fanOutBatch(deps, subscribers, batch);
    } catch (error) {
      deps.log.warn({ err: error }, 'a batch of events could not be told as a whole; each is tried alone');
      count = await fanOutSingly(deps, subscribers);
    }
    if (count > 0) onBatch();
    if (count > 0 && (await newestEvent(deps)) > newest)
      await pause(Math.min(longestRest, restTimes * (performance.now() - start)), undefined, { signal }).catch(
        () => {},
      );
    if (count < batch) return;
  }
}

async function newestEvent({ db }: Deps): Promise<number> {
  const { rows } = await sql<{ newest: number }>`select coalesce(max(sequence), 0) as newest from event`.execute(db);
  return rows[0]?.newest ?? 0;
}

async function fanOutBatch(deps: Deps, subscribers: readonly EventSubscriber[], most: number): Promise<number> {
  return transact(deps, async (tx, after) => {
    const events = await takePending(tx, most);
    if (events.length === 0) return 0;
    for (const subscriber of subscribers) await subscriber({ deps, tx, after }, events);
    await sql`delete from event_pending where sequence = any(${events.map((event) => event.sequence)}::bigint[])`.execute(
      tx,
    );
    return events.length;
  });
}

async function fanOutSingly(deps: Deps, subscribers: readonly EventSubscriber[]): Promise<number> {
  for (let count = 0; ; count++) {
    if (count === batch) return count;
    try {
      if ((await fanOutBatch(deps, subscribers, 1)) === 0) return count;
    } catch (error) {
      await putOff(deps, error);
    }
  }
}

/** The lock is asked for first: what the holder before took is seen as taken only by a statement that begins after it. */
async function takePending(tx: Tx, most: number): Promise<OutboxEvent[]> {
  const { rows: lock } = await sql<{ held: boolean }>`
    select pg_try_advisory_xact_lock(${loopLockClass}::int, ${loopLocks.fanOut}::int) as held`.execute(tx);
  if (lock[0]?.held !== true) return [];
  const { rows } = await sql<OutboxEvent>`
    select e.sequence, e.id, e.type, e.request_id as "requestId", e.target_id as "targetId", e.domain_id as "domainId",
      e.actor_id as "actorId", e.actor_name as "actorName", e.data, e.created_at as "createdAt"
    ${pendingEvents} order by p.sequence limit ${most} for update of p skip locked`.execute(tx);
  return rows;
}

/** Those whose time has come, but for what waits behind an earlier one of its request. */
const pendingEvents = sql`from event_pending p join event e on e.sequence = p.sequence
    where (p.due_at is null or p.due_at <= now()) and not exists (
      select from event_pending h join event x on x.sequence = h.sequence
      where h.due_at > now() and h.sequence < p.sequence and x.request_id = e.request_id)`;

/** The first one failed alone: it is tried again later, and is there to be seen until it succeeds. */
async function putOff(deps: Deps, error: unknown): Promise<void> {
  const { rows } = await sql<{ sequence: number; attempts: number }>`
    update event_pending set attempts = attempts + 1, failure = ${error instanceof Error ? error.message : String(error)},
      due_at = now() + make_interval(secs => least(300, power(2, least(attempts, 10))))
    where sequence = (select p.sequence ${pendingEvents} order by p.sequence limit 1)
    returning sequence, attempts`.execute(deps.db);
  deps.log.error({ err: error, event: rows[0] }, 'an event could not be told; it is tried again');
}
