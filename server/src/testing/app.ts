import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readConfig } from '../config.ts';
import { migrate, readMigrations } from '../db/migrate.ts';
import type { Deps } from '../deps.ts';
import { startServer } from '../start-server.ts';
import { addPerson, callerOf, type NewPerson, type TestPerson } from './people.ts';
import { connectionString, createDatabase, dropDatabase, throughSocket } from './postgres.ts';

export type { TestPerson };

const migrationsFolder = join(import.meta.dirname, '../../migrations');

/** Migrates one template per schema and run; every test database is a file copy of it. */
async function templateDatabase(): Promise<string> {
  const digest = (await readMigrations(migrationsFolder)).map((m) => m.digest.slice(0, 8)).join('');
  const name = `stoa_template_${digest}`.slice(0, 60);
  const client = new pg.Client(connectionString('postgres'));
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(7305201946)');
    const { rows } = await client.query('select from pg_database where datname = $1', [name]);
    if (rows.length === 0) {
      // The test server runs without fsync; the server itself refuses that.
      process.env['STOA_ALLOW_UNSAFE_DATABASE'] = 'on';
      const url = await createDatabase(`${name}_new`);
      await migrate(url, migrationsFolder);
      await client.query(`alter database ${pg.escapeIdentifier(`${name}_new`)} rename to ${pg.escapeIdentifier(name)}`);
    }
    return name;
  } finally {
    await client.end();
  }
}

export type TestServer = {
  url: string;
  databaseUrl: string;
  deps: Deps;
  /** Adds a person past the API, with a token; for what a test takes as given. */
  person(input: NewPerson): Promise<TestPerson>;
  nobody: Pick<TestPerson, 'call' | 'send'>;
  stop(): Promise<void>;
};

/** The whole server on a loopback port and a database of its own. A second one on `databaseUrl` is a second replica. */
export async function startTestServer(
  options: { databaseUrl?: string; dataDir?: string; env?: Record<string, string> } = {},
): Promise<TestServer> {
  process.env['STOA_ALLOW_UNSAFE_DATABASE'] = 'on';
  const databaseUrl = options.databaseUrl ?? (await createDatabase(undefined, await templateDatabase()));
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'stoa-test-'));
  const config = readConfig({
    PORT: '0',
    STOA_DATA_DIR: dataDir,
    STOA_LOG_LEVEL: process.env['STOA_LOG_LEVEL'] ?? 'error',
    STOA_DATABASE_POOL: '10',
    STOA_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    ...options.env,
  });
  const server = await startServer({
    config,
    databaseUrl: throughSocket(databaseUrl),
    migrationsFolder,
    webFolder: join(dataDir, 'no-web'),
  });
  const stop = async () => {
    await server.stop();
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    if (options.databaseUrl === undefined) await dropDatabase(databaseUrl);
  };
  const { deps, url } = server;
  return {
    url,
    databaseUrl,
    deps,
    person: (input) => addPerson(deps, url, input),
    nobody: callerOf(url, undefined),
    stop,
  };
}
