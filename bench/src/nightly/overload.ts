import { Agent } from 'node:http';
import { openCaller } from '../caller.ts';
import { pause, percentile } from '../measure.ts';
import { openLoop } from '../open-loop.ts';
import type { Fault, FaultContext } from './fault.ts';
import type { FaultWorld } from './fault-world.ts';
import { MixedLoad, Replicas } from './mixed-load.ts';
import { verify } from './verify.ts';

const people = 12;
/** Ten times what L1 promises. */
const perSecond = 2_000;
const seconds = 120;
/** Without the limit it shows much sooner. */
const secondsWithoutLimit = 20;
/** What is promised, for servers that have worked before. */
const before = { perSecond: 200, seconds: 10 };
const afterwards = { perSecond: 50, seconds: 5 };
const bounds = { answeredMilliseconds: 2_000, recoverySeconds: 10, afterwardsMilliseconds: 300 };

/** How long each took that was answered, and each that was turned away; and what else came. */
type Heard = { answered: number[]; turnedAway: number[]; wrong: string[] };

/** People who only look, at both replicas in turn. */
async function look(
  world: FaultWorld,
  replicas: Replicas,
  rate: { perSecond: number; seconds: number },
): Promise<Heard> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  const callers = replicas.alive.map(({ url }) => openCaller(url, world.governor.token, agent));
  const callerOf = (index: number) => callers[index % callers.length];
  const paths = [
    '/api/data-product?searchText=tables',
    `/api/data-product/${world.plain.id}`,
    '/api/access-request?limit=20',
    '/api/auth/user',
  ];
  const heard: Heard = { answered: [], turnedAway: [], wrong: [] };
  const act = async (index: number) => {
    const start = performance.now();
    const path = paths[index % paths.length] ?? '';
    const answer = await callerOf(index)?.send('GET', path);
    const took = performance.now() - start;
    if (answer?.status === 200) heard.answered.push(took);
    else if (answer?.status === 503 && answer.body.includes('"server.overloaded"')) heard.turnedAway.push(took);
    else heard.wrong.push(`${path} was answered ${answer?.status}: ${answer?.body.slice(0, 200)}`);
  };
  const { errors } = await openLoop({ ...rate, act });
  agent.destroy();
  heard.wrong.push(...errors.filter((error) => !error.startsWith('not sent')));
  return heard;
}

const milliseconds = (times: readonly number[], share: number): string => `${percentile(times, share).toFixed(0)} ms`;
const longLines = ({ answered }: Heard): string[] =>
  percentile(answered, 0.99) <= bounds.answeredMilliseconds
    ? []
    : [`what was let in was answered within ${milliseconds(answered, 0.99)} (p99)`];

/** All are let in: what comes is answered later and later. */
async function withoutLimit({ makeWorld, report, tick }: FaultContext): Promise<void> {
  const world = await makeWorld({ STOA_OPEN_CALLS: '100000' });
  const replicas = await new Replicas(world).start();
  await look(world, replicas, before);
  const heard = await look(world, replicas, { perSecond, seconds: secondsWithoutLimit });
  await replicas.stop();
  tick();
  report({
    what: `without a limit answers take long, and that is found: p99 ${milliseconds(heard.answered, 0.99)}`,
    runs: 1,
    violations: longLines(heard).length > 0 ? [] : ['it was not found: answers came in time without a limit as well'],
  });
}

async function withLimit({ makeWorld, report, tick }: FaultContext): Promise<void> {
  const world = await makeWorld();
  const replicas = await new Replicas(world).start();
  const load = await new MixedLoad(world, replicas).start(people);
  await look(world, replicas, before);
  const heard = await look(world, replicas, { perSecond, seconds });
  tick();
  await pause(bounds.recoverySeconds * 1_000);
  const after = await look(world, replicas, afterwards);
  await load.stop();
  const isBack = after.turnedAway.length === 0 && percentile(after.answered, 0.95) <= bounds.afterwardsMilliseconds;
  const violations = [
    ...[...heard.wrong, ...after.wrong].slice(0, 20),
    ...longLines(heard),
    ...(heard.turnedAway.length > 0 ? [] : ['nothing was turned away: it was no overload']),
    ...(load.journal.size > 0 ? [] : ['nobody could decide meanwhile']),
    ...(isBack
      ? []
      : [
          `${bounds.recoverySeconds} s later: ${after.turnedAway.length} turned away, p95 ${milliseconds(after.answered, 0.95)}`,
        ]),
    ...(await load.lost()),
    ...(await verify(world, { journal: [...load.journal.keys()] })),
  ];
  await replicas.stop();
  const looks = `${heard.answered.length} looks answered, p99 ${milliseconds(heard.answered, 0.99)}, ${heard.turnedAway.length} turned away, median ${milliseconds(heard.turnedAway, 0.5)}, p99 ${milliseconds(heard.turnedAway, 0.99)}`;
  report({ what: `${looks}; ${load.journal.size} acknowledged decisions`, runs: 1, violations });
}

export const overload: Fault = {
  title: `${perSecond} looks a second, while people ask and decide`,
  async run(context) {
    await withoutLimit(context);
    await withLimit(context);
  },
};
