import type { ChildServer } from '@stoa/server/testing/child-server';
import type { Cut } from '@stoa/server/testing/line';
import { pause } from '../measure.ts';
import type { Fault, Outcome } from './fault.ts';
import type { Consumer, FaultWorld } from './fault-world.ts';
import { decide, type Flow, makeFlows, settle } from './flows.ts';
import { verify } from './verify.ts';

type Scene = { world: FaultWorld; server: ChildServer; flow: Flow; consumer: Consumer };

/** Statements that are cut around: the grant or revoke, its commit, and the question by which it is proved. */
const givenAt = ['GRANT', 'COMMIT', 'stoa-probe'];
const takenAt = ['REVOKE', 'COMMIT', 'stoa-probe'];

/**
 * The connection to the platform is cut around a statement: before it is sent, after it was sent, and when its answer comes, so that the
 * platform has done it and nobody heard. Each time what was decided must be so in the end.
 */
export const cutLines: Fault = {
  title: 'The connection to the platform cut around a statement',
  async run({ makeWorld, amounts, report, tick }) {
    const scene = await makeScene(await makeWorld());
    const rounds = Math.ceil(amounts.races / 5);
    for (const when of ['beforeSend', 'afterSend', 'onAnswer'] as const) {
      const outcome: Outcome = { what: `cut ${when}`, runs: 0, violations: [] };
      for (let n = 0; n < rounds; n++) {
        const told = await cutOnce(scene, { when, nth: n }).catch((error: unknown) => [String(error)]);
        outcome.runs += 1;
        outcome.violations.push(...told);
        tick(told.length);
      }
      outcome.violations.push(...(await verify(scene.world)));
      report(outcome);
    }
    await scene.server.kill('SIGTERM');
  },
};

/** Half-open: what is sent goes nowhere, and nobody says so. Everything decided meanwhile is so once it is over. */
export const halfOpenLines: Fault = {
  title: 'A line to the platform that swallows everything, and one that refuses',
  async run({ makeWorld, report, tick }) {
    const scene = await makeScene(await makeWorld());
    for (const mode of ['swallow', 'refuse'] as const) {
      const { world, server, flow, consumer } = scene;
      world.line.be(mode);
      const requestId = await flow.ask(server, consumer);
      const violations: string[] = [];
      const { status } = await decide(server, world.governor, requestId);
      if (status !== 200) violations.push(`while the platform is away an approval answers ${status}`);
      await pause(30_000);
      world.line.be('through');
      const subject = { flow, consumer, requestId };
      await settle(world, subject, { server, isOpen: true, seconds: 90 }).catch((error: unknown) =>
        violations.push(String(error)),
      );
      await flow.revoke(server, requestId);
      await settle(world, subject, { server, isOpen: false }).catch((error: unknown) => violations.push(String(error)));
      tick(violations.length);
      report({
        what: `30 s of a line that can only ${mode}`,
        runs: 1,
        violations: [...violations, ...(await verify(world))],
      });
    }
    await scene.server.kill('SIGTERM');
  },
};

async function makeScene(world: FaultWorld): Promise<Scene> {
  const server = await world.start();
  const { access: flow } = await makeFlows(world);
  return { world, server, flow, consumer: await world.addConsumer('cut_off') };
}

async function cutOnce(scene: Scene, { when, nth }: { when: Cut; nth: number }): Promise<string[]> {
  const { world, server, flow, consumer } = scene;
  const before = world.line.cuts();
  const requestId = await flow.ask(server, consumer);
  world.line.cutAround(givenAt[nth % givenAt.length] ?? '', when);
  const decided = await decide(server, world.governor, requestId);
  const subject = { flow, consumer, requestId };
  await settle(world, subject, { server, isOpen: true });
  world.line.cutAround(takenAt[nth % takenAt.length] ?? '', when);
  const revoked = await flow.revoke(server, requestId);
  await settle(world, subject, { server, isOpen: false });
  return [
    ...(decided.status === 200 ? [] : [`the approval answered ${decided.status}`]),
    ...(revoked.status === 204 ? [] : [`the revoke answered ${revoked.status}`]),
    ...(world.line.cuts() > before ? [] : ['nothing was cut']),
  ];
}
