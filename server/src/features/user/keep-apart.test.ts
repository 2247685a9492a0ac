import { importPeople } from '@stoa/contract/people-import';
import { updateApplicationSettings } from '@stoa/contract/settings';
import * as users from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { countWaiting } from '../../testing/locks.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';

let server: TestServer;
let useradmin: TestPerson;
let appadmin: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
});
afterAll(() => server.stop());

const keep = (separateGovernanceAndAdmin: boolean) =>
  appadmin.call(updateApplicationSettings, { body: { separateGovernanceAndAdmin } });
const change = (one: TestPerson, body: users.UpdateUserBody) =>
  useradmin.call(users.updateUser, { params: { globalUserId: one.globalUserId }, body });
const readRights = async (one: TestPerson) =>
  (await useradmin.call(users.readUser, { params: { globalUserId: one.globalUserId } })).body.permissions;
const keptApart = { status: 409, body: { code: 'user.kept_apart' } };

test('they are kept apart from when nobody holds both, by whichever login, and whoever holds both is named', async () => {
  const both = await server.person({ username: 'both', permissions: ['APPLICATION_ADMIN', 'GOVERNANCE'] });
  const [one, two] = [
    await server.person({ username: 'one', permissions: ['GOVERNANCE'] }),
    await server.person({ username: 'two', permissions: ['APPLICATION_ADMIN'] }),
  ];
  await change(one, { samePersonAs: two.globalUserId });
  const refused = await keep(true);
  expect(refused).toMatchObject({ status: 409, body: { code: 'settings.held_together' } });
  expect(refused.body.detail).toBe(
    'Governance and Application Admin are held together by both, one with two. Nothing was changed.',
  );
  expect((await keep(false)).body.separateGovernanceAndAdmin).toBe(false);
  await change(both, { permissions: ['GOVERNANCE'] });
  // Also of a login that is switched off: it may be switched on again.
  await change(two, { status: 'disabled' });
  expect((await keep(true)).body.code).toBe('settings.held_together');
  await change(two, { samePersonAs: null });
  expect((await keep(true)).body.separateGovernanceAndAdmin).toBe(true);
});

test('then nobody gets the other one: by a change, with a new login, by joining logins, by a file', async () => {
  const steward = await server.person({ username: 'steward', permissions: ['GOVERNANCE'] });
  const admin = await server.person({ username: 'admin', permissions: ['APPLICATION_ADMIN'] });
  const refused = await change(steward, { permissions: ['GOVERNANCE', 'APPLICATION_ADMIN'] });
  expect(refused).toMatchObject(keptApart);
  expect(refused.body.detail).toBe(
    'steward would hold Governance and Application Admin, which this installation keeps apart. Nothing was changed.',
  );
  expect(await readRights(steward)).toEqual(['GOVERNANCE']);
  const fresh = { username: 'fresh', name: 'Fresh', email: 'fresh@example.com' };
  const both: users.CreateUserBody['permissions'] = ['GOVERNANCE', 'APPLICATION_ADMIN'];
  expect(await useradmin.call(users.createUser, { body: { ...fresh, permissions: both } })).toMatchObject(keptApart);
  const second = { ...fresh, samePersonAs: steward.globalUserId, permissions: both.slice(1) };
  expect(await useradmin.call(users.createUser, { body: second })).toMatchObject(keptApart);
  expect(await change(steward, { samePersonAs: admin.globalUserId })).toMatchObject(keptApart);
  const send = (csv: string) => useradmin.call(importPeople, { params: { kind: 'users' }, body: { csv } });
  const filed = await send('username,samePersonAs\nsteward,admin');
  expect(filed).toMatchObject({ status: 422, body: { code: 'import.refused' } });
  expect(JSON.stringify(filed.body)).toContain('One person may not hold Governance and Application Admin.');
  // By way of a third login, which no row shows alone: all of the file is refused.
  const plain = await server.person({ username: 'plain' });
  expect(await send('username,samePersonAs\nplain,steward\nadmin,plain')).toMatchObject(keptApart);
  expect((await useradmin.call(users.readUser, { params: plain })).body.otherLogins).toEqual([]);
  // One for the other is no holding of both.
  expect((await change(steward, { permissions: ['APPLICATION_ADMIN', 'AUDIT'] })).status).toBe(200);
});

test('of two who bring them together at once, one is refused', async () => {
  const [a, b] = [await server.person({ username: 'a' }), await server.person({ username: 'b' })];
  await change(a, { samePersonAs: b.globalUserId });
  const { given } = await server.deps.db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('stoa.last-admin'))`.execute(tx);
    const given = Promise.all([
      change(a, { permissions: ['GOVERNANCE'] }),
      change(b, { permissions: ['APPLICATION_ADMIN'] }),
    ]);
    await until(async () => ((await countWaiting(tx)) === 2 ? true : undefined));
    return { given };
  });
  expect((await given).map(({ status }) => status).sort()).toEqual([200, 409]);
});

test('who swaps one for the other and who joins logins of an admin who goes do not wait for each other in a circle', async () => {
  const named = (username: string, ...permissions: 'APPLICATION_ADMIN'[]) => server.person({ username, permissions });
  const [swaps, leaves, same] = [
    await named('c', 'APPLICATION_ADMIN'),
    await named('d', 'APPLICATION_ADMIN'),
    await named('e'),
  ];
  const { given } = await server.deps.db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('stoa.last-admin'))`.execute(tx);
    const waiting = (n: number) => until(async () => ((await countWaiting(tx)) === n ? true : undefined));
    const first = change(swaps, { permissions: ['GOVERNANCE'] });
    await waiting(1);
    const given = Promise.all([first, change(leaves, { samePersonAs: same.globalUserId, status: 'disabled' })]);
    await waiting(2);
    return { given };
  });
  expect((await given).map(({ status }) => status)).toEqual([200, 200]);
});
