import type { LiveEventType } from '@stoa/contract/event';
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { failPoint } from '../work/fail-point.ts';
import type { Tx } from './pool.ts';

/** What may happen only once the transaction is committed. Nothing else may leave a transaction. */
export class AfterCommit {
  readonly reconciles = new Set<string>();
  readonly events: { type: LiveEventType; id: string }[] = [];
  #written = 0;

  /** The events not written yet, to be written by the caller in a statement of its own; else the end of the transaction does. */
  takeEvents(): readonly { type: LiveEventType; id: string }[] {
    const events = this.events.slice(this.#written);
    this.#written = this.events.length;
    return events;
  }

  /**
   * What a job will make of the change later. It is not done here: whoever asks beforehand what would follow from the change does it
   * as well, and takes it back.
   */
  readonly sequels: ((tx: Tx, after: AfterCommit) => Promise<void>)[] = [];

  /** The transaction decides about somebody's access; tests kill the server around its commit. */
  isDecision = false;

  /** Wakes the reconciler of a connection whose keys this transaction enqueued. */
  reconcile(connectionId: string): void {
    this.reconciles.add(connectionId);
  }

  /** Tells open pages that something they may show has changed; they read it again through the API. */
  changed(type: LiveEventType, id: string): void {
    this.events.push({ type, id });
  }
}

/**
 * Runs one operation in one transaction and, after the commit, wakes who waits for it. A crash between the two costs
 * delay only: the reconciler and the pages also poll.
 */
export async function transact<T>(deps: Deps, work: (tx: Tx, after: AfterCommit) => Promise<T>): Promise<T> {
  if (deps.within !== undefined) return work(deps.within.tx, deps.within.after);
  const after = new AfterCommit();
  const result = await deps.db.transaction().execute(async (tx) => {
    const answer = await work(tx, after);
    await deps.beforeCommit?.(tx, after);
    const events = after.takeEvents();
    if (events.length > 0) await writeLiveEvents(tx, events);
    if (after.isDecision) failPoint('decision.beforeCommit');
    return answer;
  });
  if (after.isDecision) failPoint('decision.afterCommit');
  for (const connectionId of after.reconciles) deps.reconciler.kick(connectionId);
  if (after.events.length > 0) deps.live.wake();
  return result;
}

async function writeLiveEvents(tx: Tx, events: ReturnType<AfterCommit['takeEvents']>): Promise<void> {
  await tx
    .insertInto('live_event')
    .values(events.map((event) => ({ type: event.type, subject_id: event.id })))
    .execute();
}

/** The clock that judges every instant: that of the application database, as of the start of the transaction. */
export async function databaseNow(tx: Tx): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select now() as now`.execute(tx);
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('the database did not tell the time');
  return now;
}
