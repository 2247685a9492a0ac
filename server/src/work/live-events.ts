import { EventEmitter } from 'node:events';
import { sql } from 'kysely';
import type { Db } from '../db/pool.ts';
import type { Log } from '../log.ts';
import type { Listener } from './listener.ts';

export type LiveEventRow = { sequence: number; type: string; id: string };

const pollMilliseconds = 2_000;
/** Other replicas are told once of everything that happens within so long: a notification costs as much as a commit. */
const gatherMilliseconds = 20;
/** Numbers are taken before the commit, so a smaller one may become visible after a larger one: look back this far. */
const lookBack = 200;

/**
 * Fans changes out to the open pages of every replica. The rows are the truth; a notification only shortens the wait.
 * Pages get a type and an id and read the rest through the API.
 */
export class LiveEvents {
  readonly #emitter = new EventEmitter();
  readonly #options: { db: Db; listener: Listener; log: Log };
  readonly #sent = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #tellOthers: NodeJS.Timeout | undefined;
  #first = 0;
  #position = 0;
  #isReading = false;
  #isAsked = false;

  constructor(options: { db: Db; listener: Listener; log: Log }) {
    this.#options = options;
    this.#emitter.setMaxListeners(0);
  }

  async start(): Promise<void> {
    const { rows } = await sql<{ last: number }>`select coalesce(max(sequence), 0) as last from live_event`.execute(
      this.#options.db,
    );
    this.#first = this.#position = rows[0]?.last ?? 0;
    this.#options.listener.on('stoa_live', () => this.#read());
    this.#timer = setInterval(() => this.#read(), pollMilliseconds);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#tellOthers);
    this.#emitter.emit('end');
    this.#emitter.removeAllListeners();
  }

  /** Called after a commit that wrote events: delivers them here at once and tells the other replicas. */
  wake(): void {
    this.#read();
    this.#tellOthers ??= setTimeout(() => {
      this.#tellOthers = undefined;
      this.#options.listener.notify('stoa_live');
    }, gatherMilliseconds).unref();
  }

  subscribe(onEvent: (event: LiveEventRow) => void, onEnd: () => void): () => void {
    this.#emitter.on('event', onEvent).on('end', onEnd);
    return () => this.#emitter.off('event', onEvent).off('end', onEnd);
  }

  /** What a page missed since the event it saw last. Undefined when that is too long ago to tell. */
  async since(sequence: number): Promise<LiveEventRow[] | undefined> {
    const { rows } = await sql<LiveEventRow>`
      select sequence, type, subject_id as id from live_event where sequence >= ${sequence} order by sequence limit 1001`.execute(
      this.#options.db,
    );
    const isWhole = rows[0]?.sequence === sequence && rows.length <= 1000;
    return isWhole ? rows.slice(1) : undefined;
  }

  #read(): void {
    if (this.#isReading) {
      this.#isAsked = true;
      return;
    }
    this.#isReading = true;
    this.#deliver()
      .catch((error) => this.#options.log.debug({ err: error }, 'live events could not be read'))
      .finally(() => {
        this.#isReading = false;
        if (!this.#isAsked) return;
        this.#isAsked = false;
        this.#read();
      });
  }

  async #deliver(): Promise<void> {
    if (this.#emitter.listenerCount('event') === 0) return;
    const from = Math.max(this.#first, this.#position - lookBack);
    const { rows } = await sql<LiveEventRow>`
      select sequence, type, subject_id as id from live_event where sequence > ${from} order by sequence limit 2000`.execute(
      this.#options.db,
    );
    for (const row of rows) {
      if (this.#sent.has(row.sequence)) continue;
      this.#sent.add(row.sequence);
      this.#position = Math.max(this.#position, row.sequence);
      this.#emitter.emit('event', row);
    }
    for (const sequence of this.#sent) if (sequence < this.#position - 2 * lookBack) this.#sent.delete(sequence);
  }
}
