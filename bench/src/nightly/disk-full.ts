import { searchDataProducts } from '@stoa/contract/data-product';
import { waitFor } from '@stoa/server/testing/register-platform';
import { pause } from '../measure.ts';
import type { Fault, FaultContext, Outcome } from './fault.ts';
import { at, type Disks, type FaultWorld } from './fault-world.ts';
import { type Heard, hearAnswers } from './hear-answers.ts';
import { MixedLoad, Replicas } from './mixed-load.ts';
import { useUpLog, whyNoDisk } from './small-disk.ts';
import { verify } from './verify.ts';

const people = 12;
const rounds = 3;
const fullMilliseconds = 10_000;
const whatOf: Record<keyof Disks, string> = {
  data: 'the data are on is full',
  wal: 'the write-ahead log is on is full',
};

type Scene = { world: FaultWorld; replicas: Replicas; load: MixedLoad; disks: Disks };

/**
 * The disk of the application database fills up under load. Where its data lie, PostgreSQL refuses what needs a further page; where its
 * write-ahead log lies, it ends all sessions and may end itself. What cannot be stored is refused as such, and once there is space
 * everything goes on by itself: only PostgreSQL, where it has ended, is started again.
 */
export const diskFull: Fault = {
  title: 'The disk of the application database full, under load',
  async run(context) {
    const why = await whyNoDisk();
    if (why !== undefined) return context.report({ what: 'left out', runs: 0, violations: [why] });
    for (const disk of ['data', 'wal'] as const) await fillUnderLoad(context, disk);
  },
};

async function fillUnderLoad({ makeWorld, report, tick }: FaultContext, disk: keyof Disks): Promise<void> {
  const world = await makeWorld({}, 'application');
  if (world.disks === undefined) throw new Error('the database lies on no small disk');
  const replicas = await new Replicas(world).start();
  const load = await new MixedLoad(world, replicas).start(people);
  const scene = { world, replicas, load, disks: world.disks };
  const outcome: Outcome = { what: '', runs: 0, violations: [] };
  const seen = new Answers();
  try {
    for (; outcome.runs < rounds; outcome.runs++) {
      await pause(3_000);
      const told = await fillOnce(scene, disk, seen);
      outcome.violations.push(...told);
      tick(told.length);
    }
  } finally {
    seen.end();
    await load.stop();
  }
  outcome.violations.push(...(await load.lost()), ...(await verify(world, { journal: [...load.journal.keys()] })));
  await replicas.stop();
  outcome.what = `the disk ${whatOf[disk]}; ${seen.summary()}; ${load.journal.size} acknowledged decisions`;
  report(outcome);
}

async function fillOnce(scene: Scene, disk: keyof Disks, seen: Answers): Promise<string[]> {
  const { world, replicas, load, disks } = scene;
  const before = world.databaseLog().length;
  seen.begin();
  const reading = new Reading(scene);
  let hadEnded = false;
  try {
    await disks[disk].fill();
    if (disk === 'wal') await useUpLog((text) => world.query(text));
    await waitFor('a lack of space', async () => didLack(disk, seen, world.databaseLog().slice(before)), 60);
    await pause(fullMilliseconds);
  } finally {
    await reading.stop();
    await disks[disk].empty();
    hadEnded = await world.reviveDatabase();
  }
  const acknowledged = load.journal.size;
  await waitFor('decisions to be taken again', async () => load.journal.size > acknowledged, 60);
  return [
    ...seen.wrong(),
    ...(disk === 'data' ? reading.wrong() : []),
    ...(disk === 'data' && hadEnded ? ['PostgreSQL ended'] : []),
    ...(replicas.alive.every(({ process: { exitCode, signalCode } }) => exitCode === null && signalCode === null)
      ? []
      : ['a server ended']),
  ];
}

/** Whether the fault was one: PostgreSQL says that it lacks space, and with room for no data the server has said so as well. */
function didLack(disk: keyof Disks, seen: Answers, log: string): boolean {
  if (disk === 'wal') return /PANIC: .*No space left on device/.test(log);
  return /ERROR: .*No space left on device/.test(log) && seen.refused() > 0;
}

/** What servers answered while a disk was full, and until they were well again. */
class Answers {
  readonly #counts = new Map<number, number>();
  readonly end: () => void;
  #wrong: string[] = [];
  #refused = 0;

  constructor() {
    this.end = hearAnswers((heard) => this.#hear(heard));
  }

  begin(): void {
    this.#wrong = [];
    this.#refused = 0;
  }

  #hear({ method, path, status, contentType }: Heard): void {
    if (status < 500) return;
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1);
    this.#refused += 1;
    const isRefusal = (status === 503 || status === 507) && contentType.startsWith('application/problem+json');
    if (!isRefusal) this.#wrong.push(`${method} ${path} answered ${status} ${contentType}`);
  }

  refused = (): number => this.#refused;
  wrong = (): readonly string[] => [...new Set(this.#wrong)];
  summary = (): string =>
    [...this.#counts]
      .toSorted(([a], [b]) => a - b)
      .map(([status, count]) => `${count} times ${status}`)
      .join(', ');
}

/** Somebody who looks at products all the time. */
class Reading {
  readonly #answers = new Map<number, number>();
  readonly #running: Promise<void>;
  #isOver = false;

  constructor(scene: Scene) {
    this.#running = this.#run(scene);
  }

  async #run({ world, replicas }: Scene): Promise<void> {
    while (!this.#isOver) {
      const status = await at(replicas.any(), world.governor)
        .call(searchDataProducts)
        .then((answer) => answer.status)
        .catch(() => 0);
      this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1);
      await pause(100);
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  /** Where PostgreSQL can answer, so can the server. */
  wrong = (): string[] => [
    ...((this.#answers.get(200) ?? 0) > 0 ? [] : ['nothing was read']),
    ...[...this.#answers]
      .filter(([status]) => status !== 200)
      .map(([status, count]) => `reading products answered ${status}, ${count} times`),
  ];
}
