import * as metadata from '@stoa/contract/metadata';
import type { Operation } from '@stoa/contract/operation';
import { readPublishedDocument } from '@stoa/contract/testing/published-document';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import type { TestPerson } from '../../testing/people.ts';

const published = readPublishedDocument();
/** What the answer breaks of the published schema of its operation. */
function violations(operation: Operation, body: unknown): readonly string[] {
  const schema = published?.operations
    .find((o) => o.path === operation.path && o.method === operation.method)
    ?.responses.get('200');
  if (published !== undefined && schema === undefined) throw new Error(`${operation.path} is not published`);
  return published && schema ? published.checkerOf(schema)(body) : [];
}

let server: TestServer;
let governor: TestPerson;
let manager: TestPerson;
let plain: TestPerson;
const sales = newUuid();
const people = newUuid();
let sources: number[];
beforeAll(async () => {
  server = await startTestServer();
  const { db } = server.deps;
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  manager = await server.person({ username: 'manager', name: 'Mona Manager' });
  plain = await server.person({ username: 'plain' });
  sources = (
    await addDataSources(db, { connectionKey: 'wh', schema: 'sales', tables: ['orders', 'Order lines', 'a_b'] })
  ).dataSourceIds;
  await sql`insert into domain (id, name, description) values (${sales}, 'Sales', 'What is sold'), (${people}, 'People', '')`.execute(
    db,
  );
  for (const id of sources)
    await sql`insert into domain_data_source (domain_id, data_source_id) values (${sales}, ${id})`.execute(db);
  await sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    values (${sales}, 'Manage Data Products', 'user', ${manager.globalUserId})`.execute(db);
  await sql`with g as (insert into user_group (name, email) values ('Field 100%', 'field@example.com'), ('Finance', null) returning id, name),
    m as (insert into group_member (group_id, global_user_id) select id, ${manager.globalUserId}::uuid from g where name = 'Finance')
    insert into attribute (principal_type, principal_id, name, value) select 'group', id::text, 'team', 'Ledger' from g where name = 'Finance'
    union all select 'user', ${manager.globalUserId}, 'country', 'SE' union all select 'user', ${plain.globalUserId}, 'country', 'SE'`.execute(
    db,
  );
});
afterAll(() => server.stop());

test('nobody without a login looks anything up', async () => {
  for (const operation of [
    metadata.getAvailableDomains,
    metadata.getImmutaUsers,
    metadata.getImmutaGroups,
    metadata.getImmutaAttributes,
  ])
    expect((await server.nobody.call(operation)).status).toBe(401);
});

test('the domains to publish in are those one manages, all of them for a governor', async () => {
  const names = async (who: TestPerson) => {
    const { body } = await who.call(metadata.getAvailableDomains);
    expect(violations(metadata.getAvailableDomains, body)).toEqual([]);
    return body.domains.map((domain) => domain.name);
  };
  expect(await names(governor)).toEqual(['People', 'Sales']);
  expect(await names(manager)).toEqual(['Sales']);
  expect(await names(plain)).toEqual([]);
});

test('the sources of a domain are shown to who may publish there', async () => {
  const all = await manager.call(metadata.getDomainDataSources, { params: { id: sales } });
  expect(violations(metadata.getDomainDataSources, all.body)).toEqual([]);
  expect(all.body.data[0]).toMatchObject({
    name: 'a_b',
    platform: 'PostgreSQL',
    hostname: 'db.example.com',
    database: 'warehouse',
    schema: 'sales',
    table: 'a_b',
    comment: 'About a_b',
  });
  expect(all.body.meta).toMatchObject({ totalCount: 3, limit: 10, offset: 0 });
  const found = async (query: { searchText?: string; dataSourceIds?: number; limit?: number; offset?: number }) =>
    (await manager.call(metadata.getDomainDataSources, { params: { id: sales }, query })).body;
  expect((await found({ searchText: 'ORDER' })).data.map((one) => one.name)).toEqual(['Order lines', 'orders']);
  expect((await found({ searchText: 'r_e' })).data).toEqual([]);
  expect((await found({ dataSourceIds: sources[0] ?? 0 })).data.map((one) => one.name)).toEqual(['orders']);
  expect((await found({ limit: 1, offset: 2 })).data.map((one) => one.name)).toEqual(['orders']);
  expect((await plain.call(metadata.getDomainDataSources, { params: { id: sales } })).status).toBe(403);
  expect((await manager.call(metadata.getDomainDataSources, { params: { id: people } })).status).toBe(403);
  expect((await manager.call(metadata.getDomainDataSources, { params: { id: newUuid() } })).status).toBe(404);
});

test('a domain shows name and description', async () => {
  const read = await plain.call(metadata.getDomain, { params: { id: sales } });
  expect(violations(metadata.getDomain, read.body)).toEqual([]);
  expect(read.body).toEqual({ id: sales, name: 'Sales', description: 'What is sold' });
  expect((await plain.call(metadata.getDomain, { params: { id: newUuid() } })).status).toBe(404);
});

test('people are found by name, username, e-mail or id, with what their groups give them', async () => {
  const found = await plain.call(metadata.getImmutaUsers, { query: { filter: 'mona' } });
  expect(violations(metadata.getImmutaUsers, found.body)).toEqual([]);
  expect(found.body.users).toMatchObject([
    { username: 'manager', iamId: 'bim', authorizations: { team: ['Ledger'], country: ['SE'] } },
  ]);
  expect((await plain.call(metadata.getImmutaUsers, { query: { limit: 2 } })).body.users).toHaveLength(2);
  const gone = await server.person({ username: 'gone' });
  await sql`update app_user set status = 'disabled' where global_user_id = ${gone.globalUserId}`.execute(
    server.deps.db,
  );
  expect((await plain.call(metadata.getImmutaUsers, { query: { filter: 'gone' } })).body.users).toEqual([]);
  const byId = await plain.call(metadata.getImmutaUsers, { query: { globalUserId: [gone.globalUserId] } });
  expect(byId.body.users.map((one) => one.username)).toEqual(['gone']);
});

test('groups and attributes are found by what they hold', async () => {
  const groups = await plain.call(metadata.getImmutaGroups, { query: { filter: '100%' } });
  expect(violations(metadata.getImmutaGroups, groups.body)).toEqual([]);
  expect(groups.body.groups).toMatchObject([{ name: 'Field 100%', email: 'field@example.com', iamId: 'bim' }]);
  const attributes = await plain.call(metadata.getImmutaAttributes);
  expect(violations(metadata.getImmutaAttributes, attributes.body)).toEqual([]);
  expect(attributes.body.attributes).toEqual([
    { type: 'country', value: 'SE' },
    { type: 'team', value: 'Ledger' },
  ]);
  const ofType = await plain.call(metadata.getImmutaAttributes, { query: { type: 'team', search: 'led' } });
  expect(ofType.body.attributes).toEqual([{ type: 'team', value: 'Ledger' }]);
});
