import { type FirstStepName, listFirstSteps } from '@stoa/contract/first-step';
import { updateDataProduct } from '@stoa/contract/data-product';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { type LivePlatform, makeLivePlatform } from '../../testing/live-platform.ts';
import type { TestPerson } from '../../testing/people.ts';
import { connectionString } from '../../testing/postgres.ts';
import { publish, registerPlatform } from '../../testing/register-platform.ts';

let server: TestServer;
let platform: LivePlatform;
const people = {} as Record<'appadmin' | 'governor' | 'consumer', TestPerson>;

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const stepsOf = async (who: TestPerson) => (await who.call(listFirstSteps)).body.data;
const states = async (who: TestPerson): Promise<Partial<Record<FirstStepName, string>>> =>
  Object.fromEntries((await stepsOf(who)).map(({ step, state }) => [step, state]));

test('of an empty installation all is open, also a second person', async () => {
  expect(await states(people.appadmin)).toEqual({
    connection: 'open',
    sources: 'open',
    domain: 'open',
    people: 'open',
    product: 'open',
    provider: 'open',
  });
});

test('what there is counts, whoever made it, and what is gone is open again', async () => {
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  expect(await states(people.appadmin)).toMatchObject({ people: 'done', connection: 'open' });
  const registered = await registerPlatform(platform, people, 'first');
  expect(await states(people.appadmin)).toMatchObject({ connection: 'done', sources: 'done', domain: 'done' });
  const { id } = await publish(people.governor, registered, {
    name: 'First',
    sourceIds: [registered.sources[0]?.id ?? 0],
  });
  expect((await stepsOf(people.appadmin)).filter(({ state }) => state !== 'done').map(({ step }) => step)).toEqual([
    'provider',
  ]);
  await people.governor.call(updateDataProduct, { params: { id }, body: { suspended: true } });
  expect(await states(people.appadmin)).toMatchObject({ product: 'open' });
});

test('who may take one of the steps sees them all, and which are not theirs; who may take none sees none', async () => {
  const allowed = (await stepsOf(people.governor)).filter(({ isAllowed }) => isAllowed).map(({ step }) => step);
  expect(allowed).toContain('domain');
  expect(allowed).not.toContain('connection');
  people.consumer = await server.person({ username: 'consumer' });
  expect(await stepsOf(people.consumer)).toEqual([]);
});
