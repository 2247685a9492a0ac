import { EventEmitter } from 'node:events';
import { sql } from 'kysely';
import type { Db } from '../db/pool.ts';
import type { Log } from '../log.ts';
import type { Listener } from './listener.ts';

export type LiveEventRow = { sequence: number; type: string; id: string };

const pollMilliseconds = 2_000;
/** Other replicas are told once of everything that happens within so long: a notification costs as much as a commit. */
const gatherMilliseconds = 20;
const rowsAtOnce = 2_000;
/** Longer than a page takes from its first answer to its open stream. */
const recentSeconds = 5;
/**
 * Numbers are taken before the commit, so a smaller one may become visible after a larger one. A number that was passed over
 * is asked for until its transaction must be over; one that was rolled back never comes.
 */
const gapMilliseconds = 40_000;
const mostGaps = 10_000;

/**
 * Fans changes out to the open pages of every replica. The rows are the truth; a notification only shortens the wait.
 * Pages get a type and an id and read the rest through the API.
 */
export class LiveEvents {
  readonly #emitter = new EventEmitter();
  readonly #options: { db: Db; listener: Listener; log: Log };
  /** Numbers passed over, each with the time of that. */
  readonly #gaps = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #tellOthers: NodeJS.Timeout | undefined;
  #position = 0;
  /** Nobody looked for a while, so the position is of before. */
  #isBehind = false;
  #isReading = false;
  #onWake: () => void = () => {};
  #isAsked = false;

  constructor(options: { db: Db; listener: Listener; log: Log }) {
    this.#options = options;
    this.#emitter.setMaxListeners(0);
  }

  async start(): Promise<void> {
    const { rows } = await sql<{ last: number }>`select coalesce(max(sequence), 0) as last from live_event`.execute(
      this.#options.db,
    );
    this.#position = rows[0]?.last ?? 0;
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
    this.#onWake();
    this.#tellOthers ??= setTimeout(() => {
      this.#tellOthers = undefined;
      this.#options.listener.notify('stoa_live');
    }, gatherMilliseconds).unref();
  }

  /** Calls `listener` after each commit of this process that changed something. */
  onWake(listener: () => void): void {
    this.#onWake = listener;
  }

  subscribe(onEvent: (event: LiveEventRow) => void, onEnd: () => void): () => void {
    // Nobody was listening until now: what happened in the meantime is no news to somebody who has just read everything.
    if (this.#emitter.listenerCount('event') === 0) this.#isBehind = true;
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

  /** Whether somebody was told something in the seconds in which their page was reading, and did not listen yet. */
  async wasToldRecently(globalUserId: string): Promise<boolean> {
    const { rows } = await sql`
      select from (select type, subject_id, created_at from live_event order by sequence desc limit 1000) l
      where type = 'notification' and subject_id = ${globalUserId} and created_at > now() - make_interval(secs => ${recentSeconds}) limit 1`.execute(
      this.#options.db,
    );
    return rows.length > 0;
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
    if (this.#emitter.listenerCount('event') === 0) {
      this.#isBehind = true;
      return;
    }
    if (this.#isBehind) await this.#catchUp();
    const { rows } = await sql<LiveEventRow>`
      select sequence, type, subject_id as id from live_event
      where sequence > ${this.#position} or sequence = any(${[...this.#gaps.keys()]}::bigint[])
      order by sequence limit ${rowsAtOnce}`.execute(this.#options.db);
    if (this.#isBehind) {
      // The last listener went and another came while this was read: what is news to the new one is read anew.
      this.#isAsked = true;
      return;
    }
    const now = Date.now();
    for (const row of rows) {
      this.#gaps.delete(row.sequence);
      this.#passOver(row.sequence, now);
      this.#position = Math.max(this.#position, row.sequence);
      this.#emitter.emit('event', row);
    }
    for (const [sequence, since] of this.#gaps) if (since < now - gapMilliseconds) this.#gaps.delete(sequence);
    if (rows.length === rowsAtOnce) this.#isAsked = true;
  }

  #passOver(sequence: number, now: number): void {
    const from = Math.max(this.#position + 1, sequence - mostGaps);
    for (let missing = from; missing < sequence; missing++) this.#gaps.set(missing, now);
    // The oldest go first: they are the likeliest to have been rolled back.
    for (const oldest of this.#gaps.keys()) {
      if (this.#gaps.size <= mostGaps) return;
      this.#gaps.delete(oldest);
    }
  }

  /** Whoever comes has just read everything: what is older than a moment is no news. */
  async #catchUp(): Promise<void> {
    const { rows } = await sql<{ last: number }>`
      select coalesce(max(sequence), 0) as last from live_event where created_at < now() - interval '10 seconds'`.execute(
      this.#options.db,
    );
    this.#isBehind = false;
    this.#position = Math.max(this.#position, rows[0]?.last ?? 0);
    this.#gaps.clear();
  }
}
