import { revokeAccess } from '@stoa/contract/access-request';
import { getAccessRequestPlan } from '@stoa/contract/plan';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askedId, decide } from '../features/access-request/requests.fixture.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor, waitForKeys } from '../testing/register-platform.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { enqueueSweeps } from './sweep.ts';

sweepByHand();

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
const people = {} as Record<'appadmin' | 'governor' | 'consumer', TestPerson>;
let login: { username: string; password: string };

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  login = await platform.addLogin('consumer');
  people.consumer = await server.person({ username: login.username });
  registered = await registerPlatform(platform, { appadmin: people.appadmin, governor: people.governor }, 'renamed');
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const ask = (productId: string) => askedId(people.consumer, { id: productId, domainId: registered.domainId });
const settled = (id: string, state: string) =>
  waitFor(`${id} to be ${state}`, async () => {
    const { body } = await people.governor.call(getAccessRequestProvisioning, { params: { id } });
    return body.state === state && body;
  });

const roleOf = async (targetId: string) => {
  const { rows } = await sql<{
    id: string;
  }>`select native_id as id from container where target_id = ${targetId}`.execute(server.deps.db);
  const found = await platform.superuser.query('select rolname as name from pg_roles where oid = $1::oid', [
    rows[0]?.id,
  ]);
  return String(found.rows[0]?.name);
};
const grantedProduct = async (name: string) => {
  const source = registered.sources[2];
  const { id: productId } = await publish(people.governor, registered, { name, sourceIds: [source?.id ?? 0] });
  const id = await ask(productId);
  await decide(people.governor, id, 'APPROVED');
  await settled(id, 'ACTIVE');
  await waitForKeys(server.deps.db);
  const revoke = () => people.governor.call(revokeAccess, { params: { id: productId, requestId: id } });
  return { id, revoke, role: await roleOf(productId) };
};

test('where roles of others have the next names, a product takes the one after them, and leaves theirs alone', async () => {
  const { rows } = await sql<{ last: number }>`select nextval('container_number')::int as last`.execute(server.deps.db);
  const last = rows[0]?.last ?? 0;
  const taken = [1, 2].map((n) => `stoa_dp_${(last + n).toString(36)}`);
  for (const name of taken) await platform.superuser.query(`create role "${name}" login`);
  const { id, revoke, role } = await grantedProduct('Taken');
  expect(role).toBe(`stoa_dp_${(last + 3).toString(36)}`);
  const untouched = await platform.superuser.query(
    `select r.rolname, shobj_description(r.oid, 'pg_authid') as mark, (select count(*)::int from pg_auth_members m where m.roleid = r.oid) as members,
       has_any_column_privilege(r.oid, $2, 'select') as reads from pg_roles r where r.rolname = any($1)`,
    [taken, registered.sources[2]?.path.slice(1).join('.')],
  );
  expect(untouched.rows).toEqual(taken.map((rolname) => ({ rolname, mark: null, members: 0, reads: false })));
  await revoke();
  await settled(id, 'REMOVED');
  for (const name of taken) await platform.superuser.query(`drop role "${name}"`);
});

test('where a role of ours lost its mark, no other takes its place unseen: the plan says so before anybody decides', async () => {
  const { id: former, revoke, role } = await grantedProduct('Disowned');
  await revoke();
  await settled(former, 'REMOVED');
  await platform.superuser.query(`comment on role "${role}" is 'not of Stoa'`);
  const { rows } = await sql<{ id: string }>`select target_id as id from access_request where id = ${former}`.execute(
    server.deps.db,
  );
  const id = await ask(rows[0]?.id ?? '');
  await enqueueSweeps(server.deps);
  await waitForKeys(server.deps.db);
  const plan = await people.governor.call(getAccessRequestPlan, { params: { id } });
  expect(plan.body.connections[0]?.blocked).toEqual([{ object: role, reason: 'container.foreign' }]);
});

test('a role that a DBA renamed is found at once, and its member is taken out before anybody says so', async () => {
  const { id, revoke, role } = await grantedProduct('Renamed');
  await platform.superuser.query(`alter role "${role}" rename to "${role}_of_hr"`);
  await revoke();
  await settled(id, 'REMOVED');
  const held = `select pg_has_role('${login.username}', '${role}_of_hr', 'member') as held`;
  expect((await platform.superuser.query(held)).rows).toEqual([{ held: false }]);
});

test('a role that was renamed and lost its mark is nothing to say REMOVED by, until it lets nobody in', async () => {
  const { id, revoke, role } = await grantedProduct('Unmarked');
  const other = `${role}_taken_over`;
  await platform.superuser.query(`alter role "${role}" rename to "${other}"; comment on role "${other}" is 'ours now'`);
  await revoke();
  const failed = await settled(id, 'REMOVE_FAILED');
  expect(failed.objects[0]).toMatchObject({ state: 'REMOVE_FAILED', reason: 'container.unmarked' });
  await enqueueSweeps(server.deps);
  await waitForKeys(server.deps.db);
  await settled(id, 'REMOVE_FAILED');
  await platform.superuser.query(
    `revoke "${other}" from "${login.username}" granted by "${platform.connector.username}"`,
  );
  await settled(id, 'REMOVED');
});

test('where the names of two roles were swapped, nobody comes into the one that holds what is the other product’s', async () => {
  const [one, other] = registered.sources;
  const published = async (name: string, sourceId = 0) =>
    (await publish(people.governor, registered, { name, sourceIds: [sourceId] })).id;
  const targets = [await published('Swapped one', one?.id), await published('Swapped other', other?.id)];
  await waitForKeys(server.deps.db);
  const [first, second] = [await roleOf(targets[0] ?? ''), await roleOf(targets[1] ?? '')];
  await platform.superuser.query(`alter role "${first}" rename to "${first}_for_now"; alter role "${second}" rename to "${first}";
    alter role "${first}_for_now" rename to "${second}"`);
  const id = await ask(targets[0] ?? '');
  await decide(people.governor, id, 'APPROVED');
  await settled(id, 'ACTIVE');
  const reads = async () => {
    const tables = [one, other].map((source) => ({ schema: source?.path[1] ?? '', name: source?.path[2] ?? '' }));
    return Promise.all(tables.map((table) => platform.readAs(login, table)));
  };
  expect(await reads()).toEqual(['rows', '42501']);
  await enqueueSweeps(server.deps);
  await waitForKeys(server.deps.db);
  expect(await reads()).toEqual(['rows', '42501']);
});
