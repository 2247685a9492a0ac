import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../db/pool.ts';
import type { Log } from '../log.ts';
import type { Listener } from '../work/listener.ts';

export type RunOutcome = 'done' | 'again' | 'not-ours' | 'down';
export type RunReconcile = (connectionId: string) => Promise<RunOutcome>;

type Options = { db: Db; listener: Listener; log: Log };

const pollMilliseconds = 2_000;
/**
 * Keys that came while a run was under way are gathered for so long: a run costs the same for one as for a hundred, so
 * under load this leaves the machine to those who decide. A key that comes while nothing runs waits for nothing.
 */
const gatherMilliseconds = 60;

/**
 * Wakes the reconcile of each connection: at once after a commit of this process, by notification when another replica
 * holds the connection, and by a slow poll that finds whatever both missed. At most one run per connection at a time here;
 * the lease in the database sees to it across replicas.
 */
export class Reconciler {
  readonly #options: Options;
  readonly #running = new Map<string, Promise<void>>();
  readonly #asked = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #run: RunReconcile | undefined;
  #isStopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Until it is started, nothing runs: keys wait. */
  start(run: RunReconcile): void {
    this.#run = run;
    this.#options.listener.on('stoa_reconcile', (connectionId) => this.kick(connectionId, { tellOthers: false }));
    this.#timer = setInterval(() => this.#poll(), pollMilliseconds);
    this.#timer.unref();
    this.#poll();
  }

  /** Whether a run of any connection is under way in this process. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await Promise.allSettled(this.#running.values());
  }

  kick(connectionId: string, how: { tellOthers: boolean } = { tellOthers: true }): void {
    if (this.#isStopped || this.#run === undefined) return;
    this.#asked.add(connectionId);
    if (this.#running.has(connectionId)) return;
    const work = this.#work(connectionId, how.tellOthers).finally(() => {
      this.#running.delete(connectionId);
      // Asked between the end of the last run and here: nobody else would start it before the next poll.
      if (this.#asked.has(connectionId)) this.kick(connectionId, how);
    });
    this.#running.set(connectionId, work);
  }

  async #work(connectionId: string, tellOthers: boolean): Promise<void> {
    while (this.#asked.delete(connectionId) && !this.#isStopped) {
      try {
        const outcome = await this.#run?.(connectionId);
        if (outcome === 'again') this.#asked.add(connectionId);
        if (outcome === 'not-ours' && tellOthers) this.#options.listener.notify('stoa_reconcile', connectionId);
        if (outcome === 'done' && this.#asked.has(connectionId)) await setTimeout(gatherMilliseconds);
      } catch (error) {
        this.#options.log.error({ err: error, connectionId }, 'a reconcile run failed; the next poll tries again');
      }
    }
  }

  #poll(): void {
    sql<{ id: string }>`
      select c.id from connection c
      where c.state in ('active', 'error', 'deleting') and (c.next_attempt_at is null or c.next_attempt_at <= now())
        and exists (select from provisioning_key k where k.connection_id = c.id)`
      .execute(this.#options.db)
      .then(({ rows }) => {
        for (const row of rows) this.kick(row.id, { tellOthers: false });
      })
      .catch((error) => this.#options.log.debug({ err: error }, 'the reconcile poll waits for the database'));
  }
}
