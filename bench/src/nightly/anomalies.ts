import { targetFlow } from '@stoa/contract/review-flow';
import { updateDataProduct } from '@stoa/contract/data-product';
import type { TestPerson } from '@stoa/server/testing/people';
import { pause } from '../measure.ts';
import { addCaller } from '../people.ts';
import { connect } from '../world.ts';
import type { Fault, FaultContext } from './fault.ts';
import { at, type FaultWorld } from './fault-world.ts';
import { decide, makeFlows } from './flows.ts';
import { verify } from './verify.ts';

/**
 * A harness that has never seen a violation proves nothing: here the server runs without one of its defences, and what that lets
 * through must be found. A violation of this fault is that nothing was found.
 */
export const anomalies: Fault = {
  title: 'Without its defences the anomalies are there, and are found',
  async run(context) {
    await withoutKeptKeys(context);
    await withoutLocks(context);
  },
};

/** The keys of a run go when it begins instead of with its record: killed in between, a decision is forgotten. */
async function withoutKeptKeys({ makeWorld, report, tick }: FaultContext): Promise<void> {
  const world = await makeWorld();
  const { access: flow } = await makeFlows(world);
  const forgetful = await world.start({ STOA_WITHOUT: 'kept-keys,sweep', FAILPOINT: 'reconcile.connected:kill' });
  const requestId = await flow.ask(forgetful, await world.addConsumer('forgotten'));
  await decide(forgetful, world.governor, requestId).catch(() => undefined);
  await Promise.race([forgetful.ended, pause(20_000)]);
  // The next one keeps its keys, and would find the gap by sweeping: each of both is enough.
  const healthy = await world.start({ STOA_WITHOUT: 'sweep' });
  const found = await verify(world, { settleSeconds: 10 });
  await healthy.kill('SIGTERM');
  tick();
  const isFound = found.some((sentence) => sentence.startsWith('I4 '));
  report({
    what: 'keys that are not kept: a decision is forgotten, and I4 says so',
    runs: 1,
    violations: isFound ? [] : [`it was not found: ${found.join('; ')}`],
  });
}

/** The request is not locked before its records are read: both of two who must approve do, and the request waits for ever. */
async function withoutLocks({ makeWorld, report, tick, amounts }: FaultContext): Promise<void> {
  const world = await makeWorld();
  const { access: flow } = await makeFlows(world);
  const careless = { STOA_WITHOUT: 'request-lock' };
  const [one, two] = [await world.start(careless), await world.start(careless)];
  const db = await connect(world.databaseUrl);
  const stewards = [
    await addCaller(db, '', { username: 'first_steward', permissions: [] }),
    await addCaller(db, '', { username: 'second_steward', permissions: [] }),
  ] as const;
  await db.end();
  await bothMustApprove(world, one, stewards);
  const rounds = Math.min(100, amounts.races);
  let [stuck, runs] = [0, 0];
  for (; runs < rounds && stuck === 0; runs++) {
    const requestId = await flow.ask(one, await world.addConsumer(`racing_${runs}`));
    await Promise.all([decide(one, stewards[0], requestId), decide(two, stewards[1], requestId)]);
    const rows = await world.query(`select from access_request where id = $1 and status = 'PENDING'`, [requestId]);
    stuck += rows.length;
    tick();
  }
  const found = await verify(world, { settleSeconds: 0 });
  await Promise.all([one.kill('SIGTERM'), two.kill('SIGTERM')]);
  const isFound = stuck > 0 && found.some((sentence) => sentence.startsWith('I5 '));
  report({
    what: 'requests that are not locked: two approvals leave one pending, and I5 says so',
    runs,
    violations: isFound ? [] : [`${stuck} requests were left pending; found: ${found.join('; ')}`],
  });
}

async function bothMustApprove(
  world: FaultWorld,
  server: { url: string },
  stewards: readonly TestPerson[],
): Promise<void> {
  const approvers = stewards.map(({ globalUserId, name }) => ({ type: 'USER', id: globalUserId, displayName: name }));
  const flow = targetFlow.parse({
    rules: [],
    defaultEvent: { type: 'review', params: { stages: [{ all: approvers }] } },
  });
  const { status, body } = await at(server, world.governor).call(updateDataProduct, {
    params: { id: world.plain.id },
    body: { dataAccessReviewFlow: flow },
  });
  if (status !== 200) throw new Error(`the review flow was refused: ${JSON.stringify(body)}`);
}
