import { deleteDomain } from '@stoa/contract/domain';
import * as groups from '@stoa/contract/group';
import * as contract from '@stoa/contract/policy-resource';
import type { PolicyDraftIn } from '@stoa/contract/policy-resource';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import type { TestPerson } from '../../testing/people.ts';
import { loadDataPolicies, loadSubscriptionPolicies } from './load-active.ts';

let server: TestServer;
let governor: TestPerson;
let author: TestPerson;
let auditor: TestPerson;
let plain: TestPerson;
let domainId: string;
let otherDomainId: string;
let connectionId: string;
let sources: number[];

beforeAll(async () => {
  server = await startTestServer();
  const { db } = server.deps;
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  author = await server.person({ username: 'author' });
  auditor = await server.person({ username: 'auditor', permissions: ['AUDIT'] });
  plain = await server.person({ username: 'plain' });
  const added = await addDataSources(db, { connectionKey: 'wh', schema: 's', tables: ['a', 'b'] });
  connectionId = added.connectionId;
  sources = added.dataSourceIds;
  domainId = await addDomain('Sales', sources[0]);
  otherDomainId = await addDomain('Claims', sources[1]);
  await sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    values (${domainId}, 'Manage Policies', 'user', ${author.globalUserId})`.execute(db);
  await sql`insert into user_group (name) values ('Analysts'), ('Größe''s team')`.execute(db);
  await sql`insert into attribute (principal_type, principal_id, name, value)
    values ('user', ${plain.globalUserId}, 'country', 'DE')`.execute(db);
});
afterAll(() => server.stop());

async function addDomain(name: string, sourceId: number | undefined): Promise<string> {
  const id = newUuid();
  await sql`insert into domain (id, name) values (${id}, ${name})`.execute(server.deps.db);
  await sql`insert into domain_data_source (domain_id, data_source_id) values (${id}, ${sourceId})`.execute(
    server.deps.db,
  );
  return id;
}

let counted = 0;
const grant = (over: Partial<Extract<PolicyDraftIn, { type: 'subscription' }>> = {}): PolicyDraftIn => ({
  type: 'subscription',
  kind: 'grant',
  name: `Policy ${(counted += 1)}`,
  scope: { kind: 'global' },
  level: 'entitlements',
  condition: "@isInGroups('Analysts')",
  circumstances: [{ type: 'all' }],
  ...over,
});
const mask = (over: Partial<Extract<PolicyDraftIn, { type: 'data' }>> = {}): PolicyDraftIn => ({
  type: 'data',
  name: `Mask ${(counted += 1)}`,
  scope: { kind: 'global' },
  action: { kind: 'mask', masking: { maskingType: 'hash' }, target: { columns: 'all' } },
  who: { for: 'everyone' },
  circumstances: [{ type: 'all' }],
  ...over,
});

const create = (
  policy: PolicyDraftIn,
  who: Pick<TestPerson, 'call'> = governor,
  more: { state?: 'active'; policyKey?: string } = {},
) => who.call(contract.createPolicy, { body: { policy, ...more } });
const made = async (policy: PolicyDraftIn, more: { state?: 'active' } = {}) => {
  const answer = await create(policy, governor, more);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};
const setState = (id: string, state: 'staged' | 'active' | 'disabled', version: number, who = governor) =>
  who.call(contract.setPolicyState, { params: { id }, body: { state, version } });
const keys = async (): Promise<string[]> => {
  const { rows } = await sql<{ cause: string }>`
    select cause from provisioning_key where connection_id = ${connectionId} and cause = 'policy'`.execute(
    server.deps.db,
  );
  return rows.map((row) => row.cause);
};
const forgetKeys = () => sql`delete from provisioning_key`.execute(server.deps.db);
const actionsOf = async (id: string): Promise<string[]> => {
  const { rows } = await sql<{ action: string }>`
    select action from audit_event where targets @> ${JSON.stringify([{ id }])}::jsonb order by id`.execute(
    server.deps.db,
  );
  return rows.map((row) => row.action);
};
const errorsOf = (answer: { body: Record<string, unknown> }): unknown => answer.body['errors'];

test('governors write policies, auditors read them, others learn nothing', async () => {
  expect((await create(grant(), server.nobody)).status).toBe(401);
  const policy = await made(grant({ name: 'Analysts read everything' }));
  expect(policy).toMatchObject({
    policyKey: 'analysts-read-everything',
    state: 'staged',
    version: 1,
    protected: false,
    condition: "@isInGroups('Analysts')",
    createdBy: { globalUserId: governor.globalUserId },
    abilities: { edit: { allowed: true }, delete: { allowed: true } },
  });
  const params = { id: policy.id };
  const read = await auditor.call(contract.readPolicy, { params });
  expect(read.body.abilities?.['edit']).toMatchObject({ allowed: false });
  expect((await create(grant(), auditor)).status).toBe(403);
  expect((await plain.call(contract.readPolicy, { params })).status).toBe(403);
  expect((await plain.call(contract.searchPolicies)).status).toBe(403);
  expect((await governor.call(contract.readPolicy, { params: { id: newUuid() } })).status).toBe(404);
  expect(await actionsOf(policy.id)).toEqual(['GlobalPolicyCreated']);
});

test('Manage Policies writes in its domain alone, and on single sources of it', async () => {
  const scope = { kind: 'domain', domainId } as const;
  const own = await create(grant({ scope }), author);
  expect(own).toMatchObject({ status: 201, body: { scope, scopeName: 'Sales' } });
  expect((await create(grant({ scope: { kind: 'local', dataSourceId: sources[0] ?? 0 } }), author)).status).toBe(201);
  for (const outside of [
    { kind: 'global' },
    { kind: 'domain', domainId: otherDomainId },
    { kind: 'local', dataSourceId: sources[1] ?? 0 },
  ] as const)
    expect((await create(grant({ scope: outside }), author)).status).toBe(403);
  const params = { id: own.body.id };
  const moved = await author.call(contract.updatePolicy, {
    params,
    body: { policy: grant({ scope: { kind: 'domain', domainId: otherDomainId } }), version: 1 },
  });
  expect(moved.status).toBe(403);
  const foreign = await made(grant({ scope: { kind: 'domain', domainId: otherDomainId } }));
  expect((await setState(foreign.id, 'active', 1, author)).status).toBe(403);
  expect((await author.call(contract.deletePolicy, { params: { id: foreign.id } })).status).toBe(403);
});

test('SQL of one’s own in a mask is for governors', async () => {
  const scope = { kind: 'domain', domainId } as const;
  const custom = () =>
    mask({
      scope,
      action: {
        kind: 'mask',
        masking: { maskingType: 'custom', expression: 'left(@column, 1)' },
        target: { columns: 'all' },
      },
    });
  expect(await create(custom(), author)).toMatchObject({ status: 403 });
  expect((await create(custom())).status).toBe(201);
  const otherwise = mask({
    scope,
    who: {
      for: 'everyoneWho',
      condition: "@isInGroups('Analysts')",
      otherwise: { maskingType: 'custom', expression: '@column' },
    },
  });
  expect((await create(otherwise, author)).status).toBe(403);
});

test('a change of effect wakes the connections it touches, and any other change does not', async () => {
  const policy = await made(grant({ scope: { kind: 'domain', domainId } }));
  await forgetKeys();
  const edit = (version: number) =>
    governor.call(contract.updatePolicy, {
      params: { id: policy.id },
      body: { policy: grant({ scope: { kind: 'domain', domainId } }), version },
    });
  expect((await edit(1)).body.version).toBe(2);
  expect(await keys()).toEqual([]);
  expect((await setState(policy.id, 'active', 2)).body).toMatchObject({ state: 'active', version: 3 });
  expect(await keys()).toEqual(['policy']);
  await forgetKeys();
  expect((await edit(3)).status).toBe(200);
  expect(await keys()).toEqual(['policy']);
  await forgetKeys();
  expect((await governor.call(contract.deletePolicy, { params: { id: policy.id } })).body).toMatchObject({
    code: 'policy.in_force',
  });
  expect((await setState(policy.id, 'disabled', 4)).status).toBe(200);
  expect(await keys()).toEqual(['policy']);
  await forgetKeys();
  expect((await governor.call(contract.deletePolicy, { params: { id: policy.id } })).status).toBe(204);
  expect(await keys()).toEqual([]);
  expect((await governor.call(contract.readPolicy, { params: { id: policy.id } })).status).toBe(404);
  expect(await actionsOf(policy.id)).toEqual([
    'GlobalPolicyCreated',
    'GlobalPolicyUpdated',
    'GlobalPolicyUpdated',
    'GlobalPolicyUpdated',
    'GlobalPolicyUpdated',
    'GlobalPolicyDeleted',
  ]);
});

test('every edit and every change of state is a version, and of two who change it at once one is told', async () => {
  const policy = await made(grant());
  const params = { id: policy.id };
  const both = await Promise.all([1, 2].map(() => setState(policy.id, 'active', 1)));
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
  expect(await setState(policy.id, 'active', 2)).toMatchObject({ status: 409, body: { code: 'policy.unchanged' } });
  expect(await setState(policy.id, 'disabled', 1)).toMatchObject({
    status: 409,
    body: { code: 'policy.version_outdated', version: 2 },
  });
  await governor.call(contract.updatePolicy, {
    params,
    body: { policy: grant({ name: 'Renamed', condition: "@hasAttribute('country', 'DE')" }), version: 2 },
  });
  const versions = await governor.call(contract.listPolicyVersions, { params });
  expect(versions.body.data.map((v) => [v.version, v.change, v.state, v.name])).toEqual([
    [3, 'edited', 'active', 'Renamed'],
    [2, 'state', 'active', policy.name],
    [1, 'created', 'staged', policy.name],
  ]);
  const first = await governor.call(contract.readPolicyVersion, { params: { ...params, version: 1 } });
  expect(first.body.body).toMatchObject({ condition: "@isInGroups('Analysts')" });
  expect((await governor.call(contract.readPolicyVersion, { params: { ...params, version: 9 } })).status).toBe(404);
  await expect(sql`update policy_version set name = 'x'`.execute(server.deps.db)).rejects.toThrow(/permission denied/);
});

test('what cannot be read or is not there is told with its place', async () => {
  const wrong = await create(grant({ condition: "@isInGroups('Analysts')\n  AND @isinGroups('X')" }));
  expect(wrong).toMatchObject({ status: 422, body: { code: 'policy.invalid' } });
  expect(wrong.body).toMatchObject({ problems: [{ path: 'condition', place: { line: 2, column: 7 } }] });
  const unknown = await create(
    grant({
      condition: "@isInGroups('Nobody') OR @hasAttribute('shoe size', '44')",
      circumstances: [
        { type: 'tags', tag: 'No.Such' },
        { type: 'tags', tag: 'Stoa Connections.PostgreSQL.wh' },
        { type: 'object', connectionKey: 'gone', objectPath: [] },
      ],
    }),
  );
  expect(errorsOf(unknown)).toEqual([
    { path: 'condition', message: 'Line 1, column 26: No person and no group has an attribute "shoe size".' },
    { path: 'condition', message: 'Line 1, column 1: There is no group "Nobody".' },
    { path: 'circumstances.0.tag', message: 'There is no tag "No.Such".' },
    { path: 'circumstances.2.connectionKey', message: 'There is no connection "gone".' },
  ]);
  expect(errorsOf(await create(grant({ scope: { kind: 'domain', domainId: newUuid() } })))).toEqual([
    { path: 'scope.domainId', message: 'There is no such domain.' },
  ]);
  expect(errorsOf(await create(grant({ level: 'manual', condition: undefined, users: [newUuid()] })))).toEqual([
    { path: 'users.0', message: 'There is no such person.' },
  ]);
});

test('a name that has gone since keeps a policy from being put in force', async () => {
  await sql`insert into user_group (name) values ('Leavers')`.execute(server.deps.db);
  const policy = await made(grant({ condition: "NOT @isInGroups('Leavers')" }));
  await sql`delete from user_group where name = 'Leavers'`.execute(server.deps.db);
  expect(await setState(policy.id, 'active', 1)).toMatchObject({ status: 422, body: { code: 'policy.invalid' } });
});

test('entitlements are stored as the condition they stand for', async () => {
  const policy = await made(
    grant({
      condition: undefined,
      entitlements: { operator: 'all', groups: ["Größe's team"], attributes: [{ name: 'country', value: 'DE' }] },
    }),
  );
  expect(policy).toMatchObject({ condition: "@isInGroups('Größe''s team') AND @hasAttribute('country', 'DE')" });
  expect(policy['entitlements']).toBeUndefined();
});

test('what comes with a later release is refused as such', async () => {
  const later = await create(grant({ accessType: 'write' }));
  expect(later).toMatchObject({ status: 422, body: { code: 'policy.not_available' } });
  expect(errorsOf(later)).toHaveLength(1);
});

test('a name and a key are given once, whatever their case', async () => {
  await create(grant({ name: 'Once' }), governor, { policyKey: 'once' });
  expect((await create(grant({ name: 'ONCE' }))).body).toMatchObject({ code: 'policy.name_taken' });
  expect((await create(grant(), governor, { policyKey: 'once' })).body).toMatchObject({ code: 'policy.key_taken' });
  expect((await made(grant({ name: 'Once!' }))).policyKey).toBe('once-2');
});

test('the policies in which approvals stand are listed and changed by nobody', async () => {
  const listed = await governor.call(contract.searchPolicies, { query: { protected: 'true' } });
  expect(listed.body.data.map((one) => one.policyKey)).toEqual([
    'stoa-approved-access',
    'stoa-approved-parent',
    'stoa-approved-exception',
  ]);
  const [standing] = listed.body.data;
  expect(standing).toMatchObject({ state: 'active', createdBy: null, abilities: { edit: { allowed: false } } });
  const id = standing?.id ?? '';
  for (const answer of [
    await setState(id, 'disabled', 1),
    await governor.call(contract.updatePolicy, { params: { id }, body: { policy: grant(), version: 1 } }),
    await governor.call(contract.deletePolicy, { params: { id } }),
  ])
    expect(answer).toMatchObject({ status: 409, body: { code: 'policy.protected' } });
});

test('a group that a policy in force names keeps its name', async () => {
  const useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  const { body: group } = await useradmin.call(groups.createGroup, { body: { name: 'Contractors' } });
  const policy = await made(grant({ condition: "NOT @isInGroups('Contractors')" }), { state: 'active' });
  const params = { id: group.id };
  const detail = `"Contractors" is named by "${policy.name}". Nothing was changed; take it out there first.`;
  const refused = {
    status: 409,
    body: { code: 'group.in_use', detail, usedBy: [{ type: 'policy', name: policy.name }] },
  };
  expect(await useradmin.call(groups.deleteGroup, { params })).toMatchObject(refused);
  expect(await useradmin.call(groups.updateGroup, { params, body: { name: 'Externals' } })).toMatchObject(refused);
  await setState(policy.id, 'disabled', 1);
  expect((await useradmin.call(groups.deleteGroup, { params })).status).toBe(204);
});

test('a domain that a policy acts in is not deleted', async () => {
  const id = await addDomain('Short-lived', sources[0]);
  const policy = await made(grant({ scope: { kind: 'domain', domainId: id } }));
  const refused = await governor.call(deleteDomain, { params: { id } });
  expect(refused).toMatchObject({
    status: 409,
    body: {
      code: 'domain.in_use',
      detail: `"Short-lived" is the domain of "${policy.name}". The domain was not deleted.`,
      policies: [{ name: policy.name }],
    },
  });
  await governor.call(contract.deletePolicy, { params: { id: policy.id } });
  expect((await governor.call(deleteDomain, { params: { id } })).status).toBe(204);
});

test('a policy keeps its type', async () => {
  const policy = await made(grant());
  const answer = await governor.call(contract.updatePolicy, {
    params: { id: policy.id },
    body: { policy: mask(), version: 1 },
  });
  expect(answer).toMatchObject({ status: 409, body: { code: 'policy.type_fixed' } });
});

test('the list is searched and filtered', async () => {
  await made(mask({ name: 'Hide rare words', circumstances: [{ type: 'columnRegex', regex: 'zanzibar.*' }] }));
  const names = async (query: Parameters<typeof governor.call<typeof contract.searchPolicies>>[1]) =>
    (await governor.call(contract.searchPolicies, query)).body.data.map((one) => one.name);
  expect(await names({ query: { searchText: 'ZANZIBAR' } })).toEqual(['Hide rare words']);
  expect(await names({ query: { searchText: 'rare', type: 'subscription' } })).toEqual([]);
  expect(await names({ query: { kind: ['mask'], state: 'staged', searchText: 'hide' } })).toEqual(['Hide rare words']);
  expect((await names({ query: { domainId } })).length).toBeGreaterThan(0);
  expect(await names({ query: { searchText: '100%_' } })).toEqual([]);
});

test('what decides reads the policies in force, and those alone', async () => {
  const active = await made(grant({ scope: { kind: 'local', dataSourceId: sources[0] ?? 0 } }), { state: 'active' });
  await made(grant());
  const masked = await made(mask(), { state: 'active' });
  const loaded = await loadSubscriptionPolicies(server.deps.db);
  expect(loaded.find((one) => one.id === active.id)).toMatchObject({
    kind: 'grant',
    scope: { kind: 'local', dataSourceId: sources[0] },
    body: { level: 'entitlements', condition: "@isInGroups('Analysts')" },
  });
  expect(loaded.every((one) => one.state === 'active' && !one.policyKey.startsWith('stoa-'))).toBe(true);
  expect((await loadDataPolicies(server.deps.db)).map((one) => one.id)).toEqual([masked.id]);
});
