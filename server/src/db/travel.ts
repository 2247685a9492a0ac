import type { PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/**
 * What an answer costs is mostly the way there and back, not the work. Three things therefore never travel alone: the
 * begin of a transaction goes with its first statement, a statement marked `withNext` with the one after it, and one
 * marked `withCommit` takes the commit along. The server still works through them one after the other, each with a
 * snapshot of its own: a statement behind a lock sees what the lock was waited for.
 */
type Travel = 'alone' | 'with next' | 'with commit';
type Asked = { text: string; values: unknown[]; name?: string };

const marks = /^\s*(?:\/\* (with next|with commit) \*\/\s*)?(?:\/\* prepared ([a-z-]+) \*\/)?/;
const opens = /^(?:begin|start transaction)\b/;

function read(text: string, values: readonly unknown[]): { asked: Asked; travel: Travel } {
  const [, travel, name] = marks.exec(text) ?? [];
  return {
    asked: { text, values: [...values], ...(name === undefined ? {} : { name }) },
    travel: travel === 'with next' || travel === 'with commit' ? travel : opens.test(text) ? 'with next' : 'alone',
  };
}

const nothing: pg.QueryResult = { command: '', rowCount: 0, oid: 0, fields: [], rows: [] };

/** One session on loan from the pool, as the query builder uses it. The pool's clients must be in pipeline mode. */
export class Traveller {
  readonly #client: pg.PoolClient;
  /** Asked for and not sent yet. */
  #waiting: Asked[] = [];
  /** The answer to a commit that was sent before it was asked for. */
  #commit: Promise<pg.QueryResult> | undefined;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  query(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    if (text === 'commit' || text === 'rollback') return this.#end(text);
    const { asked, travel } = read(text, values);
    if (travel === 'with next') {
      this.#waiting.push(asked);
      return Promise.resolve(nothing);
    }
    return this.#go(asked, travel === 'with commit');
  }

  release(): void {
    this.#client.release();
  }

  #end(text: 'commit' | 'rollback'): Promise<pg.QueryResult> {
    const commit = this.#commit;
    this.#commit = undefined;
    // After a failure the server has made a rollback of the commit that came along; nothing is open any more.
    if (commit) return text === 'commit' ? commit : commit.catch(() => nothing);
    const isUntouched = this.#waiting.length > 0 && this.#waiting.every((one) => opens.test(one.text));
    if (isUntouched || (text === 'rollback' && this.#waiting.length > 0)) {
      this.#waiting = [];
      return Promise.resolve(nothing);
    }
    return this.#go({ text, values: [] }, false);
  }

  async #go(asked: Asked, isLast: boolean): Promise<pg.QueryResult> {
    const before = this.#waiting;
    this.#waiting = [];
    const { stream } = this.#client.connection;
    stream.cork();
    const sent = [...before, asked].map((one) => this.#client.query(one));
    if (isLast) {
      this.#commit = this.#client.query('commit');
      this.#commit.catch(() => {});
    }
    stream.uncork();
    // Of several that failed the first tells why; the others only say that the transaction is over.
    const answers = await Promise.allSettled(sent);
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
    const last = answers.at(-1);
    return last?.status === 'fulfilled' ? last.value : nothing;
  }
}

/** What the query builder asks of a pool, over sessions whose statements travel together. */
export const travelling = (pool: pg.Pool) => ({
  async connect(): Promise<PostgresPoolClient> {
    const traveller = new Traveller(await pool.connect());
    // The other form of `query`, with a cursor, is for streams, of which there are none here.
    return traveller as unknown as PostgresPoolClient;
  },
  end: () => pool.end(),
});
