import type pg from 'pg';
import type { Config } from './config.ts';
import type { Landmarks } from './db/landmarks.ts';
import type { Db, Tx } from './db/pool.ts';
import type { SchemaWatch } from './db/schema-watch.ts';
import type { AfterCommit } from './db/transact.ts';
import type { LiveEvents } from './work/live-events.ts';
import type { Jobs } from './work/jobs.ts';
import type { RawRoute, Route } from './http/route.ts';
import type { Log } from './log.ts';
import type { Platforms } from './provisioning/platforms.ts';
import type { Reconciler } from './provisioning/reconciler.ts';
import type { KeyRing } from './secrets/key-ring.ts';
import type { Secrets } from './secrets/secrets.ts';

/** What an operation may reach. Built once in the composition root; tests build the same from real parts. */
export type Deps = {
  readonly config: Config;
  readonly log: Log;
  readonly pool: pg.Pool;
  readonly db: Db;
  /** A few connections apart, for what has to be read as everybody else sees it while a transaction is open. */
  readonly outside: Db;
  /**
   * Few connections, for what is asked with each decision and each run: a session plans its first questions anew each time, and of
   * many sessions each would. Nothing here takes long or waits for anybody.
   */
  readonly frequent: Db;
  /** Of long lists, where they stand at every so many rows. */
  readonly landmarks: Landmarks;
  /** Whether the database is still the one that this version knows. */
  readonly schema: SchemaWatch;
  readonly secrets: Secrets;
  /** The data keys behind the secrets. */
  readonly keys: KeyRing;
  readonly live: LiveEvents;
  readonly jobs: Jobs;
  readonly platforms: Platforms;
  readonly reconciler: Reconciler;
  /** The mark of this installation on every platform. */
  readonly installationId: string;
  readonly replicaId: string;
  /** Where this process listens; known once it does. */
  readonly listening: { url: string };
  /** Every operation that is served. */
  readonly routes: readonly (Route | RawRoute)[];
  /** An operation is tried out in this transaction, which is taken back: what would open one of its own works in it. */
  readonly within?: { readonly tx: Tx; readonly after: AfterCommit };
  /** Looks at what a transaction has done, before it is committed. */
  readonly beforeCommit?: (tx: Tx, after: AfterCommit) => Promise<void>;
};
