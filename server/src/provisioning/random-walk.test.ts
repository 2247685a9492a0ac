import { readConnection, reconcileConnection, syncConnection, updateConnection } from '@stoa/contract/connection';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countsThatDiffer } from '../features/data-product/recount.fixture.ts';
import { waitFor } from '../testing/register-platform.ts';
import { enqueueRetries, enqueueSweeps } from './sweep.ts';
import { compareAccess, type Comparison, expectedStates } from './walk-oracle.fixture.ts';
import { chooseStep, makeRandom, steps, type Walk } from './walk-steps.fixture.ts';
import { connectionKey, makeWorld, type World } from './walk-world.fixture.ts';

/** `STOA_WALK_SECONDS` walks longer, `STOA_WALK_SEED` walks again where a walk found something. */
const seconds = Number(process.env['STOA_WALK_SECONDS'] ?? 15);
const seed = Number(process.env['STOA_WALK_SEED'] ?? Date.now() % 1_000_000);

let world: World;
beforeAll(async () => {
  world = await makeWorld();
}, 180_000);
afterAll(() => world?.drop());

/** No keys, no crawls, and nobody at work: what has to happen by itself has happened. */
async function waitUntilQuiet(): Promise<void> {
  const { db, reconciler } = world.server.deps;
  const look = async () => {
    const { rows } = await sql<{ keys: number; tasks: number }>`
      select (select count(*) from provisioning_key)::int as keys,
        (select count(*) from task where status in ('QUEUED', 'RUNNING'))::int as tasks`.execute(db);
    return rows[0]?.keys === 0 && rows[0].tasks === 0;
  };
  await waitFor('the reconciler to be done', async () => (await look()) && !reconciler.isBusy && (await look()), 40);
}

async function task(started: { status: number; body: { taskId?: string } }): Promise<void> {
  const taskId = started.body.taskId ?? '';
  expect(started.status).toBe(202);
  await waitFor('the task', async () => {
    const { body } = await world.people.appadmin.call(getTask, { params: { taskId } });
    return body.status === 'SUCCEEDED' || body.status === 'FAILED';
  });
}

/** What happens within a minute by itself, at once: crawl, sweep, and another try of what waits. */
async function settle(): Promise<void> {
  const { people, server } = world;
  const { appadmin } = people;
  await waitFor('the connection to be resumed', async () => {
    const { status } = await appadmin.call(updateConnection, { params: { connectionKey }, body: { state: 'active' } });
    return status === 200;
  });
  // A crawl that was under way may have looked before the last change; the second one has not.
  await waitUntilQuiet();
  await task(await appadmin.call(syncConnection, { params: { connectionKey } }));
  const { body } = await appadmin.call(readConnection, { params: { connectionKey } });
  expect(body.crawl).toMatchObject({ status: 'SUCCEEDED' });
  await waitUntilQuiet();
  for (let round = 0; round < 2; round++) {
    await enqueueSweeps(server.deps);
    await sql`update membership_status set next_attempt_at = now() where next_attempt_at is not null`.execute(
      server.deps.db,
    );
    await sql`update container_object set checked_at = now() - interval '1 hour'`.execute(server.deps.db);
    await enqueueRetries(server.deps);
    await waitUntilQuiet();
  }
}

async function countStatements(): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from audit_event
    where action = 'ProvisioningStatementExecuted'`.execute(world.server.deps.db);
  return rows[0]?.n ?? 0;
}

async function reconcileTwice(): Promise<number> {
  const start = async () => task(await world.people.appadmin.call(reconcileConnection, { params: { connectionKey } }));
  const before = await countStatements();
  await start();
  await start();
  return (await countStatements()) - before;
}

async function compareStates(comparison: Comparison): Promise<string[]> {
  const differences: string[] = [];
  for (const [id, expected] of expectedStates(comparison)) {
    const { body } = await world.people.governor.call(getAccessRequestProvisioning, { params: { id } });
    if (expected.whole !== null && body.objects.length > 0 && body.state !== expected.whole)
      differences.push(`request ${id} reads ${body.state} (${body.reason}), not ${expected.whole}`);
    for (const object of body.objects) {
      const isActive = object.state === 'ACTIVE';
      if (expected.active.has(object.dataSourceId) && !isActive)
        differences.push(`source ${object.dataSourceId} of ${id} reads ${object.state} (${object.reason})`);
    }
    if (expected.whole === null && expected.active.size === body.objects.length && body.state !== 'ACTIVE')
      differences.push(`request ${id} reads ${body.state} as a whole, and all of its objects are active`);
  }
  return differences;
}

async function burst(walk: Walk, log: string[]): Promise<void> {
  const size = 1 + Math.floor(walk.random() * 6);
  for (let i = 0; i < size; i++) {
    const together = Array.from({ length: walk.random() < 0.3 ? 3 : 1 }, () => chooseStep(walk));
    // Statements of the one administrator share a session.
    const answers = await Promise.all(together.map(async (step) => ({ step, answer: await step.act(walk) })));
    for (const { step, answer } of answers) {
      log.push(answer === undefined ? step.name : `${step.name}: ${answer.status}`);
      if (answer !== undefined && answer.status >= 500)
        throw new Error(`seed ${seed}: ${step.name} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
  }
}

test(
  'whatever happens in whatever order, the platform ends as the facts say, and says so',
  async () => {
    const walk: Walk = { world, random: makeRandom(seed), made: 0, administrator: Promise.resolve() };
    for (const name of ['publish', 'publish', 'ask', 'ask', 'ask']) await steps.find((s) => s.name === name)?.act(walk);
    let before: ReadonlySet<string> = new Set();
    let bursts = 0;
    const end = Date.now() + seconds * 1_000;
    while (Date.now() < end) {
      const log: string[] = [];
      await burst(walk, log);
      await settle();
      const comparison = await compareAccess(world, before);
      const differences = [
        ...comparison.differences,
        ...(await compareStates(comparison)),
        ...(await countsThatDiffer(world.server.deps.db)),
      ];
      const executed = await reconcileTwice();
      if (executed > 0) differences.push(`a reconcile of a settled platform executed ${executed} statements`);
      expect(differences, `seed ${seed}, after ${bursts} bursts: ${log.join(', ')}`).toEqual([]);
      before = comparison.edges;
      world.domainsMoved = false;
      bursts += 1;
    }
    const { body } = await world.people.appadmin.call(readConnection, { params: { connectionKey } });
    expect(body.reconcile).toMatchObject({ status: 'SUCCEEDED' });
    console.info(`walked ${bursts} bursts with STOA_WALK_SEED=${seed}`);
  },
  (seconds + 90) * 1_000,
);
