import pg from 'pg';
import { describeWarehouse } from './describe-warehouse.ts';
import { literal } from './expressions.ts';
import { directGrants, legacyReport, sampleLogins, warehouseOwner } from './logins.ts';
import { connectStatements, fillStatements, type SchemaSpec } from './table.ts';

export type WarehouseOptions = {
  /** The account that Stoa's connection uses; made, or given this password when it is there. */
  connector: { user: string; password: string };
  database?: string;
  /** Rows compared with the sample that people see; tests take less than 1. */
  scale?: number;
  /** Other databases of this server that PUBLIC may no longer enter, so that sample logins see the warehouse alone. */
  closedDatabases?: readonly string[];
};

const quote = pg.escapeIdentifier;

/**
 * Makes the sample warehouse on the server of `superuserUrl`; does nothing when the database is there. It is filled under
 * another name first, so that an interrupted run leaves nothing that looks whole.
 */
export async function createWarehouse(superuserUrl: string, options: WarehouseOptions): Promise<void> {
  const database = options.database ?? 'warehouse';
  const draft = `${database}_draft`;
  const [first, second] = describeWarehouse(options.scale ?? 1);
  await withClient(superuserUrl, async (admin) => {
    await ensureRoles(admin, options.connector);
    await closeDatabases(admin, options.closedDatabases ?? []);
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [database]);
    if (rowCount) return;
    await admin.query(`drop database if exists ${quote(draft)} with (force)`);
    await admin.query(`create database ${quote(draft)} owner ${warehouseOwner} template template0`);
    const draftUrl = onDatabase(superuserUrl, draft);
    await Promise.all([first, second].map((schemas) => asOwner(draftUrl, schemas.flatMap(fillStatements))));
    await asOwner(draftUrl, [...second, ...first].flatMap(connectStatements));
    await withClient(draftUrl, async (client) => {
      await runAll(client, accessStatements(draft, [...first, ...second], options.connector.user));
      await client.query('analyze');
    });
    await admin.query(`alter database ${quote(draft)} rename to ${quote(database)}`);
  });
}

async function ensureRoles(admin: pg.Client, connector: WarehouseOptions['connector']): Promise<void> {
  const logins = { ...sampleLogins, [legacyReport.user]: legacyReport.password };
  // Roles belong to the whole server: two warehouses on it share them.
  await admin.query('begin');
  await admin.query(`select pg_advisory_xact_lock(hashtext('stoa sample warehouse roles'))`);
  await ensureRole(admin, warehouseOwner, 'nologin');
  for (const [user, password] of Object.entries(logins)) {
    await ensureRole(admin, user, `login password ${literal(password)}`);
  }
  // Not a superuser: since PostgreSQL 16 CREATEROLE rules no other roles than those it made itself.
  await ensureRole(admin, connector.user, `login createrole password ${literal(connector.password)}`);
  await admin.query('commit');
}

async function ensureRole(admin: pg.Client, name: string, options: string): Promise<void> {
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [name]);
  await admin.query(`${rowCount ? 'alter' : 'create'} role ${quote(name)} ${options}`);
}

async function closeDatabases(admin: pg.Client, names: readonly string[]): Promise<void> {
  await runAll(
    admin,
    names.map((name) => `revoke all on database ${quote(name)} from public`),
  );
}

function accessStatements(database: string, schemas: readonly SchemaSpec[], connector: string): string[] {
  const account = quote(connector);
  const users = [...Object.keys(sampleLogins), legacyReport.user].map(quote).join(', ');
  return [
    `set role ${warehouseOwner}`,
    `revoke all on database ${quote(database)} from public`,
    `grant connect on database ${quote(database)} to ${users}`,
    `grant connect on database ${quote(database)} to ${account} with grant option`,
    // The schema where the connection keeps its own books.
    `reset role`,
    `revoke all on schema public from public`,
    `create schema stoa authorization ${account}`,
    `set role ${warehouseOwner}`,
    ...schemas.flatMap(({ name }) => [
      `grant usage on schema ${quote(name)} to ${account} with grant option`,
      `grant select on all tables in schema ${quote(name)} to ${account} with grant option`,
    ]),
    `alter default privileges grant usage on schemas to ${account} with grant option`,
    `alter default privileges grant select on tables to ${account} with grant option`,
    ...directGrants.flatMap(({ user, schema, table }) => [
      `grant usage on schema ${quote(schema)} to ${quote(user)}`,
      `grant select on ${quote(schema)}.${quote(table)} to ${quote(user)}`,
    ]),
    'reset role',
  ];
}

async function asOwner(url: string, statements: readonly string[]): Promise<void> {
  await withClient(url, async (client) => {
    // Nothing to lose: a server that dies now leaves a draft, which the next run drops.
    await runAll(client, ['set synchronous_commit = off', `set timezone = 'UTC'`, `set role ${warehouseOwner}`]);
    await runAll(client, statements);
  });
}

async function runAll(client: pg.Client, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await client.query(statement);
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function onDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}
