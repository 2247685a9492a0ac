import { listDrift, updateConnection } from '@stoa/contract/connection';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { loadFacts } from './load-facts.ts';
import { actsOn, containersOf, makeRoad, type Road } from './road-acts.fixture.ts';
import { enqueueSweeps } from './sweep.ts';
import { connectionKey, quote } from './walk-world.fixture.ts';

sweepByHand();

let world: Road['world'];
let product: Road['product'];
let connectionId: string;

beforeAll(async () => {
  ({ world, product, connectionId } = await makeRoad('Strict'));
}, 180_000);
afterAll(() => world?.drop());

const { consumer, approved, settled, quiet } = actsOn(
  () => world,
  () => product.id,
);

test('a member that others put in stays with strict members where it is theirs alone to take back, and is told so', async () => {
  const [ann, ben] = [consumer(0), consumer(1)];
  await settled(await approved(ann), 'ACTIVE');
  const [container = ''] = await containersOf(world, ann);
  const settings = { strictMembers: true, protectedPrincipals: [ben.login.username] };
  const params = { connectionKey };
  const { status } = await world.people.appadmin.call(updateConnection, { params, body: { settings } });
  expect(status).toBe(200);
  await quiet();
  const { deps } = world.server;
  const request = { connectionId, installationId: deps.installationId };
  for (const scope of [
    { kind: 'all' as const },
    { kind: 'keys' as const, keys: [{ targetId: product.id, globalUserId: ben.person.globalUserId }] },
  ])
    expect((await loadFacts(deps.db, { ...request, scope })).facts.settings).toEqual(settings);
  await world.platform.superuser.query(`grant ${quote(container)} to ${quote(ben.login.username)}`);
  await enqueueSweeps(deps);
  await quiet();
  const { body } = await world.people.appadmin.call(listDrift, { params, query: {} });
  expect(body.data).toMatchObject([
    {
      finding: 'unknown_member',
      principal: ben.login.username,
      isForPerson: true,
      reaction: expect.stringContaining('from 16 on, only its grantor can take it back'),
      repair: expect.stringContaining('REVOKE'),
    },
  ]);
  expect(await containersOf(world, ben)).toEqual([container]);
});
