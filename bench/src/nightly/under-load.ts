import { pause } from '../measure.ts';
import type { Fault, FaultContext } from './fault.ts';
import type { FaultWorld } from './fault-world.ts';
import { MixedLoad, Replicas } from './mixed-load.ts';
import { verify } from './verify.ts';

const people = 12;
/** Longer than a lease, which another replica then takes. */
const pausedMilliseconds = 25_000;

type Disturbed = { world: FaultWorld; replicas: Replicas; tick: () => void };

/** Disturbs two replicas under load, as often as `disturb` says; then nothing acknowledged may be gone, and `stoa verify` is clean. */
async function underLoad(
  { makeWorld, report, tick }: FaultContext,
  what: string,
  disturb: (scene: Disturbed) => Promise<number>,
): Promise<void> {
  const world = await makeWorld();
  const replicas = await new Replicas(world).start();
  const load = await new MixedLoad(world, replicas).start(people);
  const runs = await disturb({ world, replicas, tick: () => tick() }).finally(() => load.stop());
  const violations = [...(await load.lost()), ...(await verify(world, { journal: [...load.journal.keys()] }))];
  await replicas.stop();
  report({ what: `${what}; ${load.acts} acts, ${load.journal.size} acknowledged decisions`, runs, violations });
}

export const randomKills: Fault = {
  title: 'One of two replicas killed at random moments, under load',
  run: (context) =>
    underLoad(context, 'kill -9 at random', async ({ replicas, tick }) => {
      for (let n = 0; n < context.amounts.kills; n++) {
        await pause(Math.random() * 1_500);
        await replicas.killOne();
        tick();
      }
      return context.amounts.kills;
    }),
};

export const endurance: Fault = {
  title: 'Two replicas under mixed load, one killed every 20 s',
  run: (context) =>
    underLoad(context, `${context.amounts.minutes} min, a kill every 20 s`, async ({ replicas, tick }) => {
      const end = Date.now() + context.amounts.minutes * 60_000;
      let kills = 0;
      while (Date.now() < end) {
        await pause(20_000);
        await replicas.killOne();
        kills += 1;
        tick();
      }
      return kills;
    }),
};

export const databaseCrash: Fault = {
  title: 'The application database killed as a whole, under load',
  run: (context) =>
    underLoad(context, 'kill -9 of the application database', async ({ world, tick }) => {
      const crashes = 5;
      for (let n = 0; n < crashes; n++) {
        await pause(3_000);
        await world.crashDatabase();
        tick();
      }
      await pause(5_000);
      return crashes;
    }),
};

export const pausedReplica: Fault = {
  title: 'A replica that stands still past its lease and goes on, under load',
  run: (context) =>
    underLoad(context, 'stopped for 25 s, then continued', async ({ replicas, tick }) => {
      const pauses = 3;
      for (let n = 0; n < pauses; n++) {
        const { process: paused } = replicas.any();
        paused.kill('SIGSTOP');
        try {
          await pause(pausedMilliseconds);
        } finally {
          paused.kill('SIGCONT');
        }
        await pause(3_000);
        tick();
      }
      return pauses;
    }),
};
