import { Agent } from 'node:http';
import { getAuditChain, startAuditVerification } from '@stoa/contract/audit-chain';
import { startChildServer } from '@stoa/server/testing/child-server';
import { openCaller } from '../caller.ts';
import { pause, percentile } from '../measure.ts';
import { noteOf, openLoop } from '../open-loop.ts';
import { Asking, browsing, mixedActs, pick, type Stage, timesOf } from '../load-stage.ts';
import type { Figure } from '../report.ts';
import { untilTrue } from '../requests.ts';
import { loadSize, minutes, seedLoad } from '../seed-load.ts';
import { serverEntry, type World } from '../world.ts';
import { measureGroupChange } from './group-change.ts';
import { soak } from './soak.ts';

/** STOA_LOAD_STAGES: some of them, by name and with commas between. */
const stages = process.env['STOA_LOAD_STAGES']?.split(',');

/** Data of reliability.md 2, and its figures L1 to L9 and A1 on it. */
export async function measureLoad(world: World): Promise<Figure[]> {
  const say = (what: string) => process.stdout.write(`  ${what}\n`);
  const data = await seedLoad(world, say);
  // As behind a proxy: many people, few connections.
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const callers = data.askers.map(({ token }) => openCaller(world.server.url, token, agent));
  const send: Stage['send'] = async (token, { status, ...call }) =>
    (await pick(callers, token).expect(status, call)).body;
  const stage: Stage = { world, data, send };
  try {
    say('cold start');
    const figures = [await coldStart(world)];
    for (const [what, measure] of [
      ['search and browse', browse],
      ['mixed', mixed],
      ['asking and deciding', sustained],
      ['burst', burst],
      ['ends in the same second', endTogether],
      ['change of a group', measureGroupChange],
      ['verification of the audit chain', verifyChain],
      ['soak', soak],
    ] as const) {
      if (stages !== undefined && !stages.includes(what)) continue;
      say(what);
      figures.push(...(await measure(stage)));
    }
    return figures;
  } finally {
    agent.destroy();
  }
}

/** Another replica on the same data: what it needs to be ready is what a restart needs. */
async function coldStart(world: World): Promise<Figure> {
  const start = performance.now();
  const second = await startChildServer(serverEntry, world.settings, 120);
  const seconds = (performance.now() - start) / 1_000;
  await second.kill('SIGTERM');
  return {
    id: 'L9',
    what: 'start on all data until ready',
    unit: 's',
    stoa: seconds,
    budget: { kind: 'most', value: 15 },
  };
}

async function browse({ send, data }: Stage): Promise<Figure[]> {
  const act = (index: number) => send(index, browsing(data, index));
  const timed = await openLoop({ perSecond: 300, seconds: 60, act });
  return timesOf(timed, 'L2', 'search and browse, 300/s', { p95: 250, longest: 1_000 });
}

async function mixed(stage: Stage): Promise<Figure[]> {
  const timed = await openLoop({ perSecond: 200, seconds: minutes * 60, act: mixedActs(stage, 'mixed') });
  return timesOf(timed, 'L1', `mixed, 200/s for ${minutes} min`, { p95: 300, p99: 800 });
}

const decide = ({ world }: Stage, id: string) =>
  world.caller.expect(200, {
    method: 'POST',
    path: `/api/access-request/${id}/determination`,
    body: { status: 'APPROVED', reason: 'needed' },
  });

async function countOf({ world }: Stage, ids: readonly string[], status: readonly string[]): Promise<number> {
  const { rows } = await world.db.query<{ n: number }>(
    'select count(*)::int as n from access_request where id = any($1::text[]) and status = any($2::text[])',
    [ids, status],
  );
  return rows[0]?.n ?? 0;
}

/** As long as a grant may take; what is not there by then is told. */
const settleMilliseconds = 30_000;

async function sustained(stage: Stage): Promise<Figure[]> {
  const asking = new Asking(stage, 'sustained');
  const decided: string[] = [];
  const seconds = minutes * 60;
  const [asked, determined] = await Promise.all([
    openLoop({ perSecond: 20, seconds, act: () => asking.ask() }),
    openLoop({
      perSecond: 10,
      seconds,
      act: async (index) => {
        while (asking.acknowledged[index] === undefined) await pause(5);
        const id = asking.acknowledged[index] ?? '';
        await decide(stage, id);
        decided.push(id);
      },
    }),
  ]);
  await pause(settleMilliseconds);
  const { rows } = await stage.world.db.query<{ waits: number[]; open: number }>(
    `select array_agg(extract(epoch from m.active_at - r.decided_at)::float8) filter (where m.active_at is not null) as waits,
       count(*) filter (where m.active_at is null)::int as open
     from access_request r left join membership_status m on m.access_request_id = r.id where r.id = any($1::text[])`,
    [decided],
  );
  const waits = rows[0]?.waits ?? [];
  const lost =
    asking.acknowledged.length -
    (await countOf(stage, asking.acknowledged, ['PENDING', 'APPROVED'])) +
    decided.length -
    (await countOf(stage, decided, ['APPROVED']));
  const during = `20 submits/s and 10 determinations/s for ${seconds} s`;
  return [
    ...timesOf(asked, 'L3', `submits, ${during}`, { p95: 500 }),
    ...timesOf(determined, 'L3', 'determinations beside them', { p95: 500 }),
    { id: 'L3', what: 'acknowledged and lost', unit: '', stoa: lost, budget: { kind: 'exactly', value: 0 } },
    {
      id: 'L5',
      what: 'approved -> usable on the platform, p95',
      unit: 's',
      stoa: percentile(waits, 0.95),
      budget: { kind: 'most', value: 1 },
      note: `${waits.length} of ${decided.length}; ${rows[0]?.open ?? 0} not yet`,
    },
    {
      id: 'L5',
      what: 'approved -> usable on the platform, longest',
      unit: 's',
      stoa: Math.max(...waits),
      budget: { kind: 'most', value: 30 },
    },
  ];
}

async function burst(stage: Stage): Promise<Figure[]> {
  const asking = new Asking(stage, 'burst');
  const asked = await openLoop({ perSecond: 1_000 / 30, seconds: 30, act: () => asking.ask() });
  const chosen = asking.acknowledged.slice(0, 500);
  const determined = await openLoop({ perSecond: 50, seconds: 10, act: (index) => decide(stage, pick(chosen, index)) });
  const lost =
    1_000 -
    (await countOf(stage, asking.acknowledged, ['PENDING', 'APPROVED'])) +
    500 -
    (await countOf(stage, chosen, ['APPROVED']));
  return [
    {
      id: '-',
      what: '1,000 submits in 30 s, p95',
      unit: 'ms',
      stoa: percentile(asked.milliseconds, 0.95),
      note: noteOf(asked),
    },
    {
      id: '-',
      what: '500 determinations in 10 s, p95',
      unit: 'ms',
      stoa: percentile(determined.milliseconds, 0.95),
      note: noteOf(determined),
    },
    { id: 'L4', what: 'of both not durable', unit: '', stoa: lost, budget: { kind: 'exactly', value: 0 } },
  ];
}

/** One product's 10,000 people lose it at one instant. */
async function endTogether({ world, data }: Stage): Promise<Figure[]> {
  const productId = pick(data.entitled, 0);
  const { rows } = await world.db.query<{ at: Date }>(
    `with due as (select date_trunc('second', now()) + interval '5 seconds' as at), moved as (
       update access_request r set expiration = due.at from due where r.data_product_id = $1 and r.status = 'APPROVED' returning 1)
     select at from due`,
    [productId],
  );
  const at = rows[0]?.at.getTime() ?? 0;
  await untilTrue(
    world.db,
    {
      text: `select not exists (select from membership_status where target_id = $1 and state <> 'REMOVED')
        and not exists (select from access_request where data_product_id = $1 and status = 'APPROVED')`,
      values: [productId],
    },
    { every: 100, seconds: 300 },
  );
  return [
    {
      id: 'L6',
      what: `${loadSize.people} entitlements that end in one second, until the last is refused and proved`,
      unit: 's',
      stoa: (Date.now() - at) / 1_000,
      budget: { kind: 'most', value: 120 },
    },
  ];
}

/** All of the trail, with nothing else to do for the server. */
async function verifyChain({ world }: Stage): Promise<Figure[]> {
  const started = await world.appadmin.call(startAuditVerification);
  if (started.status !== 202) throw new Error(JSON.stringify(started.body));
  const verified = async () => {
    const { body } = await world.appadmin.call(getAuditChain);
    return body.runningTaskId === null ? body.lastVerification : null;
  };
  let done = await verified();
  for (let waited = 0; done === null && waited < 600; waited++) {
    await pause(1_000);
    done = await verified();
  }
  if (done === null) throw new Error('the verification did not end');
  return [
    {
      id: 'A1',
      what: `audit chain verified, ${done.events} events`,
      unit: 's',
      stoa: done.milliseconds / 1_000,
      budget: { kind: 'most', value: 60 },
      note: `${done.outcome}; ${done.checkpointCount} checkpoints`,
    },
  ];
}
