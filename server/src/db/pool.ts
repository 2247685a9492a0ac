import { Kysely, PostgresDialect, type RawBuilder, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Log } from '../log.ts';
import type { Database } from './schema.ts';
import { travelling } from './travel.ts';

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
  // Statements here are short: compiling one takes longer than it saves.
  const settings = [
    '-c jit=off',
    '-c statement_timeout=5000',
    '-c idle_in_transaction_session_timeout=30000',
    '-c timezone=UTC',
  ];
  if (options.role !== undefined) settings.push(`-c role=${options.role}`);
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName ?? 'stoa',
    options: settings.join(' '),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // A new session plans everything anew: one that is needed every now and then is worth keeping.
    idleTimeoutMillis: 300_000,
    pipeline: true,
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
/**
 * Ids as an array of which the planner does not see how many they are: it goes on with the plan of a prepared query, instead of
 * planning for each list anew.
 */
export const unseen = (ids: readonly string[], type: 'text' | 'uuid'): RawBuilder<unknown> =>
  sql`array(select unnest(${[...ids]}::${sql.raw(type)}[]))`;
/** First in a statement whose answer nobody reads: it is sent together with the one after it (`travel.ts`). */
export const withNext: RawBuilder<unknown> = sql.raw('/* with next */');
/**
 * First in the last statement of a transaction: the commit is sent along. What would have to be checked in between, the
 * statement itself must check, and fail.
 */
export const withCommit: RawBuilder<unknown> = sql.raw('/* with commit */');

export const openDatabase = (pool: pg.Pool): Db =>
  new Kysely<Database>({ dialect: new PostgresDialect({ pool: travelling(pool) }) });
