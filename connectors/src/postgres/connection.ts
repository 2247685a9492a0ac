import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import pg from 'pg';
import type { ConnectionInput } from '../connector.ts';
import { ConnectorError } from '../connector.ts';
import { classify, toConnectorError } from './errors.ts';
import type { PostgresConfig, PostgresCredentials, PostgresSettings } from './config.ts';
import { postgresConfig, postgresCredentials, postgresSettings } from './config.ts';

const connectTimeoutMs = 10_000;
const statementTimeoutMs = 30_000;
/** The client gives up a little later than the server, so that a dead network cannot hold a session for ever. */
const answerTimeoutMs = 40_000;
const lockTimeoutMs = 10_000;

export type ParsedInput = Omit<ConnectionInput, 'config' | 'credentials' | 'settings'> & {
  readonly config: PostgresConfig;
  readonly credentials: PostgresCredentials;
  readonly settings: PostgresSettings;
};

/** Checks what the caller stored. Throws ZodError: the server has parsed it by the same schemas before. */
export function parseInput(input: ConnectionInput): ParsedInput {
  return {
    ...input,
    config: postgresConfig.parse(input.config),
    credentials: postgresCredentials.parse(input.credentials),
    settings: postgresSettings.parse(input.settings ?? {}),
  };
}

export type Row = Record<string, unknown>;

/** Sessions to one database, with errors of idle ones swallowed: the next use finds out. */
export type Connections = {
  readonly use: <T>(work: (client: pg.PoolClient) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
};

/** How long a statement may run, and how long the client waits for an answer, in milliseconds. */
export type Timeouts = { readonly statement: number; readonly answer: number };

/** Opens the pool; dials on first use. The address is resolved once and again only after the network failed. */
export function openConnections(
  input: ParsedInput,
  timeouts: Timeouts = { statement: statementTimeoutMs, answer: answerTimeoutMs },
): Connections {
  let current: { readonly address: string; readonly pool: pg.Pool } | undefined;
  let closed = false;

  const resolve = async (): Promise<string> => {
    const { host, port } = input.config;
    if (input.resolveAddress === undefined) return host;
    try {
      return await input.resolveAddress(host, port);
    } catch (error) {
      throw egressFailure(error);
    }
  };

  const dial = async (): Promise<pg.PoolClient> => {
    if (closed) throw new Error('Connection terminated: the session was closed');
    current ??= await open(input, await resolve(), timeouts);
    try {
      return await current.pool.connect();
    } catch (error) {
      if (classify(error).class !== 'retry' || input.resolveAddress === undefined) throw error;
      const address = await resolve();
      if (address === current.address) throw error;
      await current.pool.end();
      current = await open(input, address, timeouts);
      return current.pool.connect();
    }
  };

  return {
    use: async (work) => {
      const client = await dial().catch((error: unknown) => {
        throw toConnectorError(error);
      });
      const ignore = (): void => undefined;
      client.on('error', ignore);
      let broken = false;
      try {
        return await work(client);
      } catch (error) {
        // Whatever state an error leaves behind, no later work may inherit it.
        broken = true;
        throw toConnectorError(error, true);
      } finally {
        client.off('error', ignore);
        client.release(broken);
      }
    },
    close: async () => {
      closed = true;
      await current?.pool.end();
    },
  };
}

function egressFailure(error: unknown): ConnectorError {
  const message = error instanceof Error ? error.message : 'the address was refused';
  const remedy = 'Use another host, or have the operator allow this one.';
  return new ConnectorError({ class: 'unsupported', code: 'egress', message, remedy, outcomeUnknown: false });
}

async function open(
  input: ParsedInput,
  address: string,
  timeouts: Timeouts,
): Promise<{ address: string; pool: pg.Pool }> {
  const { config, credentials } = input;
  const pool = new pg.Pool({
    host: address,
    port: config.port,
    database: config.database,
    user: credentials.username,
    password: credentials.password,
    ssl: tlsOptions(config),
    max: input.poolSize ?? 4,
    idleTimeoutMillis: 300_000,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: timeouts.statement,
    query_timeout: timeouts.answer,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    pipeline: true,
    application_name: 'stoa',
    // A search path of the role's own could put look-alikes before the catalog.
    options: '-c search_path=pg_catalog,pg_temp -c standard_conforming_strings=on -c default_transaction_read_only=off',
  });
  pool.on('error', () => undefined);
  return { address, pool };
}

function tlsOptions(config: PostgresConfig): pg.PoolConfig['ssl'] {
  if (config.tls === 'disable') return false;
  const servername = isIP(config.host) === 0 ? { servername: config.host } : {};
  if (config.tls === 'require') return { ...servername, rejectUnauthorized: false };
  return {
    ...servername,
    ...(config.ca === undefined || config.ca.trim() === '' ? {} : { ca: config.ca }),
    rejectUnauthorized: true,
    // We dial an address that was checked, but the certificate must name what the administrator wrote.
    checkServerIdentity: (_host, certificate) => checkServerIdentity(config.host, certificate),
  };
}
