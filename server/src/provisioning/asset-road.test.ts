import { explainAccess } from '@stoa/contract/access';
import { determineAccessRequest, getAccessRequestById } from '@stoa/contract/access-request';
import { getAssetByMetadata, requestAsset, revokeAssetRequest } from '@stoa/contract/asset';
import { deleteConnection, syncConnection } from '@stoa/contract/connection';
import { listMemberships } from '@stoa/contract/membership';
import { getAccessRequestPlan } from '@stoa/contract/plan';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standardAnswers } from '../features/access-request/requests.fixture.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { type Registered, registerPlatform, waitFor } from '../testing/register-platform.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';

sweepByHand();

const connectionKey = 'assets';
let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
const people = {} as Record<'appadmin' | 'governor' | 'consumer' | 'second', TestPerson>;
let login: PlatformLogin;
let secondLogin: PlatformLogin;

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  login = await platform.addLogin('consumer');
  secondLogin = await platform.addLogin('second');
  people.consumer = await server.person({ username: login.username });
  people.second = await server.person({ username: secondLogin.username });
  registered = await registerPlatform(platform, people, connectionKey);
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const assetId = async (name: string): Promise<string> => {
  const { body } = await people.consumer.call(getAssetByMetadata, { query: { fullyQualifiedName: name } });
  return body.id;
};
const ask = async (person: TestPerson, id: string): Promise<string> => {
  const body = { requestType: 'DATA_ACCESS' as const, user: person.globalUserId, form: standardAnswers };
  const answer = await person.call(requestAsset, { params: { id }, body });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body.id;
};
const approve = (id: string) =>
  people.governor.call(determineAccessRequest, {
    params: { id },
    body: { status: 'APPROVED', reason: 'needed for the report' },
  });
const settled = (id: string, state: string) =>
  waitFor(`${id} to be ${state}`, async () => {
    const { body } = await people.governor.call(getAccessRequestProvisioning, { params: { id } });
    return body.state === state && body;
  });
const planOf = async (id: string) =>
  (await people.governor.call(getAccessRequestPlan, { params: { id } })).body.connections.flatMap((c) => c.statements);
const sync = async () => {
  const { body } = await people.appadmin.call(syncConnection, { params: { connectionKey } });
  const done = async () =>
    (await people.appadmin.call(getTask, { params: { taskId: body.taskId } })).body.status === 'SUCCEEDED';
  await waitFor('the crawl', done);
};
const reads = (schema: string, name: string, who = login) => platform.readAs(who, { schema, name });
const owner = () => `"owner_${platform.database.replace('live_', '')}"`;

test('an approved table can be read and no other, and is refused once it is given back', async () => {
  const id = await assetId(`${platform.database}.area_1.table_1`);
  const requestId = await ask(people.consumer, id);
  expect(await planOf(requestId)).toHaveLength(4);
  expect(await approve(requestId)).toMatchObject({ body: { status: 'APPROVED', asset: { id, registered: true } } });
  expect(await settled(requestId, 'ACTIVE')).toMatchObject({ counts: { total: 1, active: 1 } });
  expect(await reads('area_1', 'table_1')).toBe('rows');
  expect(await reads('area_1', 'table_2')).toBe('42501');
  const sourceId = registered.sources.find((s) => s.path.join('.').endsWith('area_1.table_1'))?.id ?? 0;
  const why = await people.consumer.call(explainAccess, { query: { user: people.consumer.globalUserId, sourceId } });
  expect(why.body).toMatchObject({
    effective: 'SUBSCRIBED',
    causes: [{ requestId, gives: true, target: { id, type: 'DATA_OBJECT' } }],
    proof: { principal: login.username },
  });
  expect((await people.consumer.call(revokeAssetRequest, { params: { id, requestId } })).status).toBe(204);
  await settled(requestId, 'REMOVED');
  expect(await reads('area_1', 'table_1')).toBe('42501');
  const again = await ask(people.consumer, id);
  expect(await planOf(again)).toHaveLength(1);
});

test('an approved schema opens its tables, and a table made later once a crawl has found it', async () => {
  const id = await assetId(`${platform.database}.area_2`);
  const requestId = await ask(people.consumer, id);
  await approve(requestId);
  expect(await settled(requestId, 'ACTIVE')).toMatchObject({ counts: { total: 3, active: 3 } });
  for (const name of ['table_1', 'table_2', 'table_3']) expect(await reads('area_2', name)).toBe('rows');
  expect(await reads('area_1', 'table_1')).toBe('42501');
  await platform.superuser.query(`set role ${owner()}; create table area_2.later as select 1 as id; reset role;`);
  expect(await reads('area_2', 'later')).toBe('42501');
  await sync();
  await waitFor('the new table', async () => (await reads('area_2', 'later')) === 'rows');
  const second = await ask(people.second, id);
  expect(await planOf(second)).toHaveLength(1);
  await approve(second);
  await settled(second, 'ACTIVE');
  expect(await reads('area_2', 'later', secondLogin)).toBe('rows');
  const { body } = await people.second.call(listMemberships, { query: {} });
  expect(body.data[0]).toMatchObject({
    target: { id, type: 'DATA_OBJECT', name: 'area_2' },
    provisioning: { state: 'ACTIVE' },
  });
  expect(body.data[0]?.sources).toHaveLength(4);
  expect((await people.governor.call(revokeAssetRequest, { params: { id, requestId } })).status).toBe(204);
  await settled(requestId, 'REMOVED');
  for (const name of ['table_1', 'later']) expect(await reads('area_2', name)).toBe('42501');
  expect(await reads('area_2', 'table_1', secondLogin)).toBe('rows');
});

test('deleting the connection ends the requests for its assets, takes the access back, and keeps what they were about', async () => {
  const id = await assetId(`${platform.database}.area_2`);
  const { body: before } = await people.second.call(listMemberships, { query: { state: ['active'] } });
  const requestId = before.data.find((membership) => membership.target.id === id)?.requestId ?? '';
  const pending = await ask(people.second, await assetId(platform.database));
  const gone = await people.appadmin.call(deleteConnection, { params: { connectionKey } });
  expect(gone.status).toBe(202);
  const taskId = gone.body.taskId;
  await waitFor(
    'the removal',
    async () => (await people.appadmin.call(getTask, { params: { taskId } })).body.status === 'SUCCEEDED',
  );
  expect(await reads('area_2', 'later', secondLogin)).toBe('42501');
  const { rows: run } = await sql<{ statement: string; result: string }>`
    select payload ->> 'statement' as statement, payload ->> 'result' as result from audit_event
    where action = 'ProvisioningStatementExecuted' and target_type = 'CONNECTION'`.execute(server.deps.db);
  expect(run.filter(({ result }) => result === 'done').map(({ statement }) => statement.split(' ')[0])).toContain(
    'DROP',
  );
  const { rows } = await platform.superuser.query(
    `select from pg_roles r join pg_auth_members m on m.roleid = r.oid join pg_roles c on c.oid = m.member where c.rolname = $1`,
    [platform.connector.username],
  );
  expect(rows).toEqual([]);
  const read = async (request: string) =>
    (await people.second.call(getAccessRequestById, { params: { id: request } })).body;
  expect(await read(requestId)).toMatchObject({
    status: 'REVOKED',
    decisionReason: `The connection ${connectionKey} was deleted.`,
    asset: { name: 'area_2', metadata: { objectPath: [platform.database, 'area_2'] } },
  });
  expect(await read(pending)).toMatchObject({ status: 'CANCELED' });
  const again = await people.second.call(requestAsset, {
    params: { id },
    body: { requestType: 'DATA_ACCESS', user: people.second.globalUserId, form: standardAnswers },
  });
  expect(again.status).toBe(404);
});
