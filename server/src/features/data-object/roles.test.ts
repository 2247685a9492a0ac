import * as objects from '@stoa/contract/data-object';
import { type DataObjectRoleGrant, listDataObjectRoles, setDataObjectRoles } from '@stoa/contract/data-object-role';
import { listDataSources, readDataSource } from '@stoa/contract/data-source';
import { getCurrentUser } from '@stoa/contract/auth';
import { searchAudit } from '@stoa/contract/audit';
import { reportDrift, reportWhoHasAccess } from '@stoa/contract/report';
import { changeTags } from '@stoa/contract/tag';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit, systemActor } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { addObjectTree, type TestTree } from '../../testing/object-tree.ts';
import type { TestPerson } from '../../testing/people.ts';
import { addTag } from '../tag/tags.fixture.ts';

let server: TestServer;
let tree: TestTree;
let admin: TestPerson;
let governor: TestPerson;
let owner: TestPerson;
let engineer: TestPerson;
let plain: TestPerson;
let groupId: number;
beforeAll(async () => {
  server = await startTestServer();
  tree = await addObjectTree(server.deps.db, {
    connectionKey: 'wh',
    schemas: { sales: ['orders', 'refunds'], hr: ['staff'] },
  });
  admin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  owner = await server.person({ username: 'owner', name: 'Olga Owner' });
  engineer = await server.person({ username: 'engineer' });
  plain = await server.person({ username: 'plain' });
  const { rows } = await sql<{
    id: number;
  }>`insert into user_group (name) values ('Sales engineers') returning id`.execute(server.deps.db);
  groupId = rows[0]?.id ?? 0;
  await sql`insert into group_member (group_id, global_user_id) values (${groupId}, ${engineer.globalUserId})`.execute(
    server.deps.db,
  );
});
afterAll(() => server.stop());

const node = (name: string) => ({ id: tree.nodes[name] ?? '' });
const owns = (person: TestPerson): DataObjectRoleGrant => ({
  role: 'Data Owner',
  principalType: 'user',
  principalId: person.globalUserId,
});
const runs = (id: number): DataObjectRoleGrant => ({
  role: 'Infrastructure Admin',
  principalType: 'group',
  principalId: String(id),
});
const set = (name: string, roles: DataObjectRoleGrant[], who = admin) =>
  who.call(setDataObjectRoles, { params: node(name), body: { roles } });
const auditRows = async () =>
  (
    await sql<{ payload: { added: unknown[]; removed: unknown[] } }>`
      select payload from audit_event where action = 'DataObjectRolesUpdated' order by sequence`.execute(server.deps.db)
  ).rows;

test('without a role nobody sees the tree, and the roles of what they cannot see are not there', async () => {
  expect((await server.nobody.call(listDataObjectRoles, { params: node('sales') })).status).toBe(401);
  expect((await plain.call(objects.listDataObjects)).status).toBe(403);
  expect((await plain.call(objects.readDataObject, { params: node('sales') })).status).toBe(403);
  expect((await plain.call(listDataObjectRoles, { params: node('sales') })).status).toBe(404);
  expect((await set('sales', [owns(owner)], plain)).status).toBe(403);
  expect((await admin.call(setDataObjectRoles, { params: { id: newUuid() }, body: { roles: [] } })).status).toBe(404);
  expect((await admin.call(listDataObjectRoles, { params: { id: newUuid() } })).status).toBe(404);
});

test('governors name owners, application admins also infrastructure admins, and nobody names themself', async () => {
  expect((await set('sales', [owns(owner)], governor)).body.data).toMatchObject([
    {
      role: 'Data Owner',
      principalName: 'Olga Owner',
      isInherited: false,
      from: { objectPath: ['warehouse', 'sales'] },
    },
  ]);
  expect((await set('sales', [owns(owner), runs(groupId)], governor)).body).toMatchObject({ status: 403 });
  expect((await set('sales', [owns(owner), runs(groupId)])).status).toBe(200);
  expect((await set('sales', [owns(owner)], governor)).status).toBe(403);
  expect((await set('hr', [owns(governor)], governor)).body).toMatchObject({
    status: 403,
    detail: 'Nobody gives themself a role, or takes one from themself.',
  });
  expect((await set('hr', [{ ...owns(owner), principalId: newUuid() }])).body).toMatchObject({
    code: 'data_object.principal_unknown',
  });
  const written = await auditRows();
  expect(written.map(({ payload }) => [payload.added.length, payload.removed.length])).toEqual([
    [1, 0],
    [1, 0],
  ]);
});

test('the same roles once more change nothing, and two who change them at once end with one of both', async () => {
  const before = (await auditRows()).length;
  expect((await set('sales', [runs(groupId), owns(owner), owns(owner)])).status).toBe(200);
  expect((await auditRows()).length).toBe(before);
  const both = await Promise.all([set('hr', [owns(plain)]), set('hr', [owns(engineer)])]);
  expect(both.map((answer) => answer.status)).toEqual([200, 200]);
  expect((await admin.call(listDataObjectRoles, { params: node('hr') })).body.data).toHaveLength(1);
  await set('hr', []);
});

test('a role holds for everything below, told with where it comes from', async () => {
  const { body } = await owner.call(listDataObjectRoles, { params: node('orders') });
  expect(body.data.map((one) => [one.role, one.isInherited, one.from.objectPath.at(-1)])).toEqual([
    ['Data Owner', true, 'sales'],
    ['Infrastructure Admin', true, 'sales'],
  ]);
  expect(body.abilities).toMatchObject({ assignOwner: { allowed: false }, assignAdmin: { allowed: false } });
  expect((await owner.call(listDataObjectRoles, { params: node('staff') })).status).toBe(404);
});

test('holders see their part of the tree with the way to it, and the data sources in it', async () => {
  const names = async (query: { parentId?: string; searchText?: string }) =>
    (await owner.call(objects.listDataObjects, { query })).body.data.map((row) => row.name);
  expect(await names({})).toEqual(['warehouse']);
  expect(await names({ parentId: tree.nodes['warehouse'] ?? '' })).toEqual(['sales']);
  expect(await names({ parentId: tree.nodes['sales'] ?? '' })).toEqual(['orders', 'refunds']);
  expect(await names({ searchText: 'staff' })).toEqual([]);
  expect((await owner.call(objects.readDataObject, { params: node('warehouse') })).status).toBe(200);
  expect((await owner.call(objects.readDataObject, { params: node('staff') })).status).toBe(404);
  const listed = await owner.call(listDataSources);
  expect(listed.body.data.map((row) => row.name)).toEqual(['sales.orders', 'sales.refunds']);
  expect((await owner.call(readDataSource, { params: { id: tree.sources['staff'] ?? 0 } })).status).toBe(404);
  expect((await plain.call(listDataSources)).body.data).toEqual([]);
});

test('an Infrastructure Admin, also by a group, changes states and syncs in their part alone', async () => {
  const keep = { body: { newChildState: 'inherit' } } as const;
  expect((await engineer.call(objects.updateDataObject, { params: node('orders'), ...keep })).status).toBe(202);
  expect((await engineer.call(objects.updateDataObject, { params: node('warehouse'), ...keep })).status).toBe(403);
  expect((await engineer.call(objects.updateDataObject, { params: node('staff'), ...keep })).status).toBe(404);
  expect((await owner.call(objects.updateDataObject, { params: node('orders'), ...keep })).status).toBe(403);
  expect((await owner.call(objects.syncDataObject, { params: node('sales') })).status).toBe(403);
  expect((await engineer.call(objects.syncDataObject, { params: node('sales') })).body).toMatchObject({
    code: 'connection.paused',
  });
  await sql`update connection set state = 'active' where id = ${tree.connectionId}`.execute(server.deps.db);
  expect((await engineer.call(objects.syncDataObject, { params: node('sales') })).status).toBe(202);
  await sql`update connection set state = 'paused' where id = ${tree.connectionId}`.execute(server.deps.db);
  const { rows } = await sql<{ path: string[] }>`select path from crawl`.execute(server.deps.db);
  expect(rows).toEqual([{ path: ['warehouse', 'sales'] }]);
});

test('what came back under its name is confirmed by its Data Owner, and by no Infrastructure Admin', async () => {
  await sql`update data_object set hold = 'made anew by somebody else' where id = ${tree.nodes['orders'] ?? ''}`.execute(
    server.deps.db,
  );
  const params = node('orders');
  expect((await engineer.call(objects.releaseDataObject, { params })).status).toBe(403);
  await engineer.call(objects.updateDataObject, { params, body: { state: 'enabled' } });
  const held = await owner.call(objects.readDataObject, { params });
  expect(held.body).toMatchObject({ hold: 'made anew by somebody else', abilities: { release: { allowed: true } } });
  const both = await Promise.all([1, 2].map(() => owner.call(objects.releaseDataObject, { params })));
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
  expect((await owner.call(objects.readDataObject, { params })).body.hold).toBeNull();
  expect((await owner.call(objects.releaseDataObject, { params: node('staff') })).status).toBe(404);
});

test('a Data Owner tags their sources, and nothing else', async () => {
  const tagId = await addTag(server.deps.db, 'Owned');
  const tag = (who: TestPerson, table: string) =>
    who.call(changeTags, { body: { add: [tagId], targets: { dataSourceIds: [tree.sources[table] ?? 0] } } });
  expect((await tag(owner, 'orders')).body).toMatchObject({ added: 1 });
  expect((await tag(owner, 'staff')).status).toBe(404);
  expect((await tag(engineer, 'orders')).status).toBe(403);
  expect((await tag(plain, 'orders')).status).toBe(403);
  const above = { add: [tagId], targets: { dataObjectIds: [tree.nodes['sales'] ?? ''] } };
  expect((await owner.call(changeTags, { body: above })).status).toBe(403);
});

test('a Data Owner reads the audit and the findings of what they own, and of nothing else; an Infrastructure Admin neither', async () => {
  const { db } = server.deps;
  for (const table of ['orders', 'staff'])
    await sql`insert into drift_finding (id, connection_id, finding, object, principal, privilege, detail)
      values (${newUuid()}, ${tree.connectionId}, 'bypass', ${`warehouse.${table}`}, 'joe', 'SELECT',
        jsonb_build_object('objectId', (select platform_id from data_object where id = ${tree.nodes[table] ?? ''})))`.execute(
      db,
    );
  const entry = { action: 'Seen', actor: systemActor, targetType: 'TEST' };
  await transact(server.deps, (tx) =>
    appendAudit(tx, [
      { ...entry, targets: [{ id: tree.nodes['refunds'] ?? '', name: 'refunds', type: 'DATA_OBJECT' }] },
      { ...entry, targets: [{ id: String(tree.sources['orders']), name: 'orders', type: 'DATA_SOURCE' }] },
      { ...entry, targets: [{ id: String(tree.sources['staff']), name: 'staff', type: 'DATA_SOURCE' }] },
      { ...entry, targets: [{ id: String(tree.sources['orders']), name: 'a number of something else', type: 'USER' }] },
    ]),
  );
  const drift = await owner.call(reportDrift, { query: {} });
  expect(drift.body.data.map((one) => one.object)).toEqual(['warehouse.orders']);
  const seen = await owner.call(searchAudit, { query: { action: 'Seen' } });
  expect(seen.body.data.map((one) => one.targets[0]?.name)).toEqual(['orders', 'refunds']);
  for (const [table, status] of [
    ['orders', 200],
    ['staff', 404],
  ] as const)
    expect((await owner.call(reportWhoHasAccess, { query: { sourceId: tree.sources[table] ?? 0 } })).status).toBe(
      status,
    );
  const me = await owner.call(getCurrentUser);
  expect(me.body.abilities).toMatchObject({ 'audit.read': { allowed: true }, 'report.read': { allowed: true } });
  for (const who of [engineer, plain]) {
    expect((await who.call(reportDrift, { query: {} })).status).toBe(403);
    expect((await who.call(searchAudit, { query: {} })).status).toBe(403);
  }
});

test('whoever leaves the group, or loses the role, is a stranger again', async () => {
  await sql`delete from group_member where group_id = ${groupId}`.execute(server.deps.db);
  expect((await engineer.call(objects.listDataObjects)).status).toBe(403);
  expect((await set('sales', [])).body.data).toEqual([]);
  expect((await owner.call(objects.listDataObjects)).status).toBe(403);
});
