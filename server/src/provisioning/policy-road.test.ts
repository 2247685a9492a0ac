import { determineAccessRequest, requestAccess } from '@stoa/contract/access-request';
import { explainAccess } from '@stoa/contract/access';
import { searchDataSources } from '@stoa/contract/data-product';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { getDataProductUse } from '@stoa/contract/data-product-use';
import { createGroup, setGroupMembers } from '@stoa/contract/group';
import { listMemberships } from '@stoa/contract/membership';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { reportWhatHas, reportWhoHasAccess } from '@stoa/contract/report';
import { updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { endPolicy, givePolicy } from '../testing/policies.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor, waitForKeys } from '../testing/register-platform.ts';
import { reconcileConnection } from './reconcile-connection.ts';
import { storeParts } from './store-parts.ts';

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let login: PlatformLogin;
let groupId: number;
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'consumer', TestPerson>;
const policies: string[] = [];

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  login = await platform.addLogin('consumer');
  people.consumer = await server.person({ username: login.username });
  registered = await registerPlatform(platform, people, 'policies');
  const group = await people.useradmin.call(createGroup, { body: { name: 'Trained' } });
  groupId = group.body.id;
});
afterEach(async () => {
  for (const id of policies.splice(0)) await endPolicy(server.deps, id);
  await join();
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const give = async (policy: Parameters<typeof givePolicy>[1]) => {
  const id = await givePolicy(server.deps, policy);
  policies.push(id);
  return id;
};
const join = (...members: TestPerson[]) =>
  people.useradmin.call(setGroupMembers, {
    params: { id: groupId },
    body: { globalUserIds: members.map((person) => person.globalUserId) },
  });
const table = (n: number) => {
  const [, schema = '', name = ''] = registered.sources[n]?.path ?? [];
  return { schema, name };
};
const reads = (n: number, answer: 'rows' | '42501') =>
  waitFor(`table ${n} to answer ${answer}`, async () => (await platform.readAs(login, table(n))) === answer);
const connectionId = async () => {
  const { rows } = await sql<{ id: string }>`select id from connection where connection_key = 'policies'`.execute(
    server.deps.db,
  );
  return rows[0]?.id ?? '';
};
const settle = () => waitForKeys(server.deps.db);
const statements = async () => {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from audit_event where action = 'ProvisioningStatementExecuted'`.execute(server.deps.db);
  return rows[0]?.n ?? 0;
};
const ask = async (productId: string) => {
  const { rows } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    server.deps.db,
  );
  const answers = (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'monthly report' }));
  const asked = await people.consumer.call(requestAccess, {
    params: { id: productId },
    body: { user: people.consumer.globalUserId, form: { answers } },
  });
  if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
  return asked.body.id;
};
const approve = (id: string) =>
  people.governor.call(determineAccessRequest, { params: { id }, body: { status: 'APPROVED', reason: 'needed' } });
const provisioning = (id: string) => people.governor.call(getAccessRequestProvisioning, { params: { id } });
const standsAt = (id: string, state: string) =>
  waitFor(`${id} to stand at ${state}`, async () => {
    const { body } = await provisioning(id);
    return body.state === state && body;
  });

const explained = async (n: number) => {
  const query = { user: people.consumer.globalUserId, sourceId: registered.sources[n]?.id ?? 0 };
  return (await people.consumer.call(explainAccess, { query })).body;
};

/** Nothing is left to do: a further look at the whole connection runs no statement. */
async function expectNothingToDo() {
  await settle();
  const before = await statements();
  await sql`insert into provisioning_key (connection_id, cause) values (${await connectionId()}, 'button')`.execute(
    server.deps.db,
  );
  await reconcileConnection(server.deps, await connectionId());
  await settle();
  expect(await statements()).toBe(before);
}

test('whoever joins the group of a birthright policy reads within the second, and leaving takes it away', async () => {
  await give({
    name: 'Area one is open to the trained',
    kind: 'grant',
    condition: "@isInGroups('Trained')",
    circumstances: [
      {
        type: 'object',
        connectionKey: 'policies',
        objectPath: table(0).schema ? [platform.database, table(0).schema] : [],
      },
    ],
  });
  await settle();
  expect(await platform.readAs(login, table(0))).toBe('42501');
  await join(people.consumer);
  await reads(0, 'rows');
  expect(await explained(0)).toMatchObject({
    effective: 'SUBSCRIBED',
    causes: [{ kind: 'policy', label: 'Area one is open to the trained', gives: true, reason: 'in Trained' }],
  });
  const elsewhere = registered.sources.findIndex((source) => source.path[1] !== table(0).schema);
  expect(await platform.readAs(login, table(elsewhere))).toBe('42501');
  await expectNothingToDo();
  const source = registered.sources[0]?.id ?? 0;
  const whoHas = async () =>
    (await people.governor.call(reportWhoHasAccess, { query: { sourceId: source } })).body.data;
  expect(await whoHas()).toMatchObject([
    {
      user: { globalUserId: people.consumer.globalUserId },
      account: login.username,
      cause: 'POLICY',
      causeText: expect.stringContaining('Area one is open to the trained'),
      state: 'ACTIVE',
      verifiedAt: expect.any(String),
    },
  ]);
  const whatHas = await people.consumer.call(reportWhatHas, { query: { searchText: 'Area one' } });
  expect(whatHas.body.data.map((row) => row.source.dataSourceId)).toContain(source);
  const mine = (cause: 'POLICY' | 'REQUEST') => people.consumer.call(reportWhatHas, { query: { cause } });
  expect((await mine('POLICY')).body).toEqual(whatHas.body);
  expect((await mine('REQUEST')).body.data).toEqual([]);
  await join();
  await reads(0, '42501');
  await expectNothingToDo();
  expect(await whoHas()).toEqual([]);
});

test('a policy that ends takes its access and its container away', async () => {
  await join(people.consumer);
  const id = await give({ name: 'Everything for the trained', kind: 'grant', condition: "@isInGroups('Trained')" });
  await reads(5, 'rows');
  await endPolicy(server.deps, id);
  await reads(5, '42501');
  await settle();
  const { rows } = await sql`select from container where kind = 'po'`.execute(server.deps.db);
  expect(rows).toHaveLength(0);
  await expectNothingToDo();
});

test('a guardrail keeps an approval closed, says which one it is, and opens it once it passes', async () => {
  const product = await publish(people.governor, registered, {
    name: 'Behind a guardrail',
    sourceIds: registered.sources.slice(0, 2).map((source) => source.id),
  });
  await give({ name: 'Training first', kind: 'guardrail', condition: "@isInGroups('Trained')" });
  await settle();
  const id = await ask(product.id);
  const seen = await people.governor.call(getAccessRequestEvidence, { params: { id } });
  expect(seen.body.signals).toContainEqual({
    code: 'guardrail_unmet',
    severity: 'warn',
    text: expect.stringContaining(' does not pass the guardrail Training first: everything stays closed. '),
  });
  expect(seen.body.sources[0]).toMatchObject({
    effect: 'PREVENTED',
    guardrails: ['Training first'],
    cause: 'Kept closed by the guardrail Training first',
  });
  const listed = await people.consumer.call(searchDataSources, { params: { id: product.id }, query: {} });
  expect(listed.body.data[0]).toMatchObject({
    status: 'RESTRICTED',
    reason: 'Kept closed by the guardrail Training first.',
  });
  const why = await explained(0);
  expect(why).toMatchObject({ effective: 'RESTRICTED', formula: expect.stringMatching(/^approvals AND p-/) });
  expect(why.next).toContain('not in Trained');
  expect(why.policies?.[0]).toMatchObject({
    name: 'Training first',
    result: false,
    truth: [{ call: "@isInGroups('Trained')", value: false, because: 'not in Trained' }],
  });
  expect((await approve(id)).body).toMatchObject({ status: 'APPROVED' });
  await waitFor('the guardrail to be told', async () => {
    const { body } = await provisioning(id);
    return body.reason === 'guardrail.unmet: Training first';
  });
  expect(await platform.readAs(login, table(0))).toBe('42501');
  const { body } = await provisioning(id);
  expect(body.objects.map((object) => object.state)).toEqual(['PREVENTED', 'PREVENTED']);
  await expectNothingToDo();
  await join(people.consumer);
  await reads(0, 'rows');
  await standsAt(id, 'ACTIVE');
  await join();
  await reads(0, '42501');
  await expectNothingToDo();
});

test('a product whose sources have different guardrails opens the ones that the person passes', async () => {
  const product = await publish(people.governor, registered, {
    name: 'Half behind a guardrail',
    sourceIds: registered.sources.slice(0, 3).map((source) => source.id),
  });
  const id = await ask(product.id);
  await approve(id);
  await standsAt(id, 'ACTIVE');
  expect(await platform.readAs(login, table(0))).toBe('rows');
  await give({
    name: 'Nobody without training',
    kind: 'guardrail',
    condition: "@hasAttribute('Training','done')",
    circumstances: [{ type: 'object', connectionKey: 'policies', objectPath: registered.sources[0]?.path ?? [] }],
  });
  await reads(0, '42501');
  expect(await platform.readAs(login, table(1))).toBe('rows');
  await settle();
  const { body } = await provisioning(id);
  expect(body.objects.map(({ state, reason }) => [state, reason])).toEqual([
    ['PREVENTED', 'guardrail.unmet: Nobody without training'],
    ['ACTIVE', undefined],
    ['ACTIVE', undefined],
  ]);
  const closed = registered.sources[0]?.id ?? 0;
  const whoHas = await people.governor.call(reportWhoHasAccess, { query: { sourceId: closed } });
  const whatHas = await people.consumer.call(reportWhatHas, { query: { searchText: 'Half behind' } });
  const stateOf = [...whoHas.body.data, ...whatHas.body.data].filter((row) => row.requestId === id);
  expect(stateOf.map(({ source, state }) => [source.dataSourceId === closed, state])).toEqual([
    [true, 'PREVENTED'],
    [true, 'PREVENTED'],
    [false, 'ACTIVE'],
    [false, 'ACTIVE'],
  ]);
  expect(stateOf.map(({ verifiedAt }) => verifiedAt !== null)).toEqual([false, false, true, true]);
  const mine = await people.consumer.call(listMemberships, { query: { searchText: 'Half behind' } });
  expect(mine.body.data[0]).toMatchObject({
    provisioning: { state: 'ACTIVE', counts: { total: 3, active: 2, prevented: 1 } },
    sources: [{ state: 'PREVENTED', lastVerifiedAt: null }, { state: 'ACTIVE' }, { state: 'ACTIVE' }],
  });
  const use = await people.consumer.call(getDataProductUse, { params: { id: product.id } });
  expect(use.body.connections).toMatchObject([
    {
      objects: registered.sources.slice(1, 3).map(({ path }) => ({ objectPath: path })),
      closed: [
        { objectPath: registered.sources[0]?.path, reason: 'Kept closed by the guardrail Nobody without training.' },
      ],
    },
  ]);
  await expectNothingToDo();
  await people.useradmin.call(updateUser, {
    params: { globalUserId: people.consumer.globalUserId },
    body: { attributes: { Training: ['done'] } },
  });
  await reads(0, 'rows');
  await expectNothingToDo();
});

test('of two causes, the one that ends leaves the other', async () => {
  const product = await publish(people.governor, registered, {
    name: 'Twice given',
    sourceIds: [registered.sources[4]?.id ?? 0],
  });
  const id = await ask(product.id);
  await approve(id);
  await standsAt(id, 'ACTIVE');
  await join(people.consumer);
  const policy = await give({ name: 'Also by group', kind: 'grant', condition: "@isInGroups('Trained')" });
  await reads(5, 'rows');
  await endPolicy(server.deps, policy);
  await reads(5, '42501');
  expect(await platform.readAs(login, table(4))).toBe('rows');
  await expectNothingToDo();
});

test('a replica that has lost the connection keeps nothing of what it compiled', async () => {
  const part = {
    part: 1,
    key: 'stale',
    body: { who: { kind: 'always' as const }, guardrails: [], causes: [], label: null },
  };
  const stale = {
    connectionId: await connectionId(),
    writer: { replicaId: server.deps.replicaId, fence: -1 },
    changed: [],
    added: [{ ...part, targetId: '', asks: [] }],
  };
  expect((await storeParts(server.deps.db, stale)).size).toBe(0);
  const { rows } = await sql`select from container_part where key = 'stale'`.execute(server.deps.db);
  expect(rows).toHaveLength(0);
});
