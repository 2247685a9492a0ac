import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {} from '@stoa/connectors/testing/own-postgres';
import type { TestServer } from '@stoa/connectors/testing/postgres-world';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../db/embedded/start.ts';
import { findFreePort } from '../db/embedded/port.ts';

/** One PostgreSQL for each process that runs tests; each suite makes databases of its own on it. */
export default async function startTestServers(project: TestProject): Promise<() => Promise<void>> {
  const servers: Started[] = [];
  // One after the other: two that look for a free port at the same moment may find the same one.
  for (let n = 0; n < project.config.maxWorkers; n++) servers.push(await startOne());
  project.provide(
    'postgres',
    servers.map(({ address }) => address),
  );
  return async () => {
    await Promise.all(servers.map(({ stop }) => stop()));
  };
}

type Started = { address: TestServer & { socketFolder: string }; stop: () => Promise<void> };

/** Somebody else may take the port between the look and the start: then another one is looked for. */
async function startOne(attempt = 1): Promise<Started> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stoa-test-'));
  const socketFolder = await mkdtemp(join(tmpdir(), 'stoa-socket-'));
  // PostgreSQL may run under another account than the tests.
  await chmod(socketFolder, 0o777);
  const remove = async () => {
    for (const folder of [dataDir, socketFolder]) await rm(folder, { recursive: true, force: true });
  };
  try {
    // Any free port: the usual one may belong to a Stoa that runs beside the tests.
    const port = await findFreePort();
    const server = await startEmbedded({ dataDir, log: () => undefined, port, isDurable: false, socketFolder });
    const stop = async () => {
      await server.stop();
      await remove();
    };
    return { address: { host: server.host, port: server.port, socketFolder, ...server.superuser }, stop };
  } catch (error) {
    await remove();
    const isTaken = error instanceof Error && error.message.includes('could not create any TCP/IP sockets');
    if (!isTaken || attempt >= 5) throw error;
    return startOne(attempt + 1);
  }
}
