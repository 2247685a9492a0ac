import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { createJobHandlers } from './job-handlers.ts';
import { type JobHandlers, startJobRunner } from './jobs.ts';
import { sendHeartbeat, releaseSilentReplicas } from './replicas.ts';
import { endExpiredAccess, nextExpiry } from '../features/access-request/expire.ts';
import { keepAdvice } from '../features/assist/keep-advice.ts';
import { completeStaleSearch } from '../features/data-product/search-document.ts';
import { startDueIdentification } from '../features/identification/due.ts';
import { forgetOldDrafts } from '../features/request-draft/drafts.ts';
import { enqueueRetries, enqueueSweeps } from '../provisioning/sweep.ts';
import { forgetOldActivity, readDueActivity } from '../provisioning/read-activity.ts';
import { enqueueDueCrawls } from '../provisioning/crawl-start.ts';

/** No timer ever decides: each only wakes a comparison with the database's clock, and none waits longer than this. */
const longestSleep = 10_000;
const heartbeatEvery = 5_000;
const sweepEvery = 30_000;
/** Looks whose turn it is; how often a platform is asked is a setting. */
const activityEvery = 15_000;
const retryEvery = 1_000;
const adviceEvery = 2_000;
/** Between two batches of advice, and at least so many times as long as one took: what people wait for comes first. */
const adviceBreak = 500;
const adviceRest = 19;
const tidyEvery = 10 * 60_000;

export type BackgroundWork = { stop(): Promise<void> };

/** Everything that happens without a call: jobs, heartbeats, expiry, sweeps, and the removal of what has had its day. */
export async function startBackgroundWork(deps: Deps): Promise<BackgroundWork> {
  const handlers: JobHandlers = createJobHandlers(deps);
  await sendHeartbeat(deps);
  const runner = await startJobRunner({ pool: deps.pool, log: deps.log, replicaId: deps.replicaId, handlers });
  const loops = [
    repeat(deps, 'heartbeat', async () => {
      await sendHeartbeat(deps);
      await releaseSilentReplicas(deps);
      return heartbeatEvery;
    }),
    repeat(deps, 'expiry', async () => {
      await endExpiredAccess(deps);
      return Math.min(longestSleep, await nextExpiry(deps));
    }),
    repeat(deps, 'sweep', async () => {
      await enqueueSweeps(deps);
      await enqueueDueCrawls(deps);
      await startDueIdentification(deps);
      return sweepEvery;
    }),
    repeat(deps, 'activity', async () => {
      await readDueActivity(deps);
      return activityEvery;
    }),
    repeat(deps, 'retry', async () => {
      await enqueueRetries(deps);
      return retryEvery;
    }),
    repeat(deps, 'advice', async () => {
      const start = performance.now();
      if (!(await keepAdvice(deps))) return adviceEvery;
      return Math.max(adviceBreak, adviceRest * (performance.now() - start));
    }),
    repeat(deps, 'tidy', async () => {
      await tidy(deps);
      return tidyEvery;
    }),
  ];
  return {
    async stop() {
      for (const loop of loops) loop.stop();
      await Promise.all(loops.map((loop) => loop.settled()));
      await runner.stop();
      await sql`delete from replica where id = ${deps.replicaId}`.execute(deps.db).catch(() => {});
    },
  };
}

type Loop = { stop(): void; settled(): Promise<void> };

/** Runs `act` again and again; it answers after how many milliseconds. A failure is logged and tried again soon. */
function repeat(deps: Deps, name: string, act: () => Promise<number>): Loop {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  const turn = () => {
    current = act()
      .catch((error: unknown) => {
        if (!isStopped) deps.log.warn({ err: error, loop: name }, 'background work failed; it is tried again');
        return 2_000;
      })
      .then((delay) => {
        if (isStopped) return;
        timer = setTimeout(turn, Math.max(20, Math.min(delay, tidyEvery)));
        timer.unref();
      });
  };
  turn();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
    settled: () => current,
  };
}

async function tidy(deps: Deps): Promise<void> {
  await completeStaleSearch(deps);
  await forgetOldDrafts(deps.db);
  await forgetOldActivity(deps);
  await sql`delete from live_event where created_at < now() - interval '1 hour'`.execute(deps.db);
  await sql`delete from idempotency_key where created_at < now() - interval '24 hours'`.execute(deps.db);
  await sql`delete from rate_count where window_start < now() - interval '2 hours'`.execute(deps.db);
  await sql`delete from session where expires_at < now()`.execute(deps.db);
  await sql`delete from task where finished_at < now() - interval '30 days'`.execute(deps.db);
}
