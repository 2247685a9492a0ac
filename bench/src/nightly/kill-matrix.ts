import { getAccessRequestById } from '@stoa/contract/access-request';
import type { ChildServer } from '@stoa/server/testing/child-server';
import { applyingPoints, committingPoints, decidingPoints } from '@stoa/server/testing/fail-points';
import { pause } from '../measure.ts';
import type { Fault, FaultContext, Outcome } from './fault.ts';
import { at, type FaultWorld } from './fault-world.ts';
import { addMaskedConsumer, bringTo, decide, endIn, makeFlows, settle, type Subject } from './flows.ts';
import { verify } from './verify.ts';

type Act = 'approve' | 'revoke' | 'expire';
const pointsOf: Record<Act, readonly string[]> = {
  approve: [...decidingPoints, ...committingPoints, ...applyingPoints],
  revoke: [...committingPoints, ...applyingPoints],
  expire: applyingPoints,
};

/**
 * reliability.md 4.1: a server that dies at each numbered point of approving, revoking and expiring, for access, a masking exception and
 * an asset. The next server must bring what was acknowledged to its end; `stoa verify` has the last word on each.
 */
export const killMatrix: Fault = {
  title: 'Killed at every point of approve, revoke and expire',
  async run(context) {
    const world = await context.makeWorld();
    const flows = await makeFlows(world);
    const healthy = await world.start();
    const subjects: Subject[] = [
      { flow: flows.access, consumer: await world.addConsumer('accessing'), requestId: '' },
      { flow: flows.exception, consumer: await addMaskedConsumer(world, healthy, 'excepted'), requestId: '' },
      { flow: flows.asset, consumer: await world.addConsumer('asset_reader'), requestId: '' },
    ];
    const stage = { world, healthy };
    for (const subject of subjects) await runFlow(stage, subject, context);
    await stage.healthy.kill('SIGTERM');
  },
};

/** The server that brought the last run to its end begins the next one. */
type Stage = { world: FaultWorld; healthy: ChildServer };

async function runFlow(stage: Stage, subject: Subject, { amounts, report, tick }: FaultContext): Promise<void> {
  for (const act of ['approve', 'revoke', 'expire'] as const) {
    const outcome: Outcome = { what: `${subject.flow.name}: ${act}`, runs: 0, violations: [] };
    for (let round = 0; round < amounts.rounds; round++)
      for (const point of pointsOf[act]) {
        outcome.runs += 1;
        const told = await killOnce(stage, subject, { act, point }).catch((error: unknown) => [
          error instanceof Error ? error.message : String(error),
        ]);
        outcome.violations.push(...told.map((sentence) => `at ${point}: ${sentence}`));
        tick(told.length);
      }
    report(outcome);
  }
}

/** Brings the request to where the act begins, acts on a server that dies at the point, starts anew, and looks. */
async function killOnce(
  stage: Stage,
  subject: Subject,
  { act, point }: { act: Act; point: string },
): Promise<string[]> {
  const { world } = stage;
  await bringTo(world, subject, { server: stage.healthy, isApproved: act !== 'approve' });
  await stage.healthy.kill('SIGTERM');
  const { status, how } = await actAndDie(world, subject, { act, point });
  const violations = how === 'SIGKILL' ? [] : [`it was never reached by ${act} (the server is ${how})`];
  stage.healthy = await world.start();
  const { body } = await at(stage.healthy, world.governor).call(getAccessRequestById, {
    params: { id: subject.requestId },
  });
  const isDone = body.status === { approve: 'APPROVED', revoke: 'REVOKED', expire: 'EXPIRED' }[act];
  if (status !== undefined && status < 300 && !isDone)
    violations.push(`${act} was acknowledged, and the request is ${body.status}`);
  if (!isDone && applyingPoints.includes(point)) violations.push(`it died before ${act} was stored`);
  if (!isDone && act !== 'expire') await perform(world, subject, { act, server: stage.healthy });
  await settle(world, subject, { server: stage.healthy, isOpen: act === 'approve' });
  return [...violations, ...(await verify(world, { journal: [subject.requestId] }))];
}

async function actAndDie(
  world: FaultWorld,
  subject: Subject,
  { act, point }: { act: Act; point: string },
): Promise<{ status?: number | undefined; how: string }> {
  // What is over when a server starts it ends at once, perhaps before it says that it is ready.
  if (act === 'expire') await endIn(world, subject.requestId, 0);
  const dying = await world.start({ FAILPOINT: `${point}:kill` }).catch((error: unknown) => {
    if (String(error).includes('SIGKILL')) return undefined;
    throw error;
  });
  if (dying === undefined) return { how: 'SIGKILL' };
  const status = await perform(world, subject, { act, server: dying }).catch(() => undefined);
  const how = await Promise.race([dying.ended, pause(20_000).then(() => 'alive')]);
  if (how === 'alive') await dying.kill();
  return { status, how };
}

type At = { act: Act; server: ChildServer };

async function perform(
  world: FaultWorld,
  { flow, requestId }: Subject,
  { act, server }: At,
): Promise<number | undefined> {
  if (act === 'approve') return (await decide(server, world.governor, requestId)).status;
  if (act === 'revoke') return (await flow.revoke(server, requestId)).status;
  return undefined;
}
