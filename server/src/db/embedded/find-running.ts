import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { connectionString, type EmbeddedAddress, loopback } from './address.ts';
import { readPostmasterFile, servesCluster } from './leftover.ts';
import { isAlive } from './process-identity.ts';

/** The embedded PostgreSQL that a living Stoa runs on `dataDir`, for commands that work beside it. */
export async function findRunning(dataDir: string): Promise<EmbeddedAddress | undefined> {
  const folder = resolve(dataDir);
  const cluster = join(folder, 'data');
  const file = await readPostmasterFile(cluster);
  const password = await readFile(join(folder, 'superuser-password'), 'utf8').catch(() => '');
  if (!file?.isReady || password === '' || !(await isAlive(file.pid))) return undefined;
  if (!(await servesCluster(file, cluster, password))) return undefined;
  const superuser = { user: 'postgres', password };
  return { host: loopback, port: file.port, superuser, url: connectionString(file.port, superuser) };
}
