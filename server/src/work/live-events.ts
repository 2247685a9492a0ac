import { EventEmitter } from 'node:events';
import { sql } from 'kysely';
import pg from 'pg';
import type { Db } from '../db/pool.ts';
import type { Log } from '../log.ts';

export type LiveEventRow = { sequence: number; type: string; id: string };

const channel = 'stoa_live';
const pollMilliseconds = 2_000;

/**
 * Fans changes out to the open pages of every replica. The rows are the truth; a notification only shortens the wait, so a
 * lost one costs at most one poll. Pages get a type and an id and read the rest through the API.
 */
export class LiveEvents {
  readonly #emitter = new EventEmitter();
  readonly #options: { db: Db; url: string; log: Log };
  #listener: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #position = 0;
  #reading = false;
  #again = false;
  #stopped = false;

  constructor(options: { db: Db; url: string; log: Log }) {
    this.#options = options;
    this.#emitter.setMaxListeners(0);
  }

  async start(): Promise<void> {
    const { rows } = await sql<{ last: number }>`select coalesce(max(sequence), 0) as last from live_event`.execute(
      this.#options.db,
    );
    this.#position = rows[0]?.last ?? 0;
    await this.#listen();
    this.#timer = setInterval(() => this.#read(), pollMilliseconds);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#listener?.end().catch(() => {});
    this.#emitter.emit('end');
  }

  /** Called after a commit that wrote events here: delivers them here at once and tells the other replicas. */
  wake(): void {
    this.#read();
    this.#listener?.query(`notify ${channel}`).catch(() => {});
  }

  subscribe(onEvent: (event: LiveEventRow) => void, onEnd: () => void): () => void {
    this.#emitter.on('event', onEvent).on('end', onEnd);
    return () => this.#emitter.off('event', onEvent).off('end', onEnd);
  }

  /** What a page missed since the event it saw last. Undefined when that is too long ago to tell. */
  async since(sequence: number): Promise<LiveEventRow[] | undefined> {
    const { rows: bounds } = await sql<{ first: number | null }>`select min(sequence) as first from live_event`.execute(
      this.#options.db,
    );
    const first = bounds[0]?.first;
    if (first === null || first === undefined || sequence < first - 1) return undefined;
    const { rows } = await sql<LiveEventRow>`
      select sequence, type, subject_id as id from live_event where sequence > ${sequence} order by sequence limit 1000`.execute(
      this.#options.db,
    );
    return rows;
  }

  async #listen(): Promise<void> {
    if (this.#stopped) return;
    const client = new pg.Client({
      connectionString: this.#options.url,
      application_name: 'stoa live',
      keepAlive: true,
    });
    client.on('notification', () => this.#read());
    client.on('error', () => {});
    client.on('end', () => {
      if (!this.#stopped) setTimeout(() => this.#listen().catch(() => {}), 1_000).unref();
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      this.#listener = client;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'live updates fall back to polling until the database answers');
    }
  }

  #read(): void {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    this.#deliver()
      .catch((error) => this.#options.log.debug({ err: error }, 'live events could not be read'))
      .finally(() => {
        this.#reading = false;
        if (this.#again && !this.#stopped) {
          this.#again = false;
          this.#read();
        }
      });
  }

  /**
   * Sequence numbers are taken before the commit, so a smaller one can become visible after a larger one. Reading back a
   * little and remembering what was sent would be exact; pages only re-read, so a window of 200 numbers is enough.
   */
  readonly #sent = new Set<number>();
  async #deliver(): Promise<void> {
    const { rows } = await sql<LiveEventRow>`
      select sequence, type, subject_id as id from live_event where sequence > ${this.#position - 200} order by sequence limit 2000`.execute(
      this.#options.db,
    );
    for (const row of rows) {
      if (this.#sent.has(row.sequence) || (this.#sent.size === 0 && row.sequence <= this.#position)) continue;
      this.#sent.add(row.sequence);
      this.#position = Math.max(this.#position, row.sequence);
      this.#emitter.emit('event', row);
    }
    for (const sequence of this.#sent) if (sequence < this.#position - 400) this.#sent.delete(sequence);
  }
}
