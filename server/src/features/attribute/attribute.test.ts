import { listAttributes } from '@stoa/contract/attribute';
import { createDomain, setDomainPermissions } from '@stoa/contract/domain';
import { createGroup, setGroupMembers } from '@stoa/contract/group';
import { readGroupPermissions } from '@stoa/contract/group-permission';
import { listUsers, readUser, updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { endPolicy, givePolicy } from '../../testing/policies.ts';

let server: TestServer;
let admin: TestPerson;
let governor: TestPerson;
let ann: TestPerson;
let ben: TestPerson;
let groupId: number;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.person({ username: 'useradmin', name: 'Una Admin', permissions: ['USER_ADMIN'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  ann = await server.person({ username: 'ann' });
  ben = await server.person({ username: 'ben' });
  const attributes = { country: ['SE'], team: ['Blue'] };
  groupId = (await admin.call(createGroup, { body: { name: 'Nordics', attributes } })).body.id;
  const globalUserIds = [ann.globalUserId, ben.globalUserId];
  await admin.call(setGroupMembers, { params: { id: groupId }, body: { globalUserIds } });
  const params = { globalUserId: ann.globalUserId };
  await admin.call(updateUser, { params, body: { attributes: { country: ['SE', 'DE'] } } });
});
afterAll(() => server.stop());

const list = async (query: object = {}) => (await admin.call(listAttributes, { query })).body;

test('attributes and what groups give are read by user admins alone', async () => {
  const params = { id: groupId };
  expect((await server.nobody.call(listAttributes)).status).toBe(401);
  expect((await server.nobody.call(readGroupPermissions, { params })).status).toBe(401);
  expect((await governor.call(listAttributes)).status).toBe(403);
  expect((await ann.call(readGroupPermissions, { params })).status).toBe(403);
  expect((await admin.call(readGroupPermissions, { params: { id: 2_000_000_000 } })).status).toBe(404);
});

test('each value is told with whom it reaches, directly and by groups, and with the policies that ask about it', async () => {
  const policy = await givePolicy(server.deps, {
    name: 'Swedes read',
    kind: 'grant',
    condition: "@hasAttribute('country', 'SE')",
  });
  const all = await list();
  expect(all.data.map(({ name, value }) => `${name} ${value}`)).toEqual(['country DE', 'country SE', 'team Blue']);
  expect(all.data[1]).toMatchObject({ peopleCount: 2, directCount: 1, groupCount: 1, sources: ['local'] });
  expect(all.data[1]?.policies).toEqual([{ id: policy, name: 'Swedes read', type: 'subscription', kind: 'grant' }]);
  expect(await list({ isAsked: 'false' })).toMatchObject({
    data: [
      { name: 'country', value: 'DE', policies: [] },
      { name: 'team', policies: [] },
    ],
  });
  expect((await list({ isAsked: 'true' })).meta.totalCount).toBe(1);
  expect((await list({ searchText: 'blu' })).meta.totalCount).toBe(1);
  expect((await list({ searchText: 'b%' })).meta.totalCount).toBe(0);
  expect((await list({ offset: 1, limit: 1 })).data.map((one) => one.value)).toEqual(['SE']);
  await endPolicy(server.deps, policy);
  expect((await list({ isAsked: 'true' })).meta.totalCount).toBe(0);
});

test('a policy asks about the values that it names, those below them, or all of an attribute', async () => {
  const params = { globalUserId: ben.globalUserId };
  const region = ['Nord', 'Nord.Oslo', 'Nordic', 'Sud'];
  await admin.call(updateUser, { params, body: { attributes: { region } } });
  const told = async () =>
    (await list({ searchText: 'region' })).data.map(({ value, policies }) => [value, policies.map((one) => one.name)]);
  const asked = async () => (await list({ searchText: 'region', isAsked: 'true' })).data.map((one) => one.value);
  const below = await givePolicy(server.deps, {
    name: 'Below',
    kind: 'grant',
    condition: "@hasAttribute('region', 'Nord.*')",
  });
  expect(await told()).toEqual([
    ['Nord', ['Below']],
    ['Nord.Oslo', ['Below']],
    ['Nordic', []],
    ['Sud', []],
  ]);
  expect(await asked()).toEqual(['Nord', 'Nord.Oslo']);
  const any = await givePolicy(server.deps, {
    name: 'Any',
    kind: 'grant',
    condition: "@hasTagAsAttribute('region', 'dataSource')",
  });
  expect((await told()).map(([, names]) => names)).toEqual([['Below', 'Any'], ['Below', 'Any'], ['Any'], ['Any']]);
  expect(await asked()).toEqual(region);
  for (const id of [below, any]) await endPolicy(server.deps, id);
  await admin.call(updateUser, { params, body: { attributes: {} } });
});

test('people are found by a value they hold, their own or by a group, and by a permission', async () => {
  const found = async (query: object) => (await admin.call(listUsers, { query })).body.data.map((one) => one.username);
  expect(await found({ attributeName: 'country', attributeValue: 'SE' })).toEqual(['ann', 'ben']);
  expect(await found({ attributeName: 'country', attributeValue: 'DE' })).toEqual(['ann']);
  expect(await found({ attributeName: 'country' })).toEqual(['ann', 'ben']);
  expect(await found({ permission: ['GOVERNANCE', 'AUDIT'] })).toEqual(['governor']);
});

test('a group tells what it gives: domains, reviews, and policies that name it', async () => {
  const domain = await governor.call(createDomain, { body: { name: 'North', description: '' } });
  await admin.call(setDomainPermissions, {
    params: { id: domain.body.id },
    body: { permissions: [{ permission: 'Manage Tags', principalType: 'group', principalId: String(groupId) }] },
  });
  const policy = await givePolicy(server.deps, {
    name: 'North reads',
    kind: 'guardrail',
    condition: "NOT @isInGroups('Nordics')",
  });
  const product = newUuid();
  const flow = {
    rules: [],
    defaultEvent: { type: 'review', params: { stages: [{ any: [{ type: 'GROUP', id: groupId, name: 'Nordics' }] }] } },
  };
  await sql`insert into data_product (id, name, slug, subject_matter_expert, created_by, data_access_review_flow)
    values (${product}, 'Guarded', 'guarded', ${ann.globalUserId}, ${ann.globalUserId}, ${JSON.stringify(flow)}::jsonb)`.execute(
    server.deps.db,
  );
  const gives = await admin.call(readGroupPermissions, { params: { id: groupId } });
  expect(gives).toMatchObject({
    status: 200,
    body: {
      domainPermissions: [{ domainName: 'North', permission: 'Manage Tags', grantedBy: 'Una Admin' }],
      reviews: [{ type: 'data-product', id: product, name: 'Guarded' }],
      policies: [{ id: policy, name: 'North reads', kind: 'guardrail' }],
      access: [],
    },
  });
});

test('a person tells why: who gave each permission, which group brings each attribute, since when they are in it', async () => {
  const read = await admin.call(readUser, { params: { globalUserId: ann.globalUserId } });
  expect(read.body.heldAttributes).toEqual([
    { name: 'country', value: 'DE', source: 'local' },
    { name: 'country', value: 'SE', source: 'local' },
    { name: 'country', value: 'SE', source: 'local', viaGroup: { id: groupId, name: 'Nordics' } },
    { name: 'team', value: 'Blue', source: 'local', viaGroup: { id: groupId, name: 'Nordics' } },
  ]);
  expect(read.body.memberships).toMatchObject([{ groupId, name: 'Nordics', addedBy: 'Una Admin' }]);
  const params = { globalUserId: ben.globalUserId };
  const given = await admin.call(updateUser, { params, body: { permissions: ['AUDIT'] } });
  expect(given.body.permissionGrants).toMatchObject([{ permission: 'AUDIT', grantedBy: 'Una Admin' }]);
});
