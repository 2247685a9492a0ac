import type { ChildServer } from '@stoa/server/testing/child-server';
import { waitFor } from '@stoa/server/testing/register-platform';
import pg from 'pg';
import { pause } from '../measure.ts';
import type { Fault, FaultContext, Outcome } from './fault.ts';
import type { Consumer, FaultWorld } from './fault-world.ts';
import { type Act, approve, makeFlows, perform, settle, stateOf, untruth } from './flows.ts';
import { useUpLog, whyNoDisk } from './small-disk.ts';
import { verify } from './verify.ts';

const rounds = 3;
const fullMilliseconds = 10_000;
const settleSeconds = 120;
const fillers = 600;
/** So many refusals on end. */
const enough = 100;

/** Fills a disk, performs the acts meanwhile and makes room again; sentences about what must not be. */
type Fill = (scene: { world: FaultWorld; server: ChildServer; acts: readonly Act[]; nth: number }) => Promise<string[]>;

/**
 * The disk of the data platform is full: it has no room for one more membership, or its write-ahead log has none for anything, by which
 * PostgreSQL ends. What is decided stands and says why it is not access yet; once there is space it is.
 */
export const platformFull: Fault = {
  title: 'The disk of the data platform full',
  async run(context) {
    const why = await whyNoDisk();
    if (why !== undefined) return context.report({ what: 'left out', runs: 0, violations: [why] });
    await repeat(context, 'no room for one more membership', fillMemberships);
    await repeat(context, 'no room for its write-ahead log', fillLog);
  },
};

async function repeat({ makeWorld, report, tick }: FaultContext, what: string, fill: Fill): Promise<void> {
  const world = await makeWorld({}, 'platform');
  const server = await world.start();
  // All of them at first: an end of PostgreSQL takes away the session that makes logins.
  const people: Record<'leaving' | 'coming', Consumer>[] = [];
  for (let nth = 0; nth < rounds; nth++)
    people.push({
      leaving: await world.addConsumer(`full_leaving_${nth}`),
      coming: await world.addConsumer(`full_coming_${nth}`),
    });
  const outcome: Outcome = { what, runs: 0, violations: [] };
  for (const { leaving, coming } of people) {
    const nth = outcome.runs++;
    const told = await fillOnce({ world, server, leaving, coming }, (acts) => fill({ world, server, acts, nth })).catch(
      (error: unknown) => [String(error)],
    );
    outcome.violations.push(...told);
    tick(told.length);
  }
  outcome.violations.push(...(await verify(world)));
  await server.kill('SIGTERM');
  report(outcome);
}

type Scene = { world: FaultWorld; server: ChildServer } & Record<'leaving' | 'coming', Consumer>;

async function fillOnce(
  { world, server, leaving, coming }: Scene,
  fill: (acts: readonly Act[]) => Promise<string[]>,
): Promise<string[]> {
  const { access: flow } = await makeFlows(world);
  const held = await approve(world, server, { flow, consumer: leaving });
  await settle(world, held, { server, isOpen: true });
  const wanted = { flow, consumer: coming, requestId: '' };
  const acts: Act[] = [
    { subject: wanted, isGiving: true },
    { subject: held, isGiving: false },
  ];
  const violations = await fill(acts);
  for (const { subject, isGiving } of acts)
    await settle(world, subject, { server, isOpen: isGiving, seconds: settleSeconds });
  await flow.revoke(server, wanted.requestId);
  await settle(world, wanted, { server, isOpen: false });
  return [...new Set(violations)];
}

const fillMemberships: Fill = async ({ world, server, acts, nth }) => {
  const violations: string[] = [];
  const fill = await prepareFillers(world, nth);
  try {
    await world.disks?.data.fill();
    await fill();
    for (const act of acts) {
      await perform(world, server, act);
      if (act.isGiving) await untilSaid({ world, server, act }, /No space left on device/);
    }
    const end = performance.now() + fullMilliseconds;
    do for (const act of acts) violations.push(...(await untruth(world, server, act)));
    while (performance.now() < end && (await pause(100)) === undefined);
  } finally {
    await world.disks?.data.empty();
  }
  return violations;
};

const fillLog: Fill = async ({ world, server, acts }) => {
  const before = world.databaseLog().length;
  try {
    await world.disks?.wal.fill();
    // What is decided comes to the platform while it ends.
    await Promise.all([
      useUpLog((text) => world.platform.superuser.query(text)),
      ...acts.map((act) => perform(world, server, act)),
    ]);
    await waitFor('a lack of space', async () =>
      /PANIC: .*No space left on device/.test(world.databaseLog().slice(before)),
    );
    await pause(fullMilliseconds);
  } finally {
    await world.disks?.wal.empty();
    await world.revivePlatform();
  }
  const told: string[] = [];
  for (const act of acts) told.push(...(await untruth(world, server, act)));
  return told;
};

/** Until the state of a request says why it is not access yet. */
async function untilSaid({ world, server, act }: { world: FaultWorld; server: ChildServer; act: Act }, why: RegExp) {
  let said = { state: '', reason: '' };
  await waitFor('a state that says why', async () => {
    said = await stateOf(world, server, act.subject.requestId);
    return why.test(said.reason);
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; it was ${said.state}: ${said.reason}`, { cause: error });
  });
}

/**
 * Roles that are made members of each other until the platform has said often enough that it has no room. Which of them are is left to
 * chance: a page of an index that is full says nothing about the others.
 */
async function prepareFillers({ platform: { superuser } }: FaultWorld, nth: number): Promise<() => Promise<void>> {
  const names = Array.from({ length: fillers }, (_, n) => `filler_${nth}_${n}`);
  await superuser.query(names.map((name) => `create role ${name}`).join(';'));
  // The room of memberships that have ended is known to the session that ended them alone until then.
  await superuser.query('vacuum pg_auth_members');
  return async () => {
    for (let refused = 0, tried = 0; refused < enough; tried++) {
      if (tried > 20 * fillers) throw new Error('the platform has room for ever more memberships');
      const first = Math.floor(Math.random() * (fillers - 1));
      const second = first + 1 + Math.floor(Math.random() * (fillers - 1 - first));
      refused = (await isRefused(superuser, `grant ${names[first]} to ${names[second]}`)) ? refused + 1 : 0;
    }
  };
}

async function isRefused(superuser: pg.Client, statement: string): Promise<boolean> {
  try {
    await superuser.query(statement);
    return false;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '53100') return true;
    throw error;
  }
}
