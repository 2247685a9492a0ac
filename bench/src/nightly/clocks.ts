import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getAccessRequestById } from '@stoa/contract/access-request';
import { waitFor } from '@stoa/server/testing/register-platform';
import { pause } from '../measure.ts';
import type { Fault } from './fault.ts';
import { at, type Consumer, type FaultWorld } from './fault-world.ts';
import { decide, endIn, type Flow, makeFlows, settle } from './flows.ts';
import { verify } from './verify.ts';

const libraries = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`);
/** Seconds that the server's clock is off when access is given and, stepped while it runs, when it ends. */
const shifts = [
  { what: 'a day ahead', given: 90_000, ended: 90_000 },
  { what: 'a day behind', given: -90_000, ended: -90_000 },
  { what: 'a year ahead', given: 34_560_000, ended: 34_560_000 },
  { what: 'a year behind', given: -34_560_000, ended: -34_560_000 },
  { what: 'stepped back by an hour', given: 0, ended: -3_600 },
  { what: 'stepped forward by an hour', given: 0, ended: 3_600 },
  { what: 'across the end of February of a leap year', given: untilLeapDay(), ended: untilLeapDay() },
] as const;
/** By the clock of the application database, which is right. */
const accessSeconds = 8;
const mostOverrunSeconds = 60;

/**
 * The server's clock is wrong, that of its database right. Access that was given for a time is open until its time has come and is gone
 * soon after (reliability.md 2, R2): never early, never by the host's clock.
 */
export const clocks: Fault = {
  title: "A server's clock that is off, or is moved while it runs",
  async run({ makeWorld, report, tick }) {
    const library = libraries.find((path) => existsSync(path));
    if (library === undefined)
      return report({
        what: 'left out',
        runs: 0,
        violations: ['libfaketime is not there: install the Debian package faketime'],
      });
    const world = await makeWorld();
    const { access } = await makeFlows(world);
    const folder = mkdtempSync(join(tmpdir(), 'stoa-clock-'));
    try {
      for (const [n, shift] of shifts.entries()) {
        const consumer = await world.addConsumer(`clock_${n}`);
        const clock = new MovedClock(join(folder, String(n)), library);
        const violations = await underClock(world, { flow: access, consumer }, { clock, shift }).catch(
          (error: unknown) => [String(error)],
        );
        tick(violations.length);
        report({ what: shift.what, runs: 1, violations });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** What libfaketime reads at each look at the clock. Time that runs, runs on. */
class MovedClock {
  readonly #file: string;
  readonly settings: Record<string, string>;

  constructor(file: string, library: string) {
    this.#file = file;
    this.settings = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  moveTo(seconds: number): void {
    writeFileSync(this.#file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
  }
}

async function underClock(
  world: FaultWorld,
  { flow, consumer }: { flow: Flow; consumer: Consumer },
  { clock, shift }: { clock: MovedClock; shift: (typeof shifts)[number] },
): Promise<string[]> {
  const violations: string[] = [];
  clock.moveTo(shift.given);
  const server = await world.start(clock.settings);
  try {
    const told = await skewOf(server);
    if (!(Math.abs(told - shift.given) < 60))
      violations.push(`its clock was to be off by ${shift.given} s, and it tells of ${told}`);
    const id = await flow.ask(server, consumer);
    const decided = await decide(server, world.governor, id);
    if (decided.status !== 200) return [`it was refused: ${decided.status} ${JSON.stringify(decided.body)}`];
    await settle(world, { flow, consumer, requestId: id }, { server, isOpen: true });
    const end = (await endIn(world, id, accessSeconds)) ?? new Date(0);
    clock.moveTo(shift.ended);
    await pause(end.getTime() - Date.now() - 1_000);
    if ((await flow.read(consumer)) !== flow.open) violations.push('access was gone before its time');
    await waitFor('access to be gone', async () => (await flow.read(consumer)) === flow.closed, mostOverrunSeconds);
    if (Date.now() < end.getTime()) violations.push('access was gone before its time');
    await waitFor('the end to be recorded', async () => {
      const request = await at(server, world.governor).call(getAccessRequestById, { params: { id } });
      return request.body.status === 'EXPIRED';
    });
    violations.push(...(await verify(world, { journal: [id] })));
  } finally {
    await server.kill('SIGTERM');
  }
  return violations;
}

/** What the server's metrics say of its clock: that it was moved, and that this is seen. */
async function skewOf(server: { url: string }): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^stoa_clock_skew_seconds (\S+)/m.exec(text)?.[1]);
}

function untilLeapDay(): number {
  const year = new Date().getUTCFullYear();
  const leap = [year, year + 1, year + 2, year + 3, year + 4].find(
    (y) => new Date(Date.UTC(y, 1, 29)).getUTCDate() === 29,
  );
  return Math.round((Date.UTC(leap ?? year, 2, 1) - Date.now()) / 1_000) - 5;
}
