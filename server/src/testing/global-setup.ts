import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {} from '@stoa/connectors/testing/own-postgres';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../db/embedded/start.ts';
import { findFreePort } from '../db/embedded/port.ts';

/** One PostgreSQL for each process that runs tests; each suite makes databases of its own on it. */
export default async function startTestServers(project: TestProject): Promise<() => Promise<void>> {
  const servers = await Promise.all(Array.from({ length: project.config.maxWorkers }, startOne));
  project.provide(
    'postgres',
    servers.map(({ address }) => address),
  );
  return async () => {
    await Promise.all(servers.map(({ stop }) => stop()));
  };
}

async function startOne() {
  const dataDir = await mkdtemp(join(tmpdir(), 'stoa-test-'));
  // Any free port: the usual one may belong to a Stoa that runs beside the tests.
  const server = await startEmbedded({ dataDir, log: () => undefined, port: await findFreePort(), isDurable: false });
  const stop = async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { address: { host: server.host, port: server.port, ...server.superuser }, stop };
}
