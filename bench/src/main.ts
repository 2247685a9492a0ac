import { join } from 'node:path';
import { measureApproval } from './benchmarks/approve.ts';
import { measureApprovalsAtOnce } from './benchmarks/approvals-at-once.ts';
import { measureCompile } from './benchmarks/compile.ts';
import { measureDrift } from './benchmarks/drift.ts';
import { measureEnds } from './benchmarks/ends.ts';
import { measureGrowth } from './benchmarks/growth.ts';
import { measureLists } from './benchmarks/lists.ts';
import { measureLoad } from './benchmarks/load.ts';
import { measureMasks } from './benchmarks/masks.ts';
import { measureMembers } from './benchmarks/members.ts';
import { measurePolicies } from './benchmarks/policies.ts';
import { measurePublish } from './benchmarks/publish.ts';
import { measureReconcile } from './benchmarks/reconcile.ts';
import { measureWebhooks } from './benchmarks/webhooks.ts';
import { type Figure, Report } from './report.ts';
import { root, startWorld, type World } from './world.ts';

type Benchmark = { title: string; measure: (world: World) => Promise<Figure[]> };

/** In this order, so that what fills the database comes after what measures an idle one. */
const benchmarks: Record<string, Benchmark> = {
  approve: { title: 'Approve until granted, proved and read by the consumer', measure: measureApproval },
  ends: { title: 'Revoke until refused, and the overrun of expiry', measure: measureEnds },
  drift: { title: 'A grant taken away by hand, until it is found', measure: measureDrift },
  throughput: { title: 'Approvals per second, and a backlog', measure: measureApprovalsAtOnce },
  publish: { title: 'Publishing 1,000 and 10,000 tables', measure: measurePublish },
  masks: { title: 'Masked tables beside a view by hand', measure: measureMasks },
  members: { title: '1,000 users onto a product of 1,000 tables', measure: measureMembers },
  compile: { title: 'Policies compiled in memory', measure: measureCompile },
  policies: { title: 'A policy for 1,000 users and 500 sources', measure: measurePolicies },
  reconcile: { title: 'Reconcile of an unchanged platform', measure: measureReconcile },
  growth: { title: 'How costs grow', measure: measureGrowth },
  webhooks: { title: '1,000 events to 20 receivers, one hanging and one failing', measure: measureWebhooks },
  lists: { title: 'Lists: deep pages and search', measure: measureLists },
  load: { title: 'Under load, with the data of years', measure: measureLoad },
};

function choose(names: readonly string[]): [string, Benchmark][] {
  const unknown = names.filter((name) => benchmarks[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}.`);
  return Object.entries(benchmarks).filter(([name]) => names.length === 0 || names.includes(name));
}

async function run(): Promise<number> {
  const chosen = choose(process.argv.slice(2));
  const report = new Report();
  const world = await startWorld();
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= world.stop());
  process.on('SIGINT', () => void stop().then(() => process.exit(130)));
  let failed = 0;
  try {
    for (const [name, { title, measure }] of chosen) {
      if (stopping !== undefined) break;
      const start = performance.now();
      process.stdout.write(`${title} (${name})\n`);
      try {
        report.add(name, await measure(world));
      } catch (error) {
        failed += 1;
        process.stdout.write(`FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      }
      process.stdout.write(`[${((performance.now() - start) / 1000).toFixed(0)} s]\n\n`);
    }
  } finally {
    await stop();
  }
  return report.finish(join(root, '.cache/bench')) + failed;
}

process.exitCode = (await run()) > 0 ? 1 : 0;
