import type { ChildServer } from '@stoa/server/testing/child-server';
import pg from 'pg';
import { pause } from '../measure.ts';
import type { Fault, Outcome } from './fault.ts';
import type { Consumer, FaultWorld } from './fault-world.ts';
import { type Act, approve, type Flow, makeFlows, perform, settle, type Subject, untruth } from './flows.ts';
import { verify } from './verify.ts';

const heldMilliseconds = 20_000;
/** In which others have what was decided about them while the lock is held (L5 and R1: at the longest). */
const mostSeconds = 30;
const settleSeconds = 120;

type Stage = { world: FaultWorld; server: ChildServer; flows: Record<'access' | 'asset', Flow> };
/** What is decided while a session of somebody else holds locks, and whether these stand in its way. */
type Case = { locks: readonly string[]; blocked: readonly Act[]; free: readonly Act[] };

/**
 * Somebody else's session holds what our statements need, and does not end. Whoever does not need it gets what was decided; for the
 * others the state says what the catalog shows. Once the session is gone, everything is as decided.
 */
export const platformLocked: Fault = {
  title: 'Another session on the platform holds locks that a grant needs',
  async run({ makeWorld, report, tick }) {
    const world = await makeWorld();
    const { access, asset } = await makeFlows(world);
    const stage = { world, server: await world.start(), flows: { access, asset } };
    // The grant on a table comes with the first approval of an asset, and stays.
    const cases: [string, number, (stage: Stage, nth: number) => Promise<Case>][] = [
      ['a table is being altered', 1, lockTable],
      ['the role of a product, and a membership in it, are being changed', 3, lockRole],
    ];
    for (const [what, rounds, make] of cases) {
      const outcome: Outcome = { what, runs: 0, violations: [] };
      let slowest = 0;
      for (; outcome.runs < rounds; outcome.runs++) {
        try {
          const told = await decideUnderLock(stage, await make(stage, outcome.runs));
          outcome.violations.push(...told.violations);
          slowest = Math.max(slowest, told.slowest);
        } catch (error) {
          outcome.violations.push(String(error));
        }
        tick(outcome.violations.length);
      }
      outcome.violations.push(...(await verify(world)));
      report({ ...outcome, what: `${what}; what does not need it is there within ${slowest.toFixed(1)} s` });
    }
    await stage.server.kill('SIGTERM');
  },
};

async function decideUnderLock(
  stage: Stage,
  { locks, blocked, free }: Case,
): Promise<{ violations: string[]; slowest: number }> {
  const { world, server } = stage;
  const violations: string[] = [];
  let slowest = 0;
  const holder = await openHolder(world);
  const watch = new Waiting(world);
  try {
    await holder.query('begin');
    for (const lock of locks) await holder.query(lock);
    const end = performance.now() + heldMilliseconds;
    for (const act of blocked) await perform(world, server, act);
    for (const act of free) {
      const start = performance.now();
      await perform(world, server, act);
      await arrive(stage, act, mostSeconds).catch((error: unknown) =>
        violations.push(`it was held up by another's lock: ${String(error)}`),
      );
      slowest = Math.max(slowest, (performance.now() - start) / 1_000);
    }
    do for (const act of blocked) violations.push(...(await untruth(world, server, act)));
    while (performance.now() < end && (await pause(100)) === undefined);
  } finally {
    await holder.end();
    if ((await watch.stop()) === 0) violations.push('nothing waited for the lock');
  }
  for (const act of [...blocked, ...free]) await arrive(stage, act, settleSeconds);
  for (const { subject, isGiving } of [...blocked, ...free]) {
    if (!isGiving) continue;
    await subject.flow.revoke(server, subject.requestId);
    await settle(world, subject, { server, isOpen: false });
  }
  return { violations: [...new Set(violations)], slowest };
}

const arrive = ({ world, server }: Stage, { subject, isGiving }: Act, seconds: number) =>
  settle(world, subject, { server, isOpen: isGiving, seconds });

/** Nobody reads the table, and its access list changes: the grant of its first consumer waits. */
async function lockTable({ world, server, flows }: Stage, nth: number): Promise<Case> {
  const leaving = await approve(world, server, {
    flow: flows.access,
    consumer: await world.addConsumer(`table_leaving_${nth}`),
  });
  await settle(world, leaving, { server, isOpen: true });
  const subject = async (flow: Flow, name: string) => newSubject(flow, await world.addConsumer(`${name}_${nth}`));
  return {
    locks: [
      'lock table area_3.table_1 in access exclusive mode',
      `grant references on area_3.table_1 to ${quote(leaving.consumer.login.username)}`,
    ],
    blocked: [{ subject: await subject(flows.asset, 'table_waiting'), isGiving: true }],
    free: [
      { subject: await subject(flows.access, 'table_other'), isGiving: true },
      { subject: leaving, isGiving: false },
    ],
  };
}

/** Somebody is being made a member of the product's role by hand, and the row of one who is in it is held. */
async function lockRole({ world, server, flows }: Stage, nth: number): Promise<Case> {
  const leaving = await approve(world, server, {
    flow: flows.access,
    consumer: await world.addConsumer(`role_leaving_${nth}`),
  });
  await settle(world, leaving, { server, isOpen: true });
  const { username } = leaving.consumer.login;
  const { rows } = await world.platform.superuser.query<{ container: string }>(
    `select roleid::regrole::text as container from pg_auth_members where member = $1::regrole`,
    [quote(username)],
  );
  const bystander = await world.addConsumer(`bystander_${nth}`);
  const subject = async (flow: Flow, name: string) => newSubject(flow, await world.addConsumer(`${name}_${nth}`));
  return {
    locks: [
      `grant ${rows[0]?.container ?? ''} to ${quote(bystander.login.username)}`,
      `select from pg_auth_members where member = ${pg.escapeLiteral(quote(username))}::regrole for update`,
    ],
    blocked: [
      { subject: await subject(flows.access, 'role_waiting'), isGiving: true },
      { subject: leaving, isGiving: false },
    ],
    free: [{ subject: await subject(flows.asset, 'role_other'), isGiving: true }],
  };
}

const quote = (name: string): string => pg.escapeIdentifier(name);
const newSubject = (flow: Flow, consumer: Consumer): Subject => ({ flow, consumer, requestId: '' });

function openHolder({ platform }: FaultWorld): Promise<pg.Client> {
  const { user = '', password = '' } = platform.superuser;
  return platform.connectAs({ username: user, password: password ?? '' });
}

/** Counts how often a session of ours was seen to wait for a lock. */
class Waiting {
  readonly #running: Promise<void>;
  #isOver = false;
  #seen = 0;

  constructor(world: FaultWorld) {
    this.#running = this.#run(world);
  }

  async #run({ platform: { superuser, connector } }: FaultWorld): Promise<void> {
    while (!this.#isOver) {
      const { rows } = await superuser.query(
        `select from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'`,
        [connector.username],
      );
      this.#seen += rows.length;
      await pause(50);
    }
  }

  async stop(): Promise<number> {
    this.#isOver = true;
    await this.#running;
    return this.#seen;
  }
}
