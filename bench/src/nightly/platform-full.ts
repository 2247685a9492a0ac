import type { ChildServer } from '@stoa/server/testing/child-server';
import { waitFor } from '@stoa/server/testing/register-platform';
import pg from 'pg';
import { pause } from '../measure.ts';
import type { Fault, Outcome } from './fault.ts';
import type { FaultWorld } from './fault-world.ts';
import { type Act, approve, makeFlows, perform, settle, stateOf, untruth } from './flows.ts';
import { whyNoDisk } from './small-disk.ts';
import { verify } from './verify.ts';

const rounds = 3;
const fullMilliseconds = 10_000;
const settleSeconds = 120;
const fillers = 600;
/** So many refusals on end. */
const enough = 100;

/**
 * The disk of the data platform is full: it has no room for one more membership. What is decided stands and says why it is not access
 * yet; once there is space it is.
 */
export const platformFull: Fault = {
  title: 'The disk of the data platform full',
  async run({ makeWorld, report, tick }) {
    const why = await whyNoDisk();
    if (why !== undefined) return report({ what: 'left out', runs: 0, violations: [why] });
    const world = await makeWorld({}, 'platform');
    const server = await world.start();
    const outcome: Outcome = { what: 'no room for one more membership', runs: 0, violations: [] };
    for (; outcome.runs < rounds; outcome.runs++) {
      const told = await fillOnce(world, server, outcome.runs).catch((error: unknown) => [String(error)]);
      outcome.violations.push(...told);
      tick(told.length);
    }
    outcome.violations.push(...(await verify(world)));
    await server.kill('SIGTERM');
    report(outcome);
  },
};

async function fillOnce(world: FaultWorld, server: ChildServer, nth: number): Promise<string[]> {
  const violations: string[] = [];
  const { access: flow } = await makeFlows(world);
  const leaving = await approve(world, server, { flow, consumer: await world.addConsumer(`full_leaving_${nth}`) });
  await settle(world, leaving, { server, isOpen: true });
  const coming = { flow, consumer: await world.addConsumer(`full_coming_${nth}`), requestId: '' };
  const acts: Act[] = [
    { subject: coming, isGiving: true },
    { subject: leaving, isGiving: false },
  ];
  const fill = await prepareFillers(world, nth);
  try {
    await world.disks?.data.fill();
    await fill();
    await perform(world, server, { subject: coming, isGiving: true });
    let said = { state: '', reason: '' };
    await waitFor('a state that says why', async () => {
      said = await stateOf(world, server, coming.requestId);
      return said.reason.includes('No space left on device');
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; it was ${said.state}: ${said.reason}`, { cause: error });
    });
    await perform(world, server, { subject: leaving, isGiving: false });
    const end = performance.now() + fullMilliseconds;
    do for (const act of acts) violations.push(...(await untruth(world, server, act)));
    while (performance.now() < end && (await pause(100)) === undefined);
  } finally {
    await world.disks?.data.empty();
  }
  for (const { subject, isGiving } of acts)
    await settle(world, subject, { server, isOpen: isGiving, seconds: settleSeconds });
  await flow.revoke(server, coming.requestId);
  await settle(world, coming, { server, isOpen: false });
  return [...new Set(violations)];
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
