import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getAccessRequestById } from '@stoa/contract/access-request';
import type { ChildServer } from '@stoa/server/testing/child-server';
import { pause } from '../measure.ts';
import type { Fault, Outcome } from './fault.ts';
import { at, type FaultWorld } from './fault-world.ts';
import { bringTo, decide, makeFlows, settle, type Subject } from './flows.ts';
import { verify } from './verify.ts';

/** Calls by which something leaves the process. */
const leaving = 'write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync';
type Call = { name: string; nth: number };

/**
 * Death at a system call, where no point of ours is: `strace` lists what leaves the server's process from an approval until it is
 * access, and then kills it at one of these calls after the other, before the call is done.
 */
export const systemCalls: Fault = {
  title: 'Killed at the system calls of an approval',
  async run({ amounts, makeWorld, report, tick }) {
    const why = await whyNoStrace();
    if (why !== undefined) return report({ what: 'left out', runs: 0, violations: [why] });
    const world = await makeWorld();
    const { access: flow } = await makeFlows(world);
    const subject: Subject = { flow, consumer: await world.addConsumer('called'), requestId: '' };
    const calls = await listCalls(world, subject);
    for (const heir of ['the next start', 'another replica'] as const) {
      const outcome: Outcome = { what: '', runs: 0, violations: [] };
      let reached = 0;
      for (const call of sampleOf(calls, amounts.calls)) {
        outcome.runs += 1;
        const told = await killAt(world, subject, { call, heir, onReached: () => (reached += 1) }).catch(
          (error: unknown) => [String(error)],
        );
        outcome.violations.push(...told.map((sentence) => `at ${call.name} ${call.nth}: ${sentence}`));
        tick(told.length);
      }
      if (reached === 0) outcome.violations.push('none of the calls was reached');
      const what = `kill -9 at so many of the ${calls.length} calls of an approval, ${reached} reached; ${heir} goes on`;
      report({ ...outcome, what });
    }
  },
};

/** Who goes on with what the killed server had begun. */
type Heir = 'the next start' | 'another replica';

/** So many, from the first to the last. */
const sampleOf = (calls: readonly Call[], most: number): Call[] =>
  calls.filter((_, n) => Math.floor((n * most) / calls.length) !== Math.floor(((n - 1) * most) / calls.length));

async function listCalls(world: FaultWorld, subject: Subject): Promise<Call[]> {
  const server = await world.start();
  await bringTo(world, subject, { server, isApproved: false });
  const folder = mkdtempSync(join(tmpdir(), 'stoa-strace-'));
  try {
    const file = join(folder, 'calls');
    const strace = await attach(server, ['-o', file]);
    const { status } = await decide(server, world.governor, subject.requestId);
    if (status !== 200) throw new Error(`the approval answered ${status}`);
    await settle(world, subject, { server, isOpen: true });
    strace.kill('SIGINT');
    await new Promise((resolve) => strace.on('exit', resolve));
    const counts = new Map<string, number>();
    return [...readFileSync(file, 'utf8').matchAll(/^(\w+)\(/gm)].map(([, name = '']) => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return { name, nth: counts.get(name) ?? 0 };
    });
  } finally {
    rmSync(folder, { recursive: true });
    await server.kill('SIGTERM');
  }
}

async function killAt(
  world: FaultWorld,
  subject: Subject,
  { call: { name, nth }, heir, onReached }: { call: Call; heir: Heir; onReached: () => void },
): Promise<string[]> {
  const violations: string[] = [];
  const dying = await world.start();
  await bringTo(world, subject, { server: dying, isApproved: false });
  // It comes second: the work on the platform is the first one's.
  const other = heir === 'another replica' ? await world.start() : undefined;
  await attach(dying, ['-o', '/dev/null', '-e', `inject=${name}:signal=KILL:when=${nth}`]);
  const status = await decide(dying, world.governor, subject.requestId).then(
    (answer) => answer.status,
    () => undefined,
  );
  const how = await Promise.race([dying.ended, pause(20_000).then(() => 'alive')]);
  if (how === 'SIGKILL') onReached();
  // What the other one did the dying one did not come to.
  else if (other === undefined) violations.push(`it was never reached (the server is ${how})`);
  await dying.kill();
  const server = other ?? (await world.start());
  try {
    const { body } = await at(server, world.governor).call(getAccessRequestById, { params: { id: subject.requestId } });
    if (status !== undefined && body.status !== 'APPROVED')
      violations.push(`the approval was answered with ${status}, and the request is ${body.status}`);
    if (body.status !== 'APPROVED') await decide(server, world.governor, subject.requestId);
    await settle(world, subject, { server, isOpen: true });
    violations.push(...(await grantedOnce(world, subject)));
    violations.push(...(await verify(world, { journal: [subject.requestId] })));
  } finally {
    await server.kill('SIGTERM');
  }
  return violations;
}

async function grantedOnce(world: FaultWorld, { consumer, requestId }: Subject): Promise<string[]> {
  const { rows: memberships } = await world.platform.superuser.query(
    'select from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = $1',
    [consumer.login.username],
  );
  const records = await world.query('select from approval_record where access_request_id = $1', [requestId]);
  return [
    ...(memberships.length === 1 ? [] : [`the consumer has ${memberships.length} memberships`]),
    ...(records.length === 1 ? [] : [`there are ${records.length} records of the approval`]),
  ];
}

/** The first thread of a server under strace, once that says so: what is sent over the network and written leaves by it. */
async function attach(server: ChildServer, how: readonly string[]): Promise<ChildProcess> {
  const args = ['-e', `trace=${leaving}`, ...how, '-p', String(server.process.pid)];
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    let told = '';
    strace.on('error', reject);
    strace.on('exit', () => reject(new Error(`strace ended: ${told}`)));
    strace.stderr.on('data', (part: Buffer) => {
      told += part.toString();
      if (told.includes('attached')) resolve();
    });
  });
  return strace;
}

function whyNoStrace(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const missing = () => resolve('strace is not there, or may not follow: install the Debian package strace');
    const strace = spawn('strace', ['-o', '/dev/null', process.execPath, '--version'], { stdio: 'ignore' });
    strace.on('error', missing);
    strace.on('exit', (code) => (code === 0 ? resolve(undefined) : missing()));
  });
}
