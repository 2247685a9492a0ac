import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { loopback } from './address.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isAlive, waitUntilGone } from './process-identity.ts';

export type PostmasterFile = { pid: number; startedAt: number; port: number; isReady: boolean };

/** The lock file that a running PostgreSQL keeps in its data folder; its lines are fixed by PostgreSQL's miscadmin.h. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , startedAt, port, , , , status] = text.split('\n');
  const parsed = {
    pid: Number(pid),
    startedAt: Number(startedAt),
    port: Number(port),
    isReady: status?.trim() === 'ready',
  };
  return Number.isInteger(parsed.pid) && parsed.pid > 0 ? parsed : undefined;
}

/**
 * Ends what a killed Stoa left behind in `cluster`: its PostgreSQL when that still runs, else the lock file alone,
 * since the number in it may meanwhile belong to any other process, which would make PostgreSQL refuse to start.
 */
export async function clearLeftover(cluster: string, password: string, log: (line: string) => void): Promise<void> {
  const file = await readPostmasterFile(cluster);
  if (!file) return;
  if ((await isAlive(file.pid)) && (await servesCluster(file, cluster, password))) {
    log(`Stopping the embedded PostgreSQL that an earlier run left behind (process ${file.pid}).`);
    await endPostmaster(file.pid);
  }
  await rm(join(cluster, 'postmaster.pid'), { force: true });
}

/** Whether the process of the lock file serves this data folder. A connection to its port alone would prove nothing. */
export async function servesCluster(file: PostmasterFile, cluster: string, password: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const [inside, folder] = await Promise.all([stat(`/proc/${file.pid}/cwd`).catch(() => undefined), stat(cluster)]);
    return inside !== undefined && inside.dev === folder.dev && inside.ino === folder.ino;
  }
  const client = new pg.Client({
    host: loopback,
    port: file.port,
    user: 'postgres',
    password,
    database: 'postgres',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ started: string }>(
      'select extract(epoch from pg_postmaster_start_time())::text as started',
    );
    return Math.abs(Number(rows[0]?.started) - file.startedAt) < 2;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function endPostmaster(pid: number): Promise<void> {
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGKILL'];
  for (const signal of signals) {
    try {
      process.kill(pid, signal);
    } catch {
      // It went away between the look and the signal.
    }
    if (await waitUntilGone(pid, 10_000)) return;
  }
  throw new EmbeddedPostgresError(`The PostgreSQL of an earlier run (process ${pid}) does not end. End it by hand.`);
}
