import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { createUser } from '@stoa/contract/user';
import { systemActor } from '@stoa/server/audit/append';
import { readConfig } from '@stoa/server/config';
import { createToken } from '@stoa/server/features/token/create-token';
import { openSession } from '@stoa/server/http/authenticate';
import { type RunningServer, startServer } from '@stoa/server/start-server';
import { addPerson, callerOf, type TestPerson } from '@stoa/server/testing/people';
import { createDatabase, dropDatabase } from '@stoa/server/testing/postgres';
import type { Writer } from './writer.ts';

const root = join(import.meta.dirname, '../../..');

/** The web app as people get it. Nothing is done where it is as new as its sources. */
async function buildWeb(): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'inherit' });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error('the web app was not built');
}

export type HostileStoa = RunningServer & {
  /** Holds every permission. */
  readonly admin: TestPerson;
  /** Somebody made by the API, under a hostile name. */
  add(writer: Writer, username: string): Promise<TestPerson>;
  /** What a browser of theirs sends with each call. */
  session(person: TestPerson): Promise<string>;
};

/** The whole server with the built web app, on a database of its own. */
export async function startHostileStoa(env: Record<string, string>): Promise<HostileStoa> {
  await buildWeb();
  process.env.STOA_ALLOW_UNSAFE_DATABASE = 'on';
  const databaseUrl = await createDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'stoa-hostile-'));
  const config = readConfig({
    PORT: '0',
    STOA_DATA_DIR: dataDir,
    STOA_LOG_LEVEL: 'fatal',
    STOA_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    STOA_REQUESTS_PER_HOUR: '100000',
    ...env,
  });
  const server = await startServer({
    config,
    databaseUrl,
    migrationsFolder: join(root, 'server/migrations'),
    webFolder: join(root, 'web/dist'),
  });
  const { deps, url } = server;
  const permissions = ['GOVERNANCE', 'AUDIT', 'USER_ADMIN', 'APPLICATION_ADMIN'] as const;
  const admin = await addPerson(deps, url, { username: 'admin', name: 'Ada Berg', permissions: [...permissions] });
  return {
    ...server,
    admin,
    async add(writer, username) {
      const email = `${username}@example.com`;
      const body = { username, name: writer.line(), email, attributes: { [writer.line(100)]: [writer.line()] } };
      const { globalUserId, id, name } = await writer.write(admin, createUser, { body });
      const owner = { globalUserId, name };
      const { token } = await createToken(deps, { owner, actor: systemActor, description: 'test' });
      return { globalUserId, userId: id, username, name, token, ...callerOf(url, token) };
    },
    session: async ({ globalUserId }) =>
      (await openSession(deps.db, { globalUserId, ip: '127.0.0.1', userAgent: 'test' })).token,
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
      await dropDatabase(databaseUrl);
    },
  };
}
