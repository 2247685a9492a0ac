import { explainAccess } from '@stoa/contract/access';
import {
  cancelAccessRequest,
  determineAccessRequest,
  extendAccessRequest,
  getAccessRequestById,
  requestAccess,
  requestMaskingException,
  revokeAccess,
} from '@stoa/contract/access-request';
import { previewReconcile } from '@stoa/contract/reconcile-plan';
import { recheckConnection, syncConnection, updateConnection } from '@stoa/contract/connection';
import { updateDataObject } from '@stoa/contract/data-object';
import { simulate } from '@stoa/contract/simulation';
import { readDataSource } from '@stoa/contract/data-source';
import { getDataProductUse, searchDataProductColumns } from '@stoa/contract/data-product-use';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { createGroup, setGroupMembers } from '@stoa/contract/group';
import { createPolicy, setPolicyState } from '@stoa/contract/policy-resource';
import { getAccessRequestPlan } from '@stoa/contract/plan';
import { getTask } from '@stoa/contract/task';
import { getAccessRequestProof } from '@stoa/contract/proof-history';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { reportClearColumns } from '@stoa/contract/report';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transact } from '../db/transact.ts';
import { endExpiredAccess } from '../features/access-request/expire.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor, waitForKeys } from '../testing/register-platform.ts';
import { runSetupScript } from '../testing/run-setup-script.ts';
import { enqueueMembership } from './enqueue-keys.ts';
import { readsOf, shownTo } from './mask-road.fixture.ts';
import { namePrefix } from './platforms.ts';

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let login: PlatformLogin;
let productId: string;
let groupId: number;
let policyId: string;
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'consumer', TestPerson>;

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  login = await platform.addLogin('consumer');
  people.consumer = await server.person({ username: login.username });
  registered = await registerPlatform(platform, people, 'masks');
  groupId = (await people.useradmin.call(createGroup, { body: { name: 'HR' } })).body.id;
  productId = (await publish(people.governor, registered, { name: 'Staff', sourceIds: [source().id] })).id;
  await approve(await ask());
  await waitFor('the table to be read', () => shows('id, label', base()));
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const source = () => registered.sources[0] ?? { id: 0, path: [] };
const base = () => source().path.slice(1).join('.');
const view = () => `shared_${base()}`;
const column = {
  columnName: 'label',
  get sourceId() {
    return String(source().id);
  },
};

const { reads, shows, becomes } = shownTo(
  () => platform,
  () => login,
);
const { answers, statementsSince, steps, instant, now } = readsOf(() => server.deps.db);
const ask = async (): Promise<string> => {
  const asked = await people.consumer.call(requestAccess, {
    params: { id: productId },
    body: { user: people.consumer.globalUserId, form: { answers: await answers() } },
  });
  if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
  return asked.body.id;
};
const askForColumn = async () =>
  people.consumer.call(requestMaskingException, {
    params: { id: productId },
    body: {
      user: people.consumer.globalUserId,
      form: { answers: await answers() },
      columns: [{ ...column, sourceId: column.sourceId }],
    },
  });
const determine = (id: string, bound: { planHash?: string } = {}) =>
  people.governor.call(determineAccessRequest, {
    params: { id },
    body: { status: 'APPROVED', reason: 'needed', ...bound },
  });
const planOf = async (id: string) => (await people.governor.call(getAccessRequestPlan, { params: { id } })).body;
const approve = async (id: string): Promise<void> => {
  const answer = await determine(id);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
};
const standsAt = (id: string, state: string) =>
  waitFor(`${id} to stand at ${state}`, async () => {
    const { body } = await people.governor.call(getAccessRequestProvisioning, { params: { id } });
    return body.state === state && body;
  });
const settle = () => waitForKeys(server.deps.db);
const setPolicy = async (id: string, state: 'active' | 'disabled'): Promise<void> => {
  const { rows } = await sql<{ version: number }>`select version from policy where id = ${id}`.execute(server.deps.db);
  const body = { state, version: rows[0]?.version ?? 0 };
  const answer = await people.governor.call(setPolicyState, { params: { id }, body });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
};
const setState = (state: 'active' | 'disabled') => setPolicy(policyId, state);

test('without what masks stand on, a source that a data policy acts on is read by nobody', async () => {
  const made = await people.governor.call(createPolicy, {
    body: {
      policy: {
        name: 'Notes are hidden',
        type: 'data',
        scope: { kind: 'global' },
        action: {
          kind: 'mask',
          masking: { maskingType: 'constant', value: 'hidden' },
          target: { columns: 'nameRegex', regex: 'label' },
        },
        who: { for: 'everyoneExcept', condition: "@isInGroups('HR')" },
        circumstances: [{ type: 'all' }],
      },
    },
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  policyId = made.body.id;
  await setState('active');
  await becomes(base(), '42501');
});

test('with it, the consumer reads the view, in which the column is masked, and no longer the table', async () => {
  await runSetupScript(platform, server.deps.installationId);
  await sql`insert into provisioning_key (connection_id, cause) select id, 'button' from connection`.execute(
    server.deps.db,
  );
  const { rows } = await sql<{ id: string }>`select id from connection`.execute(server.deps.db);
  server.deps.reconciler.kick(rows[0]?.id ?? '');
  await becomes(view(), { label: 'hidden' });
  expect(await reads('label', base())).toBe('42501');
});

test('the product tells which column is masked, how, by which policy, and where it is read now', async () => {
  const { body } = await people.consumer.call(searchDataProductColumns, {
    params: { id: productId },
    query: { maskedOnly: true },
  });
  expect(body.data).toMatchObject([
    {
      name: 'label',
      globalPolicyInfo: { maskingType: 'constant' },
      mask: { policyName: 'Notes are hidden', isLiftable: true },
    },
  ]);
  const use = await people.consumer.call(getDataProductUse, { params: { id: productId } });
  expect(use.body.connections[0]?.objects[0]?.sampleSql).toContain('shared_');
  const read = await people.governor.call(readDataSource, { params: { id: source().id } });
  expect(read.body).toMatchObject({ policyState: 'COMPLIANT', exposedPath: [platform.database, ...view().split('.')] });
});

const explained = async (who: Pick<TestPerson, 'call'>, more: { user?: string; column?: string } = {}) =>
  who.call(explainAccess, { query: { user: people.consumer.globalUserId, sourceId: String(source().id), ...more } });

test('explain tells per column whether it is masked, by what, and what to do next; of others only to those who may know', async () => {
  const { body } = await explained(people.consumer);
  expect(body.source?.exposedPath).toEqual([platform.database, ...view().split('.')]);
  expect(body.columns).toMatchObject([
    { name: 'id', shown: 'clear', maskingType: null, exempt: false, next: null },
    {
      name: 'label',
      shown: 'masked',
      maskingType: 'constant',
      policyName: 'Notes are hidden',
      matchedTag: null,
      outranked: [],
      exempt: false,
      exemptBy: null,
      degradedTo: null,
      truth: [{ call: "@isInGroups('HR')", value: false }],
      next: { kind: 'request', dataProductId: productId, people: [{ name: people.governor.name }] },
    },
  ]);
  expect(body.rows).toEqual([]);
  const own = await explained(people.consumer, { column: 'label' });
  expect(own.body.columns).toMatchObject([{ name: 'label', clearFor: null }]);
  const ofAll = await explained(people.governor, { column: 'label' });
  expect(ofAll.body.columns).toMatchObject([{ name: 'label', clearFor: { total: 0, people: [] } }]);
  expect(await explained(people.governor, { column: 'salary' })).toMatchObject({ status: 404 });
  expect((await explained(server.nobody)).status).toBe(401);
  expect((await explained(people.useradmin)).status).toBe(404);
});

test('an approved exception shows the column to its holder by one statement, and its end hides it by one', async () => {
  await settle();
  const asked = await askForColumn();
  expect(asked.status).toBe(201);
  if (asked.status !== 201) return;
  const twice = await askForColumn();
  expect(twice.status).toBe(409);
  const evidence = await people.governor.call(getAccessRequestEvidence, { params: { id: asked.body.id } });
  expect(evidence.body.maskingColumns).toMatchObject([
    { name: 'label', mask: { chosen: 'constant' }, masking: { maskingType: 'constant', value: 'hidden' } },
  ]);
  expect(evidence.body.signals.map((signal) => signal.code)).not.toContain('nothing_to_lift');
  const plan = await planOf(asked.body.id);
  expect(plan).toMatchObject({
    empty: false,
    connections: [
      { statements: [expect.stringContaining('INSERT INTO')], objects: 1, principalNames: [login.username] },
    ],
  });
  expect(plan.connections[0]).not.toHaveProperty('blocked');
  expect(evidence.body.plan).toMatchObject({ planHash: plan.planHash });
  const before = await now();
  const begun = await instant();
  expect((await determine(asked.body.id, { planHash: plan.planHash })).status).toBe(200);
  await becomes(view(), { label: 'one' });
  const { objects } = await standsAt(asked.body.id, 'ACTIVE');
  expect(objects).toMatchObject([{ state: 'ACTIVE', lastVerifiedAt: expect.any(String) }]);
  expect(objects.map(({ dataSourceId }) => String(dataSourceId))).toEqual([String(column.sourceId)]);
  expect(await steps(before)).toEqual(['add-entitlements']);
  expect(await statementsSince(before)).toEqual(plan.connections.flatMap(({ statements }) => statements));
  const shown = await people.governor.call(getAccessRequestEvidence, { params: { id: asked.body.id } });
  expect(shown.body.statements.map(({ statement }) => statement)).toEqual(await statementsSince(before));
  const { proofs } = (await people.governor.call(getAccessRequestProof, { params: { id: asked.body.id } })).body;
  expect(proofs).toMatchObject([
    { principal: login.username, result: 'ACTIVE', probe: expect.stringContaining('stoa.ent') },
  ]);
  expect(await planOf(asked.body.id)).toMatchObject({ empty: true, connections: [] });
  const exemptBy = { kind: 'exception', requestId: asked.body.id, until: null };
  expect((await explained(people.consumer)).body.columns?.[1]).toMatchObject({
    shown: 'clear',
    exempt: true,
    exemptBy,
  });
  expect((await explained(people.governor, { column: 'label' })).body.columns?.[0]?.clearFor).toEqual({
    total: 1,
    people: [expect.objectContaining({ globalUserId: people.consumer.globalUserId, exemptBy })],
  });
  const clear = async (query: { at?: string; searchText?: string } = {}) => {
    const asked = { query: { sourceId: source().id, ...query } };
    const { body } = await people.governor.call(reportClearColumns, asked);
    return { ...body, exceptions: body.data.filter(({ cause }) => cause === 'EXCEPTION') };
  };
  const inClear = {
    user: { globalUserId: people.consumer.globalUserId },
    account: login.username,
    columnName: 'label',
    maskingType: 'constant',
    causeText: 'Staff',
    requestId: asked.body.id,
    decidedBy: { globalUserId: people.governor.globalUserId },
    until: null,
    state: 'ACTIVE',
    evidence: null,
  };
  expect(await clear()).toMatchObject({ exceptions: [inClear], asOf: null });
  expect((await clear()).data.filter(({ cause }) => cause === 'POLICY')).toMatchObject([
    { user: null, columnName: 'label', causeText: expect.stringContaining('@isInGroups') },
  ]);
  expect((await people.consumer.call(reportClearColumns, { query: { sourceId: source().id } })).status).toBe(403);
  const middle = await now();
  const during = await instant();
  const revoked = await people.governor.call(revokeAccess, {
    params: { id: productId, requestId: asked.body.id },
    query: {},
  });
  expect(revoked.status).toBe(204);
  await becomes(view(), { label: 'hidden' });
  await standsAt(asked.body.id, 'REMOVED');
  expect((await clear()).exceptions).toEqual([]);
  const then = await clear({ at: during });
  expect(then).toMatchObject({
    exceptions: [{ ...inClear, evidence: 'PROVED', verifiedAt: expect.any(String) }],
    asOf: { gaps: ['MASKS', 'POLICIES', 'PAST_STOA'] },
  });
  expect((await clear({ at: during, searchText: 'nobody' })).data).toEqual([]);
  expect((await clear({ at: begun })).exceptions).toEqual([]);
  expect(await steps(middle)).toEqual(['end-entitlements']);
  const { rows } = await sql<{ type: string; state: string | null }>`
    select type, data ->> 'provisioning' as state from event where request_id = ${asked.body.id} order by sequence`.execute(
    server.deps.db,
  );
  const prefix = 'marketplace.data_product.access_requests';
  expect(
    rows.filter((row) => row.type.startsWith(prefix)).map((row) => row.state ?? row.type.slice(prefix.length)),
  ).toEqual(['.created', '.data_steward.updated', '.consumer.updated', 'ACTIVE', '.revoked', 'REMOVED']);
});

test('the plan of an exception is one of this login and these masks: what has moved since is told, and what stands in the way', async () => {
  await settle();
  const asked = await askForColumn();
  if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
  const { id } = asked.body;
  const read = await planOf(id);
  expect(await planOf(id)).toEqual({ ...read, connections: [expect.anything()] });
  const setIdentity = (state: string) =>
    sql`update platform_identity set state = ${state} where global_user_id = ${people.consumer.globalUserId}`.execute(
      server.deps.db,
    );
  await setIdentity('absent');
  const late = await determine(id, { planHash: read.planHash });
  const blocked = await planOf(id);
  await setIdentity('mapped');
  expect(late).toMatchObject({ status: 409, body: { code: 'plan.changed', planHash: blocked.planHash } });
  expect(blocked).toMatchObject({ empty: true, connections: [{ blocked: [{ reason: 'identity.none' }] }] });
  const liftable = (is: boolean) => sql`update column_mask set is_liftable = ${is}`.execute(server.deps.db);
  await liftable(false);
  const bare = await planOf(id);
  await liftable(true);
  expect(bare).toMatchObject({ empty: true, connections: [{ blocked: [{ reason: 'exception.no_mask' }] }] });
  expect(new Set([read.planHash, blocked.planHash, bare.planHash]).size).toBe(3);
  expect((await planOf(id)).planHash).toBe(read.planHash);
  expect((await people.consumer.call(cancelAccessRequest, { params: { id } })).status).toBe(204);
});

test('an exception that was asked for somebody else lifts nothing before they have accepted its agreements', async () => {
  const asked = await askForColumn();
  if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
  const { id } = asked.body;
  const awaits = (is: boolean) =>
    sql`update access_request set awaits_acceptance = ${is} where id = ${id}`.execute(server.deps.db);
  await awaits(true);
  await approve(id);
  await settle();
  expect(await standsAt(id, 'AWAITING_ACCEPTANCE')).toMatchObject({ objects: [{ state: 'AWAITING_ACCEPTANCE' }] });
  expect(await reads('label', view())).toEqual({ label: 'hidden' });
  expect((await explained(people.consumer)).body.columns?.[1]).toMatchObject({ shown: 'masked' });
  await awaits(false);
  const { globalUserId } = people.consumer;
  await transact(server.deps, (tx, after) =>
    enqueueMembership(tx, after, { targetId: productId, globalUserId, type: 'MASKING_EXCEPTION', cause: 'acceptance' }),
  );
  await becomes(view(), { label: 'one' });
  await standsAt(id, 'ACTIVE');
  await people.governor.call(revokeAccess, { params: { id: productId, requestId: id }, query: {} });
  await becomes(view(), { label: 'hidden' });
});

test('whoever joins a group that the policy excepts sees the column, and leaving hides it again', async () => {
  const join = (members: TestPerson[]) =>
    people.useradmin.call(setGroupMembers, {
      params: { id: groupId },
      body: { globalUserIds: members.map((person) => person.globalUserId) },
    });
  const call = { params: { id: groupId }, body: { globalUserIds: [people.consumer.globalUserId] } };
  const tried = await people.useradmin.call(simulate, {
    body: { changes: [{ change: 'call', operation: 'setGroupMembers', ...call }] },
  });
  const column = `${platform.database}.${base()}.label`.split('.').slice(-3).join('.');
  expect(tried.body.sights).toMatchObject({
    count: 1,
    people: [{ username: login.username, clear: [column], hidden: [] }],
  });
  await join([people.consumer]);
  await becomes(view(), { label: 'one' });
  expect((await explained(people.consumer)).body.columns?.[1]).toMatchObject({
    shown: 'clear',
    exemptBy: { kind: 'policy', condition: "@isInGroups('HR')" },
  });
  await join([]);
  await becomes(view(), { label: 'hidden' });
});

test('an exception ends by the platform’s clock, and is told as ended', async () => {
  const asked = await askForColumn();
  if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
  await approve(asked.body.id);
  await becomes(view(), { label: 'one' });
  await sql`update access_request set expiration = clock_timestamp() + interval '1 second' where id = ${asked.body.id}`.execute(
    server.deps.db,
  );
  await becomes(view(), { label: 'hidden' });
  await standsAt(asked.body.id, 'REMOVED');
});

const grantException = async (): Promise<string> => {
  const asked = await askForColumn();
  if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
  await approve(asked.body.id);
  await becomes(view(), { label: 'one' });
  await standsAt(asked.body.id, 'ACTIVE');
  return asked.body.id;
};
const sync = async (): Promise<void> => {
  const { body } = await people.appadmin.call(syncConnection, { params: { connectionKey: 'masks' } });
  await waitFor('the crawl', async () => {
    const task = await people.appadmin.call(getTask, { params: { taskId: body.taskId } });
    return task.body.status === 'SUCCEEDED';
  });
  await settle();
};
/** What the holder reads of the end of a request: its status, and the columns that ended. */
const told = async (id: string) => {
  const { body } = await people.consumer.call(getAccessRequestById, { params: { id } });
  const { metadata, status, decisionReason } = body;
  return { status, decisionReason, ended: metadata?.['endedColumns'] };
};

test('extending an exception moves its end by one statement, and its holder sees the column all along', async () => {
  const first = await grantException();
  const end = new Date(Date.now() + 3_600_000);
  await sql`update access_request set expiration = ${end} where id = ${first}`.execute(server.deps.db);
  await sql`insert into provisioning_key (connection_id, cause) select id, 'button' from connection`.execute(
    server.deps.db,
  );
  const ends = async (): Promise<(Date | null)[]> =>
    (
      await platform.superuser.query<{ expires_at: Date | null }>(
        `select expires_at from stoa.ent where kind = 'exempt'`,
      )
    ).rows.map((row) => row.expires_at);
  await waitFor('the end to be written', async () => (await ends()).some((one) => one !== null));
  await settle();
  const before = await now();
  const asked = await people.consumer.call(extendAccessRequest, { params: { id: first }, body: {} });
  if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
  expect(asked.body.id).not.toBe(first);
  await approve(asked.body.id);
  await standsAt(asked.body.id, 'ACTIVE');
  expect(await reads('label', view())).toEqual({ label: 'one' });
  expect(await ends()).toEqual([null]);
  expect(await steps(before)).toEqual(['add-entitlements']);
  // The end of the first takes nothing from the second.
  await sql`update access_request set expiration = now() - interval '1 second' where id = ${first}`.execute(
    server.deps.db,
  );
  await endExpiredAccess(server.deps);
  await settle();
  expect(await reads('label', view())).toEqual({ label: 'one' });
  await people.governor.call(revokeAccess, { params: { id: productId, requestId: asked.body.id }, query: {} });
  await becomes(view(), { label: 'hidden' });
});

test('an exception ends when its column becomes one of another kind, and its holder is told', async () => {
  const id = await grantException();
  await platform.superuser.query(
    `drop view ${view()}; alter table ${base()} alter label type integer using length(label)`,
  );
  await sync();
  await becomes(view(), { label: null });
  expect(await told(id)).toMatchObject({
    status: 'REVOKED',
    decisionReason: 'None of its columns is masked as it was when this was approved.',
    ended: [{ column: `${platform.database}.${base()}.label`, why: 'column.type_changed' }],
  });
  const { body } = await people.governor.call(getAccessRequestEvidence, { params: { id } });
  expect(body.timeline.map((entry) => entry.text).join(' ')).toContain('its type is of another kind');
  expect(await lastEnd()).toMatchObject({ isOver: true, columns: [{ why: 'column.type_changed' }] });
  // It does not come back with the former type: what was approved is over.
  await platform.superuser.query(`drop view ${view()}; alter table ${base()} alter label type text using 'one'`);
  await sync();
  await becomes(view(), { label: 'hidden' });
});

test('who may read the table past the view is told as a way around', async () => {
  await platform.superuser.query(`grant select on ${base()} to ${login.username}`);
  await sql`insert into provisioning_key (connection_id, cause) select id, 'button' from connection`.execute(
    server.deps.db,
  );
  await waitFor('the finding', async () => {
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from drift_finding where finding = 'bypass' and closed_at is null and object like ${`%${base()}`}`.execute(
      server.deps.db,
    );
    return rows[0]?.n === 1;
  });
  const { body } = await people.governor.call(reportClearColumns, {
    query: { sourceId: source().id, searchText: login.username },
  });
  expect(body.data.filter(({ cause }) => cause === 'PLATFORM')).toMatchObject([
    { account: login.username, columnName: null, causeText: `SELECT of ${login.username}`, state: 'ACTIVE' },
  ]);
  await platform.superuser.query(`revoke select on ${base()} from ${login.username}`);
});

test('a column that is renamed stays masked under its former name, and under the new one once it was crawled', async () => {
  await platform.superuser.query(`alter table ${base()} rename column label to label_2`);
  await sql`insert into provisioning_key (connection_id, cause) select id, 'button' from connection`.execute(
    server.deps.db,
  );
  expect(await reads('label', view())).toEqual({ label: 'hidden' });
  await platform.superuser.query(`alter table ${base()} rename column label_2 to label`);
  await settle();
  expect(await reads('label', view())).toEqual({ label: 'hidden' });
});

test('by a swap of schemas the consumer goes on with the name of the table, and is shown the mask under it', async () => {
  const other = registered.sources.find(({ path }) => path[1] !== source().path[1]);
  const [, schema = '', name = ''] = other?.path ?? [];
  const product = await publish(people.governor, registered, { name: 'Swapped', sourceIds: [other?.id ?? 0] });
  const asked = await people.consumer.call(requestAccess, {
    params: { id: product.id },
    body: { user: people.consumer.globalUserId, form: { answers: await answers() } },
  });
  await approve(asked.body.id);
  await becomes(`shared_${schema}.${name}`, { label: 'hidden' });
  // As docs/mask-and-unmask.md tells the DBA.
  await platform.superuser.query(
    `alter schema ${schema} rename to ${schema}_base; create schema ${schema}; grant usage, create on schema ${schema} to ${namePrefix}owner with grant option`,
  );
  await sync();
  const set = await people.appadmin.call(updateConnection, {
    params: { connectionKey: 'masks' },
    body: { settings: { viewSchemas: { [`${schema}_base`]: schema } } },
  });
  expect(set.status).toBe(200);
  await becomes(`${schema}.${name}`, { label: 'hidden' });
  expect(await reads('label', `${schema}_base.${name}`)).toBe('42501');
  await people.governor.call(revokeAccess, { params: { id: product.id, requestId: asked.body.id }, query: {} });
  await becomes(`${schema}.${name}`, '42501');
});

/** What the audit log says of the last exception that ended with its mask. */
const lastEnd = async (): Promise<unknown> => {
  const { rows } = await sql<{ payload: unknown }>`
    select payload from audit_event where action = 'MaskingExceptionRevoked' and payload ? 'columns' order by sequence desc limit 1`.execute(
    server.deps.db,
  );
  return rows[0]?.payload;
};

const sourcesTold = async (): Promise<number> => {
  const { rows } = await sql`select from live_event where type = 'data-source'`.execute(server.deps.db);
  return rows.length;
};

test('a policy that is taken out of force gives the table back at its own name, ends exceptions from it, and the view goes', async () => {
  const id = await grantException();
  const before = await sourcesTold();
  await setState('disabled');
  await becomes(base(), { label: 'one' });
  await settle();
  // Open pages hear of it once the columns are told as they are by now, not when the policy is changed alone.
  expect(await sourcesTold()).toBeGreaterThan(before);
  expect(await told(id)).toMatchObject({ status: 'REVOKED', ended: [{ why: 'column.unmasked' }] });
  expect(await lastEnd()).toMatchObject({ isOver: true, columns: [{ why: 'column.unmasked' }] });
  await standsAt(id, 'REMOVED');
  const { rows: left } = await platform.superuser.query(`select key from stoa.ent where kind = 'exempt'`);
  expect(left).toEqual([]);
  const { rows } = await platform.superuser.query('select to_regclass($1) as there', [view()]);
  expect(rows).toEqual([{ there: null }]);
  // Put in force again, it masks for the former holder as for everybody.
  await setState('active');
  await becomes(view(), { label: 'hidden' });
});

test('what is always read through a view keeps its name when a policy comes and goes; what is never is given to nobody meanwhile', async () => {
  const expose = async (name: string, exposure: 'inherit' | 'views' | 'base') => {
    const { rows } = await sql<{ id: string }>`select id from data_object where object_path = ${path(name)}`.execute(
      server.deps.db,
    );
    return { params: { id: rows[0]?.id ?? '' }, body: { exposure } };
  };
  const path = (name: string) => [
    platform.database,
    ...base()
      .split('.')
      .slice(0, name === 'table' ? 2 : 1),
  ];
  const set = async (...how: Parameters<typeof expose>) => {
    const answer = await people.appadmin.call(updateDataObject, await expose(...how));
    if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
    return answer.body.dataObject;
  };
  await setState('disabled');
  await becomes(base(), { label: 'one' });
  expect(await set('schema', 'views')).toMatchObject({ exposure: 'views', effectiveExposure: 'views' });
  await becomes(view(), { label: 'one' });
  expect(await reads('label', base())).toBe('42501');
  await setState('active');
  await becomes(view(), { label: 'hidden' });
  const call = await expose('table', 'base');
  const tried = await people.appadmin.call(simulate, {
    body: { changes: [{ change: 'call', operation: 'updateDataObject', ...call }] },
  });
  expect(tried.body).toMatchObject({ losing: { count: 1 } });
  await set('table', 'base');
  // The view goes first, then the right to look into its schema: whoever asks in between is told another refusal.
  await waitFor('the view to be gone', async () => ['42P01', '42501'].includes(String(await reads('label', view()))));
  expect(await reads('label', base())).toBe('42501');
  await setState('disabled');
  await becomes(base(), { label: 'one' });
  expect(await set('table', 'inherit')).toMatchObject({ exposure: 'inherit', effectiveExposure: 'views' });
  await becomes(view(), { label: 'one' });
  await set('schema', 'inherit');
  await becomes(base(), { label: 'one' });
});

test('a dry run lists the view that would be written, also of a paused connection, on which nothing is', async () => {
  const params = { connectionKey: 'masks' };
  const dryRun = async () => (await people.appadmin.call(previewReconcile, { params })).body;
  expect(await dryRun()).toMatchObject({ statementCount: 0, statements: [], blocked: [] });
  await people.appadmin.call(updateConnection, { params, body: { state: 'paused' } });
  await setState('active');
  const { rows: needs } = await sql`select * from reader_need`.execute(server.deps.db);
  const paused = await dryRun();
  expect(paused.waits).toBe('paused');
  const name = view()
    .split('.')
    .map((part) => `"${part}"`);
  expect(paused.statements.find(({ sql: text }) => text.includes(`VIEW ${name.join('.')} `))?.effect).toBe('masks');
  expect(await reads('label', base())).toEqual({ label: 'one' });
  expect((await sql`select * from reader_need`.execute(server.deps.db)).rows).toEqual(needs);
  await setState('disabled');
  await people.appadmin.call(updateConnection, { params, body: { state: 'active' } });
  await settle();
  expect(await dryRun()).toMatchObject({ statementCount: 0 });
});

test('while checks fail a view is tightened and not loosened; what waited comes once they pass', async () => {
  const setAny = async (id: string, state: 'active' | 'disabled') => {
    await setPolicy(id, state);
    await settle();
  };
  const check = async () => {
    const { body } = await people.appadmin.call(recheckConnection, { params: { connectionKey: 'masks' } });
    await settle();
    return body.checks.some(({ result }) => result === 'fail');
  };
  const protection = async () => {
    const { rows } = await sql<{ state: string; reason: string | null }>`
      select state, reason from source_protection where data_source_id = ${source().id}`.execute(server.deps.db);
    return rows[0];
  };
  const hideNumbers = async (name: string, who: object): Promise<string> => {
    const action = { kind: 'mask', masking: { maskingType: 'null' }, target: { columns: 'nameRegex', regex: 'id' } };
    const policy = { name, type: 'data', scope: { kind: 'global' }, action, who, circumstances: [{ type: 'all' }] };
    const made = await people.governor.call(createPolicy, { body: { policy } as never });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return made.body.id;
  };
  const other = await hideNumbers('Numbers are hidden', { for: 'everyone' });
  const excepting = await hideNumbers('Numbers are for others', {
    for: 'everyoneExcept',
    condition: "not @isInGroups('HR')",
  });
  await setAny(excepting, 'active');
  await setState('active');
  await becomes(view(), { label: 'hidden' });
  await waitFor('the number to be shown', async () => {
    const shown = await reads('id', view());
    return typeof shown === 'object' && (shown as { id: unknown }).id !== null;
  });
  await settle();
  await platform.superuser.query('grant create on schema stoa to public');
  expect(await check()).toBe(true);
  // Whom the mask that went excepted goes on seeing the value.
  const number = await reads('id', view());
  await setAny(excepting, 'disabled');
  expect(await protection()).toEqual({ state: 'view', reason: 'connection.checks_failed' });
  expect(await reads('id', view())).toEqual(number);
  await setAny(other, 'active');
  await waitFor('the number to be hidden', async () => {
    const shown = (await reads('id, label', view())) as { id: unknown; label: unknown };
    return shown.id === null && shown.label === 'hidden';
  });
  expect(await protection()).toEqual({ state: 'view', reason: null });
  // One mask goes, then the other, and with it every policy.
  await setAny(policyId, 'disabled');
  expect(await reads('id, label', view())).toEqual({ id: null, label: 'hidden' });
  expect(await protection()).toEqual({ state: 'view', reason: 'connection.checks_failed' });
  await setAny(other, 'disabled');
  const before = await now();
  await sql`insert into provisioning_key (connection_id, cause) select id, 'button' from connection`.execute(
    server.deps.db,
  );
  await settle();
  expect(await reads('id, label', view())).toEqual({ id: null, label: 'hidden' });
  expect(await reads('label', base())).toBe('42501');
  expect(await steps(before)).toEqual([]);
  await platform.superuser.query('revoke create on schema stoa from public');
  expect(await check()).toBe(false);
  await becomes(base(), { label: 'one' });
  await settle();
  const { rows } = await platform.superuser.query('select to_regclass($1) as there', [view()]);
  expect(rows).toEqual([{ there: null }]);
});

test('while checks fail an exception goes on with the mask that may not go yet, and is told so wherever it is asked', async () => {
  const label = async () => (await explained(people.consumer)).body.columns?.find(({ name }) => name === 'label');
  const inClear = async () => {
    const { body } = await people.governor.call(reportClearColumns, { query: { sourceId: source().id } });
    return body.data.map(({ cause, columnName, requestId, state }) => ({ cause, columnName, requestId, state }));
  };
  const recheck = async () => {
    await people.appadmin.call(recheckConnection, { params: { connectionKey: 'masks' } });
    await settle();
  };
  await setState('active');
  await becomes(view(), { label: 'hidden' });
  const id = await grantException();
  const exemptBy = { kind: 'exception', requestId: id, until: null };
  expect(await label()).toMatchObject({ shown: 'clear', exemptBy, isHeld: false });
  const before = await inClear();
  expect(before).toContainEqual({ cause: 'EXCEPTION', columnName: 'label', requestId: id, state: 'ACTIVE' });
  expect(before).toContainEqual({ cause: 'POLICY', columnName: 'label', requestId: null, state: 'ACTIVE' });
  await platform.superuser.query('grant create on schema stoa to public');
  await recheck();
  await setState('disabled');
  await settle();
  await settle();
  expect(await reads('label', view())).toEqual({ label: 'one' });
  expect(await reads('label', base())).toBe('42501');
  expect(await told(id)).toMatchObject({ status: 'APPROVED' });
  await standsAt(id, 'ACTIVE');
  expect(await label()).toMatchObject({ shown: 'clear', exemptBy, isHeld: true, policyName: 'Notes are hidden' });
  expect(await inClear()).toEqual(before);
  const { body } = await explained(people.governor, { user: people.governor.globalUserId, column: 'label' });
  expect(body.columns).toMatchObject([{ shown: 'masked', isHeld: true, clearFor: { total: 1 } }]);
  await platform.superuser.query('revoke create on schema stoa from public');
  await recheck();
  await becomes(base(), { label: 'one' });
  await settle();
  expect(await told(id)).toMatchObject({ status: 'REVOKED', ended: [{ why: 'column.unmasked' }] });
  await standsAt(id, 'REMOVED');
  expect(await label()).toMatchObject({ shown: 'clear', exempt: false, isHeld: false, policyId: null });
  expect(await inClear()).toEqual([]);
});
