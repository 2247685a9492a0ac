import {
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type RawBuilder,
  sql,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import type { Log } from '../log.ts';
import type { Database } from './schema.ts';

/** The role every pooled connection works under once the schema stands; it owns nothing. */
export const applicationRole = 'stoa_app';

export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;
/** For queries that run equally well inside and outside a transaction. */
export type Reader = Db | Tx;

// bigint and numeric arrive as strings by default. Our bigints are sequence numbers far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export type PoolOptions = {
  url: string;
  max: number;
  log: Log;
  role?: string | undefined;
  applicationName?: string;
};

/** A pool whose connections work under `role` from their first statement: it travels in the startup packet. */
export function openPool(options: PoolOptions): pg.Pool {
  const settings = ['-c statement_timeout=5000', '-c idle_in_transaction_session_timeout=30000', '-c timezone=UTC'];
  if (options.role !== undefined) settings.push(`-c role=${options.role}`);
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName ?? 'stoa',
    options: settings.join(' '),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // The job library asks for a listener on each connection as well as on the pool.
  pool.on('connect', (client) => client.on('error', () => {}));
  // Without a listener a server restart, seen by an idle connection, would end the process.
  pool.on('error', (error) =>
    options.log.warn({ reason: error.message }, 'an idle connection to the application database ended'),
  );
  return pool;
}

/**
 * Stands first in a query that every call or decision runs: such a query is prepared once per connection under this name.
 * Planning the query that loads a request with its facts takes ten times as long as running it.
 */
export const prepared = (name: string): RawBuilder<unknown> => sql.raw(`/* prepared ${name} */`);
const preparedName = /^\s*\/\* prepared ([a-z-]+) \*\//;

const preparing = (pool: pg.Pool): PostgresPool => ({
  async connect() {
    const client = await pool.connect();
    const query = (text: string, values: readonly unknown[]) => {
      const name = preparedName.exec(text)?.[1];
      return client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
    };
    // The other form of `query`, with a cursor, is for streams, of which there are none here.
    return { query, release: () => client.release() } as unknown as PostgresPoolClient;
  },
  end: () => pool.end(),
});

export const openDatabase = (pool: pg.Pool): Db =>
  new Kysely<Database>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
