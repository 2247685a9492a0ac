import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Source } from '@stoa/core/access/model';
import type { PostgresSettings } from '../postgres/config.ts';
import { postgresConnector } from '../postgres/connector.ts';
import type { World } from './world.ts';

export type TestServer = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
};
type Login = { readonly user: string; readonly password: string };

/** The password of every consumer of a test. */
const consumerPassword = 'reads-if-approved';
let nextSourceId = 1;

export const quote = (name: string): string => pg.escapeIdentifier(name);

export async function connectAs(server: TestServer, database: string, login: Login): Promise<pg.Client> {
  const client = new pg.Client({ host: server.host, port: server.port, database, ...login });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function readAs(
  server: TestServer,
  database: string,
  login: Login & { readonly sql: string },
): Promise<'rows' | 'refused'> {
  const client = await connectAs(server, database, login);
  try {
    const { rows } = await client.query(login.sql);
    return rows.length > 0 ? 'rows' : 'refused';
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '42501') return 'refused';
    throw error;
  } finally {
    await client.end();
  }
}

/** A database with two schemas of another owner, and the account made by the very script that administrators run. */
export async function makePostgresWorld(
  server: TestServer,
  title: string,
  settings: Partial<
    Pick<PostgresSettings, 'grantAuthority' | 'viewSchemas' | 'maskedLookup' | 'endSessionsOnRevoke'>
  > = {},
): Promise<World> {
  const suffix = randomBytes(5).toString('hex');
  let names = 0;
  const unique = (base: string): string => {
    names += 1;
    return `${base}_${names}_${suffix}`;
  };
  const database = unique('conform');
  const account = { username: unique('stoa_account'), password: 'account-password' };
  const installationId = unique('installation');
  const namePrefix = `s${suffix}_`;
  const root = await connectAs(server, 'postgres', server);
  await root.query(`CREATE DATABASE ${quote(database)}`);
  const admin = await connectAs(server, database, server);
  const run = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
    const result: unknown = await admin.query(sql);
    return result instanceof pg.Result || hasRows(result) ? result.rows : [];
  };
  const owner = unique('owner');
  await run(`CREATE ROLE ${quote(owner)} NOLOGIN; CREATE SCHEMA sales AUTHORIZATION ${quote(owner)};
    CREATE SCHEMA hr AUTHORIZATION ${quote(owner)}; CREATE SCHEMA secret;
    CREATE TABLE secret.canary AS SELECT 1 AS id`);
  const config = { host: server.host, port: server.port, database, tls: 'disable' };
  const script = { config, settings, installationId, namePrefix, poolRoles: 40, ...account };
  await run(postgresConnector.setupScript({ ...script, schemas: ['sales', 'hr'] }));
  const [version] = await run(`SELECT current_setting('server_version_num')::int AS v`);
  const logins: string[] = [];
  const consumer = (user: string): Login => ({ user, password: consumerPassword });

  return {
    title,
    connector: postgresConnector,
    input: { config, settings, credentials: account, installationId, connectionId: unique('connection'), namePrefix },
    separateGrantors: Number(version?.['v']) >= 160_000,
    admin: run,
    unique,
    quote,
    makeLogin: async (name) => {
      await run(`CREATE ROLE ${quote(name)} LOGIN PASSWORD '${consumerPassword}'`);
      logins.push(name);
      const [row] = await run(`SELECT oid::text AS id FROM pg_roles WHERE rolname = ${pg.escapeLiteral(name)}`);
      return String(row?.['id']);
    },
    makeTable: async (name, schema = 'sales') => {
      const table = `${quote(schema)}.${quote(name)}`;
      await run(`SET ROLE ${quote(owner)}; CREATE TABLE ${table} AS SELECT 1 AS id, 'x'::text AS note; RESET ROLE`);
      return sourceOf(run, database, [schema, name]);
    },
    owner,
    makeSchema: async (name) => {
      await run(`CREATE SCHEMA ${quote(name)} AUTHORIZATION ${quote(owner)}`);
      await run(postgresConnector.setupScript({ ...script, schemas: [name] }));
      const [row] = await run(`SELECT oid::text AS id FROM pg_namespace WHERE nspname = ${pg.escapeLiteral(name)}`);
      return { platformId: String(row?.['id']), objectPath: [database, name], syncReason: null };
    },
    reads: (login, path) => {
      const [, schema = '', name = ''] = path;
      const sql = `SELECT * FROM ${quote(schema)}.${quote(name)}`;
      return readAs(server, database, { ...consumer(login), sql });
    },
    query: async (login, sql) => {
      const client = await connectAs(server, database, consumer(login));
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    },
    openSession: async (login) => {
      const client = await connectAs(server, database, consumer(login));
      return {
        rows: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
        run: async (sql) => {
          try {
            await client.query(sql);
            return 'ok';
          } catch (error) {
            if (error instanceof pg.DatabaseError && error.code === '42501') return 'refused';
            throw error;
          }
        },
        close: () => client.end(),
      };
    },
    close: async () => {
      await admin.end();
      // WITH (FORCE) came with 13; dropping waits for sessions that are about to end.
      await root.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
      await root.query(`DROP DATABASE ${quote(database)}`);
      const { rows } = await root.query<{ name: string }>(
        'SELECT rolname AS name FROM pg_roles WHERE rolname = ANY($1::text[]) OR left(rolname, length($2)) = $2 OR right(rolname, length($3)) = $3',
        [logins, namePrefix, suffix],
      );
      // From 16 on what an account granted goes before the account: dropping the container roles drops that.
      const names = rows
        .map((row) => row.name)
        .sort((a, b) => Number(b.startsWith(namePrefix)) - Number(a.startsWith(namePrefix)));
      for (const name of names) await root.query(`DROP ROLE IF EXISTS ${quote(name)}`);
      await root.end();
    },
  };
}

function hasRows(result: unknown): result is { rows: Record<string, unknown>[] } {
  return typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows);
}

/** An object as a crawl would have stored it. */
export async function sourceOf(
  run: World['admin'],
  database: string,
  path: readonly [string, string],
): Promise<Source> {
  const [schema, name] = path;
  const [row] =
    await run(`SELECT c.oid::text AS id, n.oid::text AS schema_id, c.relowner::text AS owner, c.relkind AS kind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${pg.escapeLiteral(schema)} AND c.relname = ${pg.escapeLiteral(name)}`);
  nextSourceId += 1;
  return {
    dataSourceId: nextSourceId,
    platformId: String(row?.['id']),
    schemaPlatformId: String(row?.['schema_id']),
    objectPath: [database, schema, name],
    objectType: row?.['kind'] === 'v' ? 'view' : row?.['kind'] === 'p' ? 'partitioned_table' : 'table',
    ownerPlatformId: String(row?.['owner']),
    enabled: true,
    hold: false,
    missing: false,
  };
}
