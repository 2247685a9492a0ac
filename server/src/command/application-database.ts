import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { findRunning } from '../db/embedded/find-running.ts';
import { startEmbedded } from '../db/embedded/start.ts';
import { applicationRole, type Db, openDatabase, openPool } from '../db/pool.ts';
import { createLog } from '../log.ts';
import { CommandError, tell } from './command-error.ts';

export type ReachedDatabase = { url: string; stop(): Promise<void> };

/** The address of DATABASE_URL, else of the embedded database: that of the running Stoa, or started for this moment; made where that is wanted. */
export async function reachDatabase(config: Config, { isMade = false } = {}): Promise<ReachedDatabase> {
  const nothing = async () => {};
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, stop: nothing };
  const dataDir = join(config.dataDir, 'postgres');
  const running = await findRunning(dataDir);
  if (running) return { url: running.url('stoa'), stop: nothing };
  if (!isMade && !(await stat(join(dataDir, 'data', 'PG_VERSION')).catch(() => undefined)))
    throw new CommandError(
      `there is no Stoa in ${config.dataDir}. Start Stoa once, or set STOA_DATA_DIR or DATABASE_URL to the one you mean.`,
    );
  tell('Stoa is not running; its database is started for a moment.');
  const embedded = await startEmbedded({ dataDir, log: () => {} });
  return { url: isMade ? await embedded.createDatabase('stoa') : embedded.url('stoa'), stop: () => embedded.stop() };
}

/** The same, open for the application's role. */
export async function openApplicationDatabase(config: Config): Promise<{ db: Db; close(): Promise<void> }> {
  const reached = await reachDatabase(config);
  const db = openDatabase(openPool({ url: reached.url, max: 1, log: createLog('silent'), role: applicationRole }));
  return {
    db,
    async close() {
      await db.destroy();
      await reached.stop();
    },
  };
}
