import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GlobalPermission } from '@stoa/contract/enums';
import type { AnswerOf, BodyIn, Operation, ParamsIn, QueryIn } from '@stoa/contract/operation';
import { sql } from 'kysely';
import pg from 'pg';
import { readConfig } from '../config.ts';
import { migrate, readMigrations } from '../db/migrate.ts';
import { newUuid } from '../db/new-id.ts';
import type { Deps } from '../deps.ts';
import { systemActor } from '../audit/append.ts';
import { createToken } from '../features/token/create-token.ts';
import { startServer } from '../start-server.ts';
import { connectionString, createDatabase, dropDatabase } from './postgres.ts';

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

export type TestAnswer<O extends Operation> = {
  status: number;
  headers: Headers;
  body: AnswerOf<O> & Record<string, unknown>;
};
type Input<O extends Operation> = {
  params?: ParamsIn<O>;
  query?: QueryIn<O>;
  body?: BodyIn<O>;
  headers?: Record<string, string>;
};

/** Somebody who calls with a token of their own. */
export type TestPerson = {
  globalUserId: string;
  userId: number;
  username: string;
  name: string;
  token: string;
  call<O extends Operation>(operation: O, input?: Input<O>): Promise<TestAnswer<O>>;
  /** For what the contract would not let through: any method, address and body. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; body: unknown }>;
};

export type NewPerson = {
  username: string;
  name?: string;
  permissions?: GlobalPermission[];
  personId?: string;
  password?: string;
};

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
  const server = await startServer({ config, databaseUrl, migrationsFolder, webFolder: join(dataDir, 'no-web') });
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

async function addPerson(deps: Deps, url: string, input: NewPerson): Promise<TestPerson> {
  const globalUserId = newUuid();
  const name = input.name ?? input.username;
  await deps.db
    .insertInto('app_user')
    .values({
      global_user_id: globalUserId,
      person_id: input.personId ?? globalUserId,
      username: input.username,
      name,
      email: `${input.username}@example.com`,
    })
    .execute();
  for (const permission of input.permissions ?? [])
    await deps.db.insertInto('global_permission').values({ global_user_id: globalUserId, permission }).execute();
  const { rows } = await sql<{ id: number }>`select id from app_user where global_user_id = ${globalUserId}`.execute(
    deps.db,
  );
  const { token } = await createToken(deps, { owner: { globalUserId, name }, actor: systemActor, description: 'test' });
  return { globalUserId, userId: rows[0]?.id ?? 0, username: input.username, name, token, ...callerOf(url, token) };
}

export function callerOf(url: string, token: string | undefined): Pick<TestPerson, 'call' | 'send'> {
  const send: TestPerson['send'] = async (method, path, body, headers) => {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text,
    };
  };
  return {
    send,
    async call(operation, input = {}) {
      const params = (input.params ?? {}) as Record<string, unknown>;
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(String(params[name])),
      );
      const query = new URLSearchParams();
      for (const [key, value] of Object.entries((input.query ?? {}) as Record<string, unknown>)) {
        for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(key, String(one));
      }
      const answer = await send(
        operation.method,
        query.size > 0 ? `${path}?${query}` : path,
        input.body,
        input.headers,
      );
      // Tests name what they expect of the body; the server has parsed it by the contract already.
      return answer as never;
    },
  };
}
