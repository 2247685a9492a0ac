import { sql } from 'kysely';
import { refreshStatistics } from '../db/refresh-statistics.ts';
import type { Deps } from '../deps.ts';
import { messageChannels } from '../channels/registered.ts';
import { isFullBatch, sendDue } from '../channels/send-deliveries.ts';
import { createJobHandlers } from './job-handlers.ts';
import { type JobHandlers, startJobRunner } from './jobs.ts';
import { eventSubscribers } from './event-subscribers.ts';
import { fanOut } from './fan-out.ts';
import { tidy } from './tidy.ts';
import { isWithout } from './fail-point.ts';
import { sendHeartbeat, releaseSilentReplicas } from './replicas.ts';
import { addUpCounts } from '../features/data-product/kept-counts.ts';
import { endExpiredAccess, nextExpiry } from '../features/access-request/expire.ts';
import { keepAdvice } from '../features/assist/keep-advice.ts';
import { remindStewards } from '../features/notification/remind.ts';
import { warnOfExpiry } from '../features/notification/warn-of-expiry.ts';
import { startDueIdentification } from '../features/identification/due.ts';
import { endLostVerifications } from '../features/audit/verify-audit.ts';
import { endLostRuns } from '../features/verification/fail-run.ts';
import { startNightlyVerification } from '../features/verification/start.ts';
import { endWaiting } from '../features/webhook/end-waiting.ts';
import { removeRemains } from '../features/webhook/remove-deliveries.ts';
import { WebhookSender } from '../features/webhook/webhook-sender.ts';
import { rewriteDueMessages } from '../features/slack/rewrite-messages.ts';
import { enqueueRetries, enqueueSweeps } from '../provisioning/sweep.ts';
import { CheckpointExport } from '../audit/export-checkpoints.ts';
import { ChainCut, sealEvents } from '../audit/seal-events.ts';
import { SealerWatch } from '../audit/sealer-watch.ts';
import { runDueChecks } from '../provisioning/due-checks.ts';
import { readDueActivity } from '../provisioning/read-activity.ts';
import { enqueueDueCrawls } from '../provisioning/crawl-start.ts';

/** No timer ever decides: each only wakes a comparison with the database's clock, and none waits longer than this. */
const longestSleep = 10_000;
const heartbeatEvery = 5_000;
const sweepEvery = 30_000;
/** Looks whose turn it is; how often a platform is asked is a setting. */
const activityEvery = 15_000;
const retryEvery = 1_000;
/** Also without having been woken: the process that wrote an event may be gone. */
const fanOutEvery = 2_000;
/** After a commit: telling of a decision never competes with granting what was decided. */
const fanOutPause = 250;
const adviceEvery = 2_000;
/** Between two batches of advice, and at least so many times as long as one took: what people wait for comes first. */
const adviceBreak = 500;
const adviceRest = 19;
const sendEvery = 2_000;
const rewriteEvery = 1_000;
/** Whose morning has come, and whose access ends in a week or a day. */
const announceEvery = 30_000;
const endEvery = 2_000;
/** What is not added up yet is read row by row. */
const countEvery = 2_000;
/** Until the planner knows how many rows there are, what is done with each of many looks at all of them. */
const statisticsEvery = 5_000;
const tidyEvery = 10 * 60_000;
/** The audit chain follows what is written; nobody waits for it. */
const sealEvery = 2_000;
const exportEvery = 10_000;
/** Whether somebody has looked into a chain that was cut. */
const cutEvery = 60_000;
/** Where more is left than one turn does. */
const moreEvery = 500;

export type BackgroundWork = { stop(): Promise<void> };

/** Everything that happens without a call: jobs, heartbeats, expiry, sweeps, and the removal of what has had its day. */
export async function startBackgroundWork(deps: Deps): Promise<BackgroundWork> {
  const handlers: JobHandlers = createJobHandlers(deps);
  await sendHeartbeat(deps);
  const runner = await startJobRunner({ pool: deps.pool, log: deps.log, replicaId: deps.replicaId, handlers });
  const sending = messageChannels(deps).map((channel) =>
    repeat(deps, `send ${channel.provider}`, async () => (isFullBatch(await sendDue(deps, channel)) ? 0 : sendEvery)),
  );
  const webhooks = new WebhookSender(deps, (delay) => tellingWebhooks.wake(delay));
  const tellingWebhooks = repeat(deps, 'webhooks', () => webhooks.turn());
  const onBatch = () => [tellingWebhooks, ...sending].forEach((loop) => loop.wake(0));
  const fanningOut = repeat(deps, 'events', async (signal) => {
    await fanOut(deps, eventSubscribers, { signal, onBatch });
    return fanOutEvery;
  });
  deps.live.onWake(() => fanningOut.wake(fanOutPause));
  const loops = [
    fanningOut,
    tellingWebhooks,
    repeat(deps, 'heartbeat', async () => {
      await sendHeartbeat(deps);
      await releaseSilentReplicas(deps);
      return heartbeatEvery;
    }),
    repeat(deps, 'expiry', async (signal) => {
      await endExpiredAccess(deps, signal);
      return Math.min(longestSleep, await nextExpiry(deps));
    }),
    repeat(deps, 'sweep', async () => {
      if (!isWithout('own-sweeps')) await enqueueSweeps(deps);
      await enqueueDueCrawls(deps);
      await startDueIdentification(deps);
      await startNightlyVerification(deps);
      return sweepEvery;
    }),
    repeat(deps, 'checks', () => runDueChecks(deps).then(() => sweepEvery)),
    repeat(deps, 'activity', async () => {
      await readDueActivity(deps);
      return activityEvery;
    }),
    repeat(deps, 'retry', async () => {
      await enqueueRetries(deps);
      return retryEvery;
    }),
    ...keepWhatIsShown(deps),
    ...sending,
    repeat(deps, 'rewrite Slack messages', async () => ((await rewriteDueMessages(deps)) ? 0 : rewriteEvery)),
    repeat(deps, 'announce', async (signal) => {
      await warnOfExpiry(deps, signal);
      await remindStewards(deps);
      return announceEvery;
    }),
    repeat(deps, 'webhooks that are off or gone', async () => {
      const isMore = [await endWaiting(deps), await removeRemains(deps)].includes(true);
      return isMore ? moreEvery : endEvery;
    }),
    ...keepAuditChain(deps),
    repeat(deps, 'statistics', async () => ((await refreshStatistics(deps.db)) === null ? statisticsEvery : moreEvery)),
    repeat(deps, 'tidy', async () => ((await tidy(deps)) ? moreEvery : tidyEvery)),
  ];
  const stop = async () => {
    for (const loop of loops) loop.stop();
    await Promise.all(loops.map((loop) => loop.settled()));
    await webhooks.stop();
    await runner.stop();
    await sql`delete from replica where id = ${deps.replicaId}`.execute(deps.db).catch(() => {});
  };
  return { stop };
}

/** The audit trail is sealed and signed, and what was signed is taken out of the database. */
function keepAuditChain(deps: Deps): Loop[] {
  const exporting = new CheckpointExport(deps);
  const watch = new SealerWatch(deps);
  return [
    repeat(deps, 'audit chain', async () => {
      try {
        return (await sealEvents(deps)).isMore ? moreEvery : sealEvery;
      } catch (error) {
        if (!(error instanceof ChainCut)) throw error;
        deps.log.error({ err: error }, 'the audit chain was cut: docs/audit.md says how to go on');
        return cutEvery;
      }
    }),
    repeat(deps, 'audit export', async () => ((await exporting.turn()) ? moreEvery : exportEvery)),
    repeat(deps, 'watch over the audit chain', async () => {
      await watch.look();
      return sweepEvery;
    }),
    repeat(deps, 'lost verifications', async () => {
      await endLostVerifications(deps);
      await endLostRuns(deps);
      return sweepEvery;
    }),
  ];
}

/** What pages show is worked out before somebody looks. */
const keepWhatIsShown = (deps: Deps): Loop[] => [
  repeat(deps, 'advice', async () => {
    const start = performance.now();
    if (!(await keepAdvice(deps))) return adviceEvery;
    return Math.max(adviceBreak, adviceRest * (performance.now() - start));
  }),
  repeat(deps, 'counts', async () => ((await addUpCounts(deps)) ? moreEvery : countEvery)),
];

type Loop = { stop(): void; settled(): Promise<void>; wake(delay: number): void };

/**
 * Runs `act` again and again; it answers after how many milliseconds. A failure is logged and tried again soon. What goes on for
 * long looks at the signal in between: a stop waits for it.
 */
function repeat(deps: Deps, name: string, act: (signal: AbortSignal) => Promise<number>): Loop {
  const stopping = new AbortController();
  const { signal } = stopping;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  /** When the next turn is due; none while one runs, which then asks what was wished meanwhile. */
  let dueAt: number | undefined;
  let wished = Number.POSITIVE_INFINITY;
  const schedule = (delay: number) => {
    clearTimeout(timer);
    dueAt = performance.now() + delay;
    timer = setTimeout(turn, delay);
    timer.unref();
  };
  const turn = () => {
    dueAt = undefined;
    wished = Number.POSITIVE_INFINITY;
    current = act(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) deps.log.warn({ err: error, loop: name }, 'background work failed; it is tried again');
        return 2_000;
      })
      .then((delay) => {
        if (signal.aborted) return;
        schedule(Math.max(20, Math.min(delay, wished, tidyEvery)));
      });
  };
  turn();
  return {
    stop() {
      stopping.abort();
      clearTimeout(timer);
    },
    settled: () => current,
    wake(delay) {
      if (signal.aborted) return;
      if (dueAt === undefined) wished = Math.min(wished, delay);
      else if (performance.now() + delay < dueAt) schedule(delay);
    },
  };
}
