import * as lists from '@stoa/contract/asset-list';
import { patchAsset } from '@stoa/contract/asset';
import type { QueryIn } from '@stoa/contract/operation';
import { createDataProduct } from '@stoa/contract/data-product';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { standardFormVersion } from '../request-form/ensure-standard-form.ts';
import { addAssetTree, type AssetTree } from './asset-tree.fixture.ts';

let server: TestServer;
let tree: AssetTree;
let second: AssetTree;
let governor: TestPerson;
let consumer: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'gus', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'con' });
  tree = await addAssetTree(server.deps.db);
  second = await addAssetTree(server.deps.db, 'second', 'second.example');
});
afterAll(() => server.stop());

const search = async (query: QueryIn<typeof lists.searchAssets> = {}, person: TestPerson = consumer) =>
  (await person.call(lists.searchAssets, { query })).body;
const ids = async (query: QueryIn<typeof lists.searchAssets>) => (await search(query)).data.map((asset) => asset.id);

async function request(
  on: { assetId?: string; productId?: string },
  status: 'APPROVED' | 'PENDING',
  expiration?: string,
) {
  if (on.assetId !== undefined)
    await sql`insert into requested_asset (id, object_path, registered_at)
      select id, object_path, now() from data_object where id = ${on.assetId} on conflict do nothing`.execute(
      server.deps.db,
    );
  const form = JSON.stringify({ formVersion: standardFormVersion, answers: [], agreements: [] });
  await sql`insert into access_request (id, type, status, requesting_user, beneficiary, asset_id, data_product_id, form_version, form, flow, event, expiration)
    values (${newCuid()}, 'DATA_ACCESS', ${status}, ${consumer.globalUserId}, ${consumer.globalUserId}, ${on.assetId ?? null},
      ${on.productId ?? null}, ${standardFormVersion}, ${form}::jsonb, '{}', ${JSON.stringify({ type: 'review', params: { stages: [] } })}::jsonb, ${expiration ?? null})`.execute(
    server.deps.db,
  );
}

test('assets are listed from the roots down, by path, and need a login', async () => {
  expect((await server.nobody.call(lists.searchAssets, {})).status).toBe(401);
  const all = await search();
  expect(all.meta).toMatchObject({ totalCount: 8, isCapped: false });
  expect(all.data.slice(0, 4).map((asset) => asset.metadata.objectPath.join('.'))).toEqual([
    'warehouse',
    'warehouse.claims',
    'warehouse.claims.claimEvents',
    'warehouse.claims.policies',
  ]);
  expect(await ids({ roots: true })).toEqual([tree.database, second.database]);
  expect(await ids({ parentId: tree.database })).toEqual([tree.schema]);
  expect(await ids({ parentId: tree.database, below: true, type: ['view'] })).toEqual([tree.claims]);
  expect(await ids({ connectionKey: 'second', type: ['table', 'schema'] })).toEqual([second.schema, second.policies]);
  expect((await search({ offset: 6, limit: 5 })).data).toHaveLength(2);
});

test('a search finds words by their beginnings, in any part of a path, however they are written together', async () => {
  const named = async (searchText: string) =>
    (await search({ searchText, connectionKey: 'warehouse' })).data.map((a) => a.name);
  expect(await named('polic')).toEqual(['policies']);
  expect(await named('events')).toEqual(['claimEvents']);
  expect(await named('CLAIMEVENTS')).toEqual(['claimEvents']);
  expect(await named('warehouse.claims.pol')).toEqual(['policies']);
  expect(await named('policies nowhere')).toEqual([]);
  expect(await named("'; drop & | ! :*")).toEqual([]);
  expect(await named('???')).toEqual([]);
  // Called just so comes before what lies below it.
  expect((await named('claims'))[0]).toBe('claims');
});

test('what a governor has set something on is found', async () => {
  const flow = { rules: [], defaultEvent: { type: 'approve' as const, params: { comment: 'Open to all.' } } };
  const body = { type: 'DATA_OBJECT' as const, dataAccessReviewFlow: flow };
  expect((await governor.call(patchAsset, { params: { id: tree.schema }, body })).status).toBe(200);
  expect(await ids({ hasOverride: true })).toEqual([tree.schema]);
  expect(await ids({ hasOverride: false, connectionKey: 'warehouse' })).toHaveLength(3);
  const below = await search({ parentId: tree.schema });
  expect(below.data.map((asset) => asset.accessState)).toEqual(['AUTO', 'AUTO']);
});

test('what one has, by which road, and what one waits for', async () => {
  expect(await ids({ access: ['HAVE', 'PENDING'] })).toEqual([]);
  await request({ assetId: tree.schema }, 'APPROVED');
  await request({ assetId: second.database }, 'PENDING');
  await request({ assetId: second.claims }, 'APPROVED', '2020-01-01T00:00:00Z');
  const made = await governor.call(createDataProduct, {
    body: {
      name: 'P',
      metadata: null,
      domains: [second.domainId],
      dataSources: [{ sourceId: String(second.sourceId) }],
    },
  });
  const productId = Array.isArray(made.body) ? '' : made.body.id;
  await request({ productId }, 'APPROVED');
  expect(await ids({ access: ['HAVE'] })).toEqual([tree.schema, tree.claims, tree.policies, second.policies]);
  expect(await ids({ access: ['PENDING'] })).toEqual([second.database]);
  const states = Object.fromEntries((await search()).data.map((asset) => [asset.id, asset]));
  expect(states[tree.policies]).toMatchObject({
    status: 'NONE',
    accessState: 'HAVE',
    accessThrough: [{ type: 'DATA_OBJECT', id: tree.schema, name: 'claims' }],
  });
  expect(states[second.policies]).toMatchObject({
    accessState: 'HAVE',
    accessThrough: [{ type: 'DATA_PRODUCT', id: productId, name: 'P' }],
  });
  expect(states[second.database]).toMatchObject({ status: 'PENDING', accessState: 'PENDING' });
  expect(states[second.claims]).toMatchObject({ status: 'EXPIRED', accessState: 'EXPIRED' });
  expect((await search({ access: ['HAVE'] }, governor)).data).toEqual([]);
});

test('the columns of a leaf are listed in their order and searched; an unknown asset has none', async () => {
  const read = (id: string, query: QueryIn<typeof lists.searchAssetColumns> = {}) =>
    consumer.call(lists.searchAssetColumns, { params: { id }, query });
  expect((await read(tree.policies)).body).toMatchObject({
    data: [{ name: 'id', nativeType: 'integer', comment: 'The key' }],
    meta: { totalCount: 1 },
  });
  expect((await read(tree.policies, { searchText: 'x' })).body.data).toEqual([]);
  expect((await read(newUuid())).status).toBe(404);
  expect((await server.nobody.call(lists.searchAssetColumns, { params: { id: tree.policies } })).status).toBe(401);
});

test('counting ends where nobody turns pages any more, and the page says so', async () => {
  await sql`insert into data_object (id, connection_id, parent_id, object_path, name, object_type)
    select gen_random_uuid(), ${tree.connectionId}, ${tree.schema}, array['warehouse', 'claims', 'many ' || n], 'many ' || n, 'table'
    from generate_series(1, 10200) n`.execute(server.deps.db);
  for (const query of [{}, { searchText: 'many' }])
    expect((await search(query)).meta).toMatchObject({ totalCount: 10_000, isCapped: true });
  expect((await search({ searchText: 'many', offset: 9_990 })).data).toHaveLength(10);
  expect((await search({ offset: 10_000 })).data).toEqual([]);
});
