import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '@stoa/server/db/embedded/port';
import { type ChildServer, startChildServer } from '@stoa/server/testing/child-server';

const root = join(import.meta.dirname, '../..');

export type Stoa = {
  readonly url: string;
  /** Where the sample's warehouse listens. */
  readonly postgresPort: number;
  /** Ends the server the hard way and starts it again on the same data; the address stays. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
};

/** Stoa as people start it: the built server, an embedded PostgreSQL, the whole sample, in a folder of its own. */
export async function startStoa(settings: Readonly<Record<string, string>> = {}): Promise<Stoa> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stoa-journey-'));
  const postgresPort = await findFreePort();
  const env = {
    PORT: String(await findFreePort()),
    STOA_ROOT: root,
    STOA_DATA_DIR: dataDir,
    STOA_PG_PORT: String(postgresPort),
    ...settings,
  };
  const start = () => startChildServer(join(root, 'server/dist/main.js'), env, 300);
  let server: ChildServer = await start();
  return {
    url: server.url,
    postgresPort,
    async killAndRestart() {
      await server.kill('SIGKILL');
      server = await start();
    },
    async stop() {
      await server.kill('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
