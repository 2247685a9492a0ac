import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../db/embedded/start.ts';
import { findFreePort } from '../db/embedded/port.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { host: string; port: number; user: string; password: string };
  }
}

/** One PostgreSQL for the whole run of tests; each suite makes databases of its own on it. */
export default async function startTestServer(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stoa-test-'));
  // Any free port: the usual one may belong to a Stoa that runs beside the tests.
  const server = await startEmbedded({ dataDir, log: () => undefined, port: await findFreePort(), isDurable: false });
  project.provide('postgres', { host: server.host, port: server.port, ...server.superuser });
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
