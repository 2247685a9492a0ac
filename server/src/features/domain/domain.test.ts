import * as domain from '@stoa/contract/domain';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import type { TestPerson } from '../../testing/people.ts';
import { leftProducts } from './left-products.ts';

let server: TestServer;
let governor: TestPerson;
let useradmin: TestPerson;
let plain: TestPerson;
let connectionId: string;
let sources: number[];
beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  plain = await server.person({ username: 'plain', name: 'Plain Person' });
  const added = await addDataSources(server.deps.db, { connectionKey: 'wh', schema: 's', tables: ['a', 'b', 'c'] });
  connectionId = added.connectionId;
  sources = added.dataSourceIds;
});
afterAll(() => server.stop());

const make = async (name: string): Promise<string> =>
  (await governor.call(domain.createDomain, { body: { name } })).body.id;
const setSources = (id: string, dataSourceIds: number[], who = governor) =>
  who.call(domain.setDomainDataSources, { params: { id }, body: { dataSourceIds } });
const manage = (principalType: 'user' | 'group', principalId: string) =>
  ({ permission: 'Manage Data Products', principalType, principalId }) as const;
const setPermissions = (id: string, permissions: ReturnType<typeof manage>[], who = useradmin) =>
  who.call(domain.setDomainPermissions, { params: { id }, body: { permissions } });

async function addProduct(name: string, domainId: string, dataSourceId: number): Promise<string> {
  const { db } = server.deps;
  const id = newUuid();
  await sql`insert into data_product (id, name, slug, subject_matter_expert, created_by)
    values (${id}, ${name}, ${name.toLowerCase()}, ${plain.globalUserId}, ${plain.globalUserId})`.execute(db);
  await sql`insert into data_product_domain (data_product_id, domain_id) values (${id}, ${domainId})`.execute(db);
  await sql`insert into data_product_source (id, data_product_id, data_source_id) values (${newCuid()}, ${id}, ${dataSourceId})`.execute(
    db,
  );
  await sql`insert into container (connection_id, target_id, kind) values (${connectionId}, ${id}, 'dp')`.execute(db);
  return id;
}

test('governors make domains, everybody who is signed in sees them, others change nothing', async () => {
  expect((await server.nobody.call(domain.listDomains)).status).toBe(401);
  const made = await governor.call(domain.createDomain, { body: { name: 'Sales', description: 'Who buys what' } });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    name: 'Sales',
    mode: 'manual',
    dataSourceCount: 0,
    dataProductCount: 0,
    permissions: [],
    dataSourceIds: [],
    abilities: { manage: { allowed: true }, grant: { allowed: false } },
  });
  const id = made.body.id;
  const seen = await plain.call(domain.listDomains, { query: { searchText: 'sal' } });
  expect(seen.body.data.map((one) => one.name)).toEqual(['Sales']);
  expect(seen.body.data[0]?.abilities?.['manage']?.allowed).toBe(false);
  for (const who of [plain, useradmin]) {
    expect((await who.call(domain.createDomain, { body: { name: 'X' } })).status).toBe(403);
    expect((await who.call(domain.updateDomain, { params: { id }, body: { name: 'X' } })).status).toBe(403);
    expect((await who.call(domain.deleteDomain, { params: { id } })).status).toBe(403);
    expect((await setSources(id, [], who)).status).toBe(403);
  }
  for (const who of [plain, governor]) expect((await setPermissions(id, [], who)).status).toBe(403);
  const unknown = { params: { id: newUuid() } };
  expect((await plain.call(domain.readDomain, unknown)).status).toBe(404);
  expect((await governor.call(domain.updateDomain, { ...unknown, body: { name: 'X' } })).status).toBe(404);
  expect((await setPermissions(newUuid(), [])).status).toBe(404);
});

test('a name is given once, also to two who ask at once', async () => {
  const both = await Promise.all([1, 2].map(() => governor.call(domain.createDomain, { body: { name: 'Twice' } })));
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 409]);
  const id = await make('Other');
  for (const name of ['TWICE', 'Ｔｗｉｃｅ']) {
    const taken = { status: 409, body: { code: 'domain.name_taken' } };
    expect(await governor.call(domain.createDomain, { body: { name } })).toMatchObject(taken);
    expect(await governor.call(domain.updateDomain, { params: { id }, body: { name } })).toMatchObject(taken);
  }
});

test('the data sources are replaced as a set, and unknown ones change nothing', async () => {
  const id = await make('Sets');
  expect((await setSources(id, sources)).body).toMatchObject({ dataSourceCount: 3, dataSourceIds: sources });
  expect((await setSources(id, sources.slice(1))).body.dataSourceIds).toEqual(sources.slice(1));
  const refused = await setSources(id, [2_000_000_000]);
  expect(refused.body).toMatchObject({ status: 422, code: 'domain.source_unknown', dataSourceIds: [2_000_000_000] });
  expect((await plain.call(domain.readDomain, { params: { id } })).body.dataSourceIds).toEqual(sources.slice(1));
  const { rows } = await sql<{ payload: object }>`
    select payload from audit_event where action = 'DomainDataSourcesUpdated' and domain_ids = array[${id}::uuid] order by sequence desc`.execute(
    server.deps.db,
  );
  expect(rows[0]?.payload).toMatchObject({ added: [], removed: [sources[0]] });
});

test('a source that leaves makes its products be looked at again', async () => {
  const id = await make('Moving');
  await setSources(id, sources);
  const product = await addProduct('Moved', id, sources[0] ?? 0);
  await sql`delete from provisioning_key`.execute(server.deps.db);
  const keys = async () =>
    (
      await sql<{
        target_id: string;
        cause: string;
      }>`select target_id, cause from provisioning_key where target_id = ${product}`.execute(server.deps.db)
    ).rows;
  await setSources(id, [sources[0] ?? 0, sources[1] ?? 0]);
  expect(await keys()).toEqual([]);
  await setSources(id, [sources[1] ?? 0]);
  expect(await keys()).toEqual([{ target_id: product, cause: 'domain' }]);
});

test('a domain with products is not deleted; without them it goes, with its permissions', async () => {
  const id = await make('Used');
  const product = await addProduct('Holder', id, sources[2] ?? 0);
  await setPermissions(id, [manage('user', plain.globalUserId)]);
  const refused = await governor.call(domain.deleteDomain, { params: { id } });
  expect(refused.body).toMatchObject({
    status: 409,
    code: 'domain.in_use',
    dataProducts: [{ id: product, name: 'Holder' }],
  });
  await sql`update data_product set deleted_at = now() where id = ${product}`.execute(server.deps.db);
  expect((await governor.call(domain.deleteDomain, { params: { id } })).status).toBe(204);
  expect((await governor.call(domain.deleteDomain, { params: { id } })).status).toBe(404);
});

test('permissions are replaced, name their holders, and come by groups too', async () => {
  const id = await make('Granted');
  const { rows } = await sql<{ id: number }>`insert into user_group (name) values ('Publishers') returning id`.execute(
    server.deps.db,
  );
  const groupId = String(rows[0]?.id);
  await sql`insert into group_member (group_id, global_user_id) values (${groupId}, ${plain.globalUserId})`.execute(
    server.deps.db,
  );
  const set = await setPermissions(id, [manage('user', plain.globalUserId), manage('group', groupId)]);
  expect(set.status).toBe(200);
  expect(set.body.permissions).toMatchObject([
    { principalType: 'user', principalId: plain.globalUserId, principalName: 'Plain Person' },
    { principalType: 'group', principalId: groupId, principalName: 'Publishers' },
  ]);
  const seen = await plain.call(domain.readDomain, { params: { id } });
  expect(seen.body.abilities?.['publish']?.allowed).toBe(true);
  expect((await setPermissions(id, [manage('group', groupId)])).body.permissions).toHaveLength(1);
  const ghost = await setPermissions(id, [manage('user', newUuid())]);
  expect(ghost.body).toMatchObject({ status: 422, code: 'domain.principal_unknown' });
  expect((await setPermissions(id, [manage('group', 'no number')])).status).toBe(422);
  expect((await plain.call(domain.readDomain, { params: { id } })).body.permissions).toHaveLength(1);
});

test('a user admin grants nothing to themself, directly or by a group of theirs', async () => {
  const id = await make('Own');
  const { rows } = await sql<{ id: number }>`insert into user_group (name) values ('Admins') returning id`.execute(
    server.deps.db,
  );
  await sql`insert into group_member (group_id, global_user_id) values (${rows[0]?.id}, ${useradmin.globalUserId})`.execute(
    server.deps.db,
  );
  expect((await setPermissions(id, [manage('user', useradmin.globalUserId)])).status).toBe(403);
  expect((await setPermissions(id, [manage('group', String(rows[0]?.id))])).status).toBe(403);
  const other = await server.person({ username: 'useradmin2', permissions: ['USER_ADMIN'] });
  expect((await setPermissions(id, [manage('user', useradmin.globalUserId)], other)).status).toBe(200);
  expect((await setPermissions(id, [])).status).toBe(403);
  const beside = [manage('user', useradmin.globalUserId), manage('user', plain.globalUserId)];
  expect((await setPermissions(id, beside)).status).toBe(200);
});

test('a product is told of once when its sources leave several of its domains together, and not while one holds them', async () => {
  const { db } = server.deps;
  const [first, second] = [await make('Leaving one'), await make('Leaving two')];
  const product = await addProduct('Left', first, sources[0] ?? 0);
  await sql`insert into data_product_domain (data_product_id, domain_id) values (${product}, ${second})`.execute(db);
  for (const id of [first, second]) await setSources(id, sources);
  const events = async () =>
    (
      await sql<{
        data: object;
      }>`select data from event where type = 'stoa.data_product.sources_left_domain' and target_id = ${product}`.execute(
        db,
      )
    ).rows.map((row) => row.data);
  await setSources(first, sources.slice(1));
  expect(await events()).toEqual([]);
  await setSources(second, sources.slice(1));
  const told = {
    name: 'Left',
    dataProduct: { id: product, name: 'Left' },
    domainIds: [first, second].toSorted(),
    dataSourceIds: [sources[0]],
    count: 1,
  };
  expect(await events()).toEqual([told]);
  const removed = [sources[0] ?? 0];
  const both = await db.transaction().execute((tx) =>
    leftProducts(tx, [
      { domainId: first, removed },
      { domainId: second, removed },
    ]),
  );
  expect(both.map((event) => event.data)).toEqual([told]);
});
