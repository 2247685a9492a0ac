import { randomBytes } from 'node:crypto';
import { ownPostgres } from '@stoa/connectors/testing/own-postgres';
import pg from 'pg';

/** A connection string on the test server, for its superuser unless a login is named. */
export function connectionString(database: string, login?: { user: string; password: string }): string {
  const { host, port, user, password } = { ...ownPostgres(), ...login };
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`;
}

/** The same database over the socket, if it is one of the test server's: a question costs a third less. */
export function throughSocket(url: string): string {
  const { host, port, socketFolder } = ownPostgres();
  return url.replace(`@${host}:${port}/`, `@${encodeURIComponent(socketFolder)}:${port}/`);
}

/** Makes a database, a copy of `template` when one is named, and returns its connection string. */
export async function createDatabase(name = uniqueName(), template?: string): Promise<string> {
  const copy = template === undefined ? '' : ` template ${pg.escapeIdentifier(template)} strategy file_copy`;
  await runAsSuperuser(`create database ${pg.escapeIdentifier(name)}${copy}`);
  return connectionString(name);
}

/** Drops a database, named or by its connection string, also when sessions are still open on it. */
export async function dropDatabase(nameOrUrl: string): Promise<void> {
  const name = nameOrUrl.includes('://') ? decodeURIComponent(new URL(nameOrUrl).pathname.slice(1)) : nameOrUrl;
  await runAsSuperuser(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
}

/** A name that no other test uses: roles and databases are shared by the whole server. */
export function uniqueName(prefix = 'test'): string {
  return `${prefix}_${randomBytes(8).toString('hex')}`;
}

async function runAsSuperuser(sql: string): Promise<void> {
  const client = new pg.Client(connectionString('postgres'));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
