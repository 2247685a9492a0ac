import { previewReconcile } from '@stoa/contract/reconcile-plan';
import { listDrift, readConnection, recheckConnection, updateConnection } from '@stoa/contract/connection';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../db/new-id.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { claimWork, holdsFence, scopeOf } from './claim-work.ts';
import { runDueChecks } from './due-checks.ts';
import { actsOn, containersOf, makeRoad, type Road } from './road-acts.fixture.ts';
import { enqueueRetries, enqueueSweeps } from './sweep.ts';
import { connectionKey } from './walk-world.fixture.ts';

sweepByHand();

let world: Road['world'];
let product: Road['product'];
let connectionId: string;

beforeAll(async () => {
  ({ world, product, connectionId } = await makeRoad('Checked'));
}, 180_000);
afterAll(() => world?.drop());

const { consumer, approved, settled, revoke, takeMembership, quiet } = actsOn(
  () => world,
  () => product.id,
);
const params = { connectionKey };
/** With this the platform would grant as ever: that it waits is our own doing. */
const damage = () =>
  world.platform.superuser.query('create schema if not exists stoa; grant create on schema stoa to public');
const mend = () => world.platform.superuser.query('revoke create on schema stoa from public');
const stateOf = async () => (await world.people.appadmin.call(readConnection, { params })).body.state;
const recheck = () => world.people.appadmin.call(recheckConnection, { params });
const reasonsOf = (told: Awaited<ReturnType<typeof settled>>) => [...new Set(told.objects.map(({ reason }) => reason))];
/** As if the last checks had been run so many minutes earlier. */
const checkedBefore = (minutes: number) =>
  sql`
  update connection set server_info = jsonb_set(server_info, '{preflight,checkedAt}',
    to_jsonb(to_char(now() at time zone 'utc' - make_interval(mins => ${minutes}), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
  where id = ${connectionId}`.execute(world.server.deps.db);
const checkedAt = async () =>
  (await world.people.appadmin.call(readConnection, { params })).body.preflight?.checkedAt ?? '';
const sweep = async () => {
  for (let look = 0; look < 2; look++) {
    await enqueueSweeps(world.server.deps);
    await quiet();
  }
};

test('while a check fails an approval waits and says why, and access ends as ever', async () => {
  const [ann, ben, cleo] = [consumer(0), consumer(1), consumer(2)];
  const ofAnn = await approved(ann);
  const ofCleo = await approved(cleo);
  await settled(ofAnn, 'ACTIVE');
  await settled(ofCleo, 'ACTIVE');
  await damage();
  await recheck();
  expect(await stateOf()).toBe('error');
  await quiet();
  const ofBen = await approved(ben);
  await quiet();
  expect(reasonsOf(await settled(ofBen, 'PROVISIONING'))).toEqual(['connection.checks_failed']);
  expect(await containersOf(world, ben)).toEqual([]);
  await revoke(ofAnn);
  await settled(ofAnn, 'REMOVED');
  expect(await containersOf(world, ann)).toEqual([]);
  // What is gone is told, and is not put back now: not by the next look either, which sees the same.
  await takeMembership(cleo);
  await sweep();
  const found = async () => {
    const { rows } = await sql<{ principal: string; how: string | null }>`
      select principal, closed_how as how from drift_finding where finding = 'missing' order by since`.execute(
      world.server.deps.db,
    );
    return rows;
  };
  const drift = await world.people.appadmin.call(listDrift, { params, query: {} });
  expect(drift.body.data).toMatchObject([{ finding: 'missing', principal: cleo.login.username }]);
  await sql`update connection set fingerprint = null, last_sweep_at = null`.execute(world.server.deps.db);
  await sweep();
  expect(await found()).toEqual([{ principal: cleo.login.username, how: null }]);
  expect(await containersOf(world, cleo)).toEqual([]);
  expect(reasonsOf(await settled(ofCleo, 'PROVISIONING'))).toEqual(['connection.checks_failed']);
  const { body: dry } = await world.people.appadmin.call(previewReconcile, { params });
  expect(dry).toMatchObject({ waits: 'checks_failed', statementCount: 0, blockedCount: 2 });
  expect(dry.blocked).toEqual(
    [ben, cleo]
      .map(({ login }) => ({ object: login.username, reason: 'connection.checks_failed' }))
      .toSorted((a, b) => a.object.localeCompare(b.object)),
  );
  // Nothing is tried in vain.
  await sql`update membership_status set next_attempt_at = now() - interval '1 second' where next_attempt_at is not null`.execute(
    world.server.deps.db,
  );
  await enqueueRetries(world.server.deps);
  const { rows: keys } = await sql`select from provisioning_key where cause = 'retry'`.execute(world.server.deps.db);
  expect(keys).toEqual([]);

  await mend();
  await runDueChecks(world.server.deps);
  expect(await stateOf()).toBe('error');
  await checkedBefore(6);
  await runDueChecks(world.server.deps);
  expect(await stateOf()).toBe('active');
  await settled(ofBen, 'ACTIVE');
  await settled(ofCleo, 'ACTIVE');
  expect(await found()).toEqual([{ principal: cleo.login.username, how: 'healed' }]);
});

test('checks that begin to fail during a run hold what it was about to give, and nothing that it takes', async () => {
  await quiet();
  const { db, reconciler } = world.server.deps;
  const replicaId = newUuid();
  await sql`delete from connection_lease`.execute(db);
  const work = await claimWork(db, connectionId, replicaId);
  expect(reconciler.isBusy).toBe(false);
  if (!work) throw new Error('the lease is not ours');
  await sql`update connection set state = 'error' where id = ${connectionId}`.execute(db);
  const container = { name: 'stoa_dp_1', nativeName: 'stoa_dp_1', platformId: null };
  const holds = (kind: 'add-members' | 'end-members') =>
    holdsFence(db, {
      ...work,
      connectionId,
      replicaId,
      runId: newUuid(),
      scope: scopeOf(work.keys),
      targetIds: [product.id],
      statements: [{ step: { kind, container, members: [], causes: [] }, sql: 'select 1', guard: '', locks: [] }],
    });
  expect([await holds('add-members'), await holds('end-members')]).toEqual([false, true]);
  await sql`delete from statement_intent`.execute(db);
  await sql`delete from connection_lease`.execute(db);
  await sql`update connection set state = 'active' where id = ${connectionId}`.execute(db);
});

test('the checks of a connection are run once a day by themselves', async () => {
  await checkedBefore(23 * 60);
  const before = await checkedAt();
  await runDueChecks(world.server.deps);
  expect(await checkedAt()).toBe(before);
  await checkedBefore(25 * 60);
  await damage();
  await runDueChecks(world.server.deps);
  expect(await stateOf()).toBe('error');
  expect(await checkedAt()).not.toBe(before);
});

test('what was paused while its checks failed goes on as failing, until they pass', async () => {
  const { appadmin } = world.people;
  await appadmin.call(updateConnection, { params, body: { state: 'paused' } });
  const { body } = await appadmin.call(updateConnection, { params, body: { state: 'active' } });
  expect(body).toMatchObject({ state: 'error', stateReason: expect.stringContaining('OWN_NAMESPACE') });
  await mend();
  await recheck();
  expect(await stateOf()).toBe('active');
});

test('a role in the way of single products fails its check, and holds up nobody else', async () => {
  const { superuser } = world.platform;
  await superuser.query('create role stoa_dp_zzzz');
  const { body } = await recheck();
  expect(body.checks.find(({ check }) => check === 'OWN_NAMESPACE')).toMatchObject({ result: 'fail', isPartial: true });
  expect(await stateOf()).toBe('active');
  await settled(await approved(consumer(3)), 'ACTIVE');
  await superuser.query('drop role stoa_dp_zzzz');
});
