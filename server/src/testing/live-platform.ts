import { randomBytes } from 'node:crypto';
import pg from 'pg';

export type PlatformTable = { schema: string; name: string };
export type PlatformLogin = { username: string; password: string };
export type LivePlatform = {
  host: string;
  port: number;
  database: string;
  connector: PlatformLogin;
  /** The role that owns the schemas and tables. */
  owner: string;
  /** Its account may act for the owner. */
  isOwnerMember: boolean;
  tables: PlatformTable[];
  /** A login that may connect and nothing else; its name is unique on the server. */
  addLogin(name: string): Promise<PlatformLogin>;
  /** A fresh connection as that login reads one row, or the SQLSTATE of the refusal. */
  readAs(login: PlatformLogin, table: PlatformTable): Promise<string>;
  connectAs(login: PlatformLogin): Promise<pg.Client>;
  superuser: pg.Client;
  drop(): Promise<void>;
};

type Options = {
  schemas?: number;
  tablesPerSchema?: number;
  /** The connector may act for the owner of the tables (`grantAuthority: 'owner-member'`). */
  isOwnerMember?: boolean;
};
const quote = (name: string): string => pg.escapeIdentifier(name);
const password = 'platform-test';

/** A data platform of its own on a PostgreSQL 16 or newer, with tables, an owner, and a connector account that is no superuser. */
export async function makeLivePlatform(superuserUrl: string, options: Options = {}): Promise<LivePlatform> {
  const suffix = randomBytes(4).toString('hex');
  const database = `live_${suffix}`;
  const [owner, connector] = [`owner_${suffix}`, `connector_${suffix}`];
  const url = new URL(superuserUrl);
  const admin = new pg.Client({ connectionString: superuserUrl });
  // A server that is thrown away as a whole ends these sessions.
  admin.on('error', () => {});
  await admin.connect();
  const roles = [owner];
  await admin.query(`create role ${quote(owner)} nologin`);
  await admin.query(`create role ${quote(connector)} login createrole password '${password}'`);
  if (options.isOwnerMember)
    await admin.query(`grant ${quote(owner)} to ${quote(connector)} with inherit false, set true`);
  await admin.query(`create database ${quote(database)} owner ${quote(owner)}`);
  await admin.query(`revoke all on database ${quote(database)} from public`);
  await admin.query(`grant connect on database ${quote(database)} to ${quote(connector)} with grant option`);
  url.pathname = `/${database}`;
  const superuser = new pg.Client({ connectionString: url.toString() });
  superuser.on('error', () => {});
  await superuser.connect();
  const tables = await makeTables(superuser, {
    owner,
    connector,
    schemas: options.schemas ?? 2,
    perSchema: options.tablesPerSchema ?? 3,
  });
  const connectAs: LivePlatform['connectAs'] = async (login) => {
    const client = new pg.Client({
      host: url.hostname,
      port: Number(url.port),
      database,
      user: login.username,
      password: login.password,
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  return {
    host: url.hostname,
    port: Number(url.port),
    database,
    connector: { username: connector, password },
    owner,
    isOwnerMember: options.isOwnerMember ?? false,
    tables,
    superuser,
    connectAs,
    async addLogin(name) {
      const username = `${name}_${suffix}`;
      await admin.query(`create role ${quote(username)} login password '${password}'`);
      await admin.query(`grant connect on database ${quote(database)} to ${quote(username)}`);
      roles.push(username);
      return { username, password };
    },
    readAs: (login, table) => readOneRow(() => connectAs(login), table),
    async drop() {
      await superuser.end();
      await dropEverything(admin, { database, connector, roles });
      await admin.end();
    },
  };
}

async function readOneRow(connect: () => Promise<pg.Client>, table: PlatformTable): Promise<string> {
  const client = await connect();
  try {
    await client.query(`select * from ${quote(table.schema)}.${quote(table.name)} limit 1`);
    return 'rows';
  } catch (error) {
    return error instanceof pg.DatabaseError ? (error.code ?? error.message) : String(error);
  } finally {
    await client.end();
  }
}

/** Roles outlive their database: containers and the owner of views first, since the connector made them, then the logins, then the connector. */
async function dropEverything(
  admin: pg.Client,
  made: { database: string; connector: string; roles: string[] },
): Promise<void> {
  await admin.query(`drop database if exists ${quote(made.database)} with (force)`);
  const { rows } = await admin.query<{ rolname: string }>(
    `select r.rolname from pg_roles r where exists (
       select from pg_auth_members m join pg_roles c on c.oid = m.member where m.roleid = r.oid and c.rolname = $1)`,
    [made.connector],
  );
  for (const name of [...rows.map((row) => row.rolname), ...made.roles, made.connector]) {
    await admin.query(`drop owned by ${quote(name)}`).catch(() => {});
    await admin.query(`drop role if exists ${quote(name)}`).catch(() => {});
  }
}

type Making = { owner: string; connector: string; schemas: number; perSchema: number };

async function makeTables(
  superuser: pg.Client,
  { owner, connector, schemas, perSchema }: Making,
): Promise<PlatformTable[]> {
  const tables: PlatformTable[] = [];
  for (let s = 1; s <= schemas; s++) {
    const schema = `area_${s}`;
    const statements = [
      `create schema ${schema} authorization ${quote(owner)}`,
      `grant usage on schema ${schema} to ${quote(connector)} with grant option`,
    ];
    for (let t = 1; t <= perSchema; t++) {
      const name = `table_${t}`;
      tables.push({ schema, name });
      statements.push(
        `create table ${schema}.${name} (id integer primary key, label text)`,
        `alter table ${schema}.${name} owner to ${quote(owner)}`,
      );
      if (perSchema <= 100) statements.push(`insert into ${schema}.${name} values (1, 'one')`);
    }
    statements.push(`grant select on all tables in schema ${schema} to ${quote(connector)} with grant option`);
    statements.push(
      `alter default privileges for role ${quote(owner)} in schema ${schema} grant select on tables to ${quote(connector)} with grant option`,
    );
    // One transaction per schema would hold a lock per table; the server's table of locks is finite.
    for (let i = 0; i < statements.length; i += 500) await superuser.query(statements.slice(i, i + 500).join(';\n'));
  }
  await superuser.query(`create schema stoa authorization ${quote(connector)}`);
  return tables;
}
