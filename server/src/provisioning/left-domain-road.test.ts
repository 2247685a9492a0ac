import { determineAccessRequest, requestAccess } from '@stoa/contract/access-request';
import { searchDataSources } from '@stoa/contract/data-product';
import { setDomainDataSources, setDomainPermissions } from '@stoa/contract/domain';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { getInboxMessages } from '@stoa/contract/notification';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor, waitForKeys } from '../testing/register-platform.ts';
import { enqueueTarget } from './enqueue-keys.ts';
import { transact } from '../db/transact.ts';

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let login: PlatformLogin;
let productId: string;
let requestId: string;
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'manager' | 'consumer', TestPerson>;

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  people.manager = await server.person({ username: 'manager' });
  login = await platform.addLogin('later');
  people.consumer = await server.person({ username: login.username });
  registered = await registerPlatform(platform, people, 'left');
  const permission = 'Manage Data Products';
  await people.useradmin.call(setDomainPermissions, {
    params: { id: registered.domainId },
    body: { permissions: [{ permission, principalType: 'user', principalId: people.manager.globalUserId }] },
  });
  const sourceIds = [source(0).id, source(1).id];
  productId = (await publish(people.governor, registered, { name: 'Claims', sourceIds })).id;
  await roleHolds([0, 1]);
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const source = (n: number) => registered.sources[n] ?? { id: 0, path: [] };
const nameOf = (n: number) => source(n).path.at(-1) ?? '';
const roleHolds = (wanted: readonly number[]) =>
  waitFor(`the role to hold ${wanted.join()}`, async () => {
    await waitForKeys(server.deps.db);
    const { rows } = await sql<{ id: number }>`select data_source_id as id from container_object
      where target_id = ${productId} and state = 'ACTIVE' order by 1`.execute(server.deps.db);
    return rows.map((row) => row.id).join() === wanted.map((n) => source(n).id).join();
  });
const setDomain = (sourceIds: readonly number[]) =>
  people.governor.call(setDomainDataSources, {
    params: { id: registered.domainId },
    body: { dataSourceIds: [...sourceIds] },
  });
const others = () => registered.sources.slice(2).map(({ id }) => id);
const shown = async () => {
  const { body } = await people.consumer.call(searchDataSources, { params: { id: productId } });
  return body.data.map(({ name, status, reason }) => ({ name, status, reason }));
};
const evidence = async () => (await people.governor.call(getAccessRequestEvidence, { params: { id: requestId } })).body;
const signal = async () => (await evidence()).signals.find(({ code }) => code === 'out_of_domain');
const told = async () =>
  (await people.manager.call(getInboxMessages, {})).body.data.filter(
    (message) => message.notificationType === 'PRODUCT_SOURCES_LEFT_DOMAIN',
  );
const reads = async (n: number): Promise<boolean> => {
  const client = await platform.connectAs(login);
  try {
    await client.query(`select 1 from ${source(n).path.slice(1).join('.')} limit 1`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
};
const ask = async (): Promise<string> => {
  const { rows } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    server.deps.db,
  );
  const answers = (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'monthly report' }));
  const asked = await people.consumer.call(requestAccess, {
    params: { id: productId },
    body: { user: people.consumer.globalUserId, form: { answers } },
  });
  return asked.body.id;
};

test('the managers of a product are told once that sources of it left its domains', async () => {
  await setDomain(others());
  const [message] = await waitFor('the manager to be told', async () => {
    const messages = await told();
    return messages.length > 0 && messages;
  });
  expect(message?.subject).toBe('2 data sources of Claims left its domains');
  expect(message?.message).toContain('are in none of the domains of Claims any more');
  for (const n of [0, 1]) expect(message?.message).toContain(nameOf(n));
  expect(message?.data?.actionPath).toBe(`/products/${productId}`);
});

test('what the role holds already is said to be read by whoever gets the product, and it is', async () => {
  requestId = await ask();
  const reason = expect.stringContaining('whoever gets the product reads it');
  expect((await shown()).map((one) => one.status)).toEqual(['NONE', 'NONE']);
  for (const one of await shown()) expect(one.reason).toEqual(reason);
  expect((await evidence()).sources).toMatchObject([
    { effect: 'GAINS_ACCESS', cause: reason, outOfDomain: 'held' },
    { effect: 'GAINS_ACCESS', cause: reason, outOfDomain: 'held' },
  ]);
  expect((await signal())?.text).toMatch(/^2 sources have left .* already: approval opens that too\.$/);
});

test('what the role lost meanwhile is not given to it again, and is said to be given to nobody', async () => {
  const role = (
    await platform.superuser.query<{ grantee: string }>(
      `select distinct grantee from information_schema.role_table_grants where grantee like 'stoa_dp_%' and table_name = $1`,
      [nameOf(1)],
    )
  ).rows[0]?.grantee;
  // A grant is taken back in the name of whoever gave it.
  const grantor = platform.connector.username;
  const table = source(1).path.slice(1).join('.');
  await platform.superuser.query(`set role "${grantor}"; revoke select on ${table} from "${role}"; reset role`);
  await transact(server.deps, (tx, after) => enqueueTarget(tx, after, { targetId: productId, cause: 'drift' }));
  await roleHolds([0]);
  const closed = expect.stringContaining('it is granted to nobody');
  const statuses = new Map((await shown()).map((one) => [one.name, one]));
  expect(
    statuses.get((await evidence()).sources.find((one) => one.dataSourceId === source(1).id)?.name ?? ''),
  ).toMatchObject({
    status: 'RESTRICTED',
    reason: closed,
  });
  expect((await evidence()).sources.find((one) => one.dataSourceId === source(1).id)).toMatchObject({
    effect: 'PREVENTED',
    cause: closed,
    outOfDomain: 'closed',
  });
  expect((await signal())?.text).toMatch(
    /already: approval opens that too\. Its role does not hold .*does not open that\.$/,
  );
});

test('approving gives exactly what was said', async () => {
  await people.governor.call(determineAccessRequest, {
    params: { id: requestId },
    body: { status: 'APPROVED', reason: 'needed' },
  });
  await waitFor('what the role holds to be read', () => reads(0));
  await waitForKeys(server.deps.db);
  expect(await reads(1)).toBe(false);
  expect((await shown()).map((one) => one.status).sort()).toEqual(['RESTRICTED', 'SUBSCRIBED']);
});

test('back in the domain everything is given, and nothing is said any more', async () => {
  await setDomain(registered.sources.map(({ id }) => id));
  await waitFor('the other table to be read', () => reads(1));
  await roleHolds([0, 1]);
  expect(await signal()).toBeUndefined();
  expect((await told()).length).toBe(1);
});
