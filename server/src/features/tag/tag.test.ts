import { createDataProduct } from '@stoa/contract/data-product';
import { listDataSources } from '@stoa/contract/data-source';
import { searchAppliedTags, getImmutaTags } from '@stoa/contract/metadata';
import { updateApplicationSettings } from '@stoa/contract/settings';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import type { TestPerson } from '../../testing/people.ts';

let server: TestServer;
let governor: TestPerson;
let consumer: TestPerson;
let sources: readonly number[];
let productId: string;
const domainId = newUuid();
const connectionTag = String.raw`Stoa Connections.PostgreSQL.wh.warehouse.sa\.les`;

beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'consumer' });
  const { db } = server.deps;
  const made = await addDataSources(db, { connectionKey: 'wh', schema: 'sa.les', tables: ['orders', 'returns'] });
  sources = made.dataSourceIds;
  const schemaId = newUuid();
  await sql`insert into data_object (id, connection_id, object_path, name, object_type)
    values (${schemaId}, ${made.connectionId}, ${['warehouse', 'sa.les']}, 'sa.les', 'schema')`.execute(db);
  await sql`update data_object set parent_id = ${schemaId} where object_type = 'table'`.execute(db);
  await sql`insert into domain (id, name) values (${domainId}, 'Sales')`.execute(db);
  for (const id of sources)
    await sql`insert into domain_data_source (domain_id, data_source_id) values (${domainId}, ${id})`.execute(db);
  const body = { name: 'Orders', metadata: null, domains: [domainId], dataSources: [{ sourceId: String(sources[0]) }] };
  const product = await governor.call(createDataProduct, { body });
  if (Array.isArray(product.body)) throw new Error('one product was answered as a list');
  productId = product.body.id;
});
afterAll(() => server.stop());

const applied = async (who: TestPerson, body: object) => {
  const answer = await who.call(searchAppliedTags, { body });
  return answer.status === 200 ? answer.body.data.map((tag) => tag.name) : answer.status;
};

test('a source carries the tag of where it lies, and of each product that it is published in', async () => {
  expect(await applied(consumer, { dataSourceIds: [sources[0]] })).toEqual([
    connectionTag,
    `Stoa Data Product.${productId}`,
  ]);
  expect(await applied(consumer, { dataSourceIds: [sources[1]] })).toEqual([connectionTag]);
  expect(await applied(consumer, { dataProductId: productId, searchText: 'LES' })).toEqual([connectionTag]);
  expect(await applied(consumer, { dataProductId: productId, excludedHierarchies: ['Stoa Connections'] })).toEqual([
    `Stoa Data Product.${productId}`,
  ]);
  expect(await applied(consumer, { dataProductId: productId, modelType: 'column' })).toEqual([]);
});

test('tags of an object are those of everything below it; pages have one total', async () => {
  const { rows } = await sql<{ id: string }>`select id from data_object where object_type = 'schema'`.execute(
    server.deps.db,
  );
  const body = { dataObjectId: rows[0]?.id, limit: 1, offset: 1 };
  const answer = await consumer.call(searchAppliedTags, { body });
  expect(answer.body).toMatchObject({ total: 2, data: [{ name: `Stoa Data Product.${productId}`, protected: true }] });
});

test('unknown things have no tags to search, and one thing is named at a time', async () => {
  expect(await applied(consumer, { dataProductId: newUuid() })).toBe(404);
  expect(await applied(consumer, { dataProductId: newCuid() })).toBe(404);
  expect(await applied(consumer, { dataObjectId: newUuid() })).toBe(404);
  expect(await applied(consumer, {})).toBe(400);
  expect(await applied(consumer, { dataProductId: productId, dataSourceIds: [...sources] })).toBe(400);
  expect((await server.nobody.call(searchAppliedTags, { body: { dataSourceIds: [] } })).status).toBe(401);
});

test('tags are found by a part of their name, or by its letters in order', async () => {
  const find = async (query: object) => (await consumer.call(getImmutaTags, { query })).body.map((tag) => tag.name);
  expect(await find({ searchText: String.raw`warehouse.sa\.l` })).toEqual([connectionTag]);
  expect(await find({ searchText: '%' })).toEqual([]);
  expect(await find({ searchText: 'connpgsales', fuzzySearch: true })).toEqual([connectionTag]);
  expect(await find({})).toHaveLength(5);
  expect(await find({ limit: 1 })).toHaveLength(1);
});

test('data sources are found by a tag that they show', async () => {
  const query = { tag: [`Stoa Data Product.${productId}`] };
  const { body } = await governor.call(listDataSources, { query });
  expect(body.data.map((one) => one.id)).toEqual([sources[0]]);
  expect(body.data[0]?.tags).toEqual([connectionTag, `Stoa Data Product.${productId}`]);
  const other = await governor.call(listDataSources, { query: { searchText: 'returns' } });
  expect(other.body.data.map((one) => one.tags)).toEqual([[connectionTag]]);
});

test('a product that somebody may not know leaves no trace among the tags', async () => {
  const appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  await appadmin.call(updateApplicationSettings, { body: { showDataProductsToConsumers: false } });
  expect(await applied(consumer, { dataSourceIds: [sources[0]] })).toEqual([connectionTag]);
  expect(await applied(consumer, { dataProductId: productId })).toBe(404);
  const { body } = await consumer.call(getImmutaTags, { query: { searchText: 'Stoa Data Product' } });
  expect(body).toEqual([]);
  expect(await applied(governor, { dataSourceIds: [sources[0]] })).toContain(`Stoa Data Product.${productId}`);
});
