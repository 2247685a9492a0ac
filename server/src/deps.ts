import type pg from 'pg';
import type { Config } from './config.ts';
import type { Landmarks } from './db/landmarks.ts';
import type { Db } from './db/pool.ts';
import type { LiveEvents } from './work/live-events.ts';
import type { Jobs } from './work/jobs.ts';
import type { Log } from './log.ts';
import type { Platforms } from './provisioning/platforms.ts';
import type { Reconciler } from './provisioning/reconciler.ts';
import type { Secrets } from './secrets/secrets.ts';

/** What an operation may reach. Built once in the composition root; tests build the same from real parts. */
export type Deps = {
  readonly config: Config;
  readonly log: Log;
  readonly pool: pg.Pool;
  readonly db: Db;
  /** Of long lists, where they stand at every so many rows. */
  readonly landmarks: Landmarks;
  readonly secrets: Secrets;
  readonly live: LiveEvents;
  readonly jobs: Jobs;
  readonly platforms: Platforms;
  readonly reconciler: Reconciler;
  /** The mark of this installation on every platform. */
  readonly installationId: string;
  readonly replicaId: string;
};
