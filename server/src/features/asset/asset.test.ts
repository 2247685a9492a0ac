import * as contract from '@stoa/contract/asset';
import { getAssetUse } from '@stoa/contract/asset-list';
import { createDataProduct } from '@stoa/contract/data-product';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { type Catalogue, seedCatalogue } from '../data-product/seed-catalogue.fixture.ts';

let server: TestServer;
let catalogue: Catalogue;
let governor: TestPerson;
let consumer: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'gus', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'con' });
  catalogue = await seedCatalogue(server.deps.db);
});
afterAll(() => server.stop());

const resolve = (query: { fullyQualifiedName: string } & Record<string, string | number>) =>
  consumer.call(contract.getAssetByMetadata, { query });

test('a name finds the object that a crawl has found, in the case of its technology', async () => {
  expect((await server.nobody.call(contract.getAssetByMetadata, { query: { fullyQualifiedName: 'a' } })).status).toBe(
    401,
  );
  const found = await resolve({
    fullyQualifiedName: 'Warehouse.CLAIMS.policies',
    technology: 'postgresql',
    host: 'DB.example',
    port: 5432,
  });
  expect(found.body).toMatchObject({
    id: catalogue.objects.policies,
    type: 'DATA_OBJECT',
    registered: true,
    status: 'NONE',
    stats: { dataSourceCount: 1 },
    metadata: { objectPath: ['warehouse', 'claims', 'policies'], technology: 'PostgreSQL', legacyType: 'table' },
  });
  expect((await resolve({ fullyQualifiedName: 'warehouse.claims."claimEvents"' })).body.id).toBe(
    catalogue.objects.claims,
  );
  expect((await resolve({ fullyQualifiedName: 'warehouse.claims.claimEvents' })).body).toMatchObject({
    registered: false,
  });
});

test('a name of nothing known gives the same id each time, and nothing is stored', async () => {
  const ask = () => resolve({ fullyQualifiedName: 'Other.Public.T', technology: 'PostgreSQL', host: 'x.example' });
  const [first, second] = [await ask(), await ask()];
  expect(first.body).toMatchObject({
    registered: false,
    name: 't',
    metadata: { objectPath: ['other', 'public', 't'], host: 'x.example' },
  });
  expect(second.body.id).toBe(first.body.id);
  const elsewhere = await resolve({
    fullyQualifiedName: 'Other.Public.T',
    technology: 'PostgreSQL',
    host: 'y.example',
  });
  expect(elsewhere.body.id).not.toBe(first.body.id);
  expect((await consumer.call(contract.getAssetById, { params: { id: String(first.body.id) } })).status).toBe(404);
});

test('a name of several is refused with the candidates; a filter that makes no sense with a sentence', async () => {
  const connectionId = newUuid();
  await sql`insert into connection (id, connection_key, technology, config, auth_type, secret, state)
    select ${connectionId}, 'second', technology, config || '{"host": "second.example"}', auth_type, secret, state from connection limit 1`.execute(
    server.deps.db,
  );
  await sql`insert into data_object (id, connection_id, object_path, name, object_type)
    values (${newUuid()}, ${connectionId}, array['warehouse', 'claims', 'policies'], 'policies', 'table')`.execute(
    server.deps.db,
  );
  const both = await resolve({ fullyQualifiedName: 'warehouse.claims.policies' });
  expect(both).toMatchObject({
    status: 409,
    body: { code: 'asset.ambiguous', candidates: [{ connectionKey: 'second' }, { connectionKey: 'warehouse' }] },
  });
  expect(
    (await resolve({ fullyQualifiedName: 'warehouse.claims.policies', technology: 'PostgreSQL', host: 'db.example' }))
      .status,
  ).toBe(200);
  for (const query of [{ host: 'db.example' }, { technology: 'Excel' }] as Record<string, string>[])
    expect((await resolve({ fullyQualifiedName: 'a.b', ...query })).status).toBe(400);
});

test('a data product is an asset too', async () => {
  const body = {
    name: 'Claims',
    metadata: null,
    domains: [catalogue.claims],
    dataSources: [{ sourceId: String(catalogue.sources.policies) }],
  };
  const made = await governor.call(createDataProduct, { body });
  const id = Array.isArray(made.body) ? '' : String(made.body.id);
  expect((await consumer.call(contract.getAssetById, { params: { id } })).body).toMatchObject({
    type: 'DATA_PRODUCT',
    name: 'Claims',
    stats: { expiredRequestCount: 0 },
  });
  expect((await consumer.call(contract.getAssetById, { params: { id: newUuid() } })).status).toBe(404);
});

test('how to read it is told for a table, for all below a schema, and for a product named as an asset', async () => {
  const read = (id: string) => consumer.call(getAssetUse, { params: { id } });
  const table = await read(catalogue.objects.policies);
  expect(table).toMatchObject({
    status: 200,
    body: { connections: [{ objects: [{ sampleSql: 'select * from claims.policies limit 10;' }] }] },
  });
  const { rows } = await sql<{
    id: string;
  }>`select parent_id as id from data_object where id = ${catalogue.objects.policies}`.execute(server.deps.db);
  const schema = rows[0]?.id ?? null;
  if (schema !== null) expect((await read(schema)).body.connections[0]?.objects.length).toBeGreaterThan(0);
  expect((await read(newUuid())).status).toBe(404);
  expect((await server.nobody.call(getAssetUse, { params: { id: catalogue.objects.policies } })).status).toBe(401);
});
