import * as contract from '@stoa/contract/asset';
import * as links from '@stoa/contract/asset-link';
import { createDataProduct } from '@stoa/contract/data-product';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { fingerprint, whatChanged } from '../../hard/table-fingerprint.fixture.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { addAssetTree, type AssetTree } from './asset-tree.fixture.ts';
import { tamperedIds, tamperedQueries } from './tampered-links.fixture.ts';

let server: TestServer;
let tree: AssetTree;
let governor: TestPerson;
let consumer: TestPerson;
beforeAll(async () => {
  server = await startTestServer({ env: { STOA_LINKS_PER_MINUTE: '10000' } });
  governor = await server.person({ username: 'gus', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'con' });
  tree = await addAssetTree(server.deps.db);
});
afterAll(() => server.stop());

const linkOf = async (id: string) =>
  (await consumer.call(links.getAssetRequestAccessLink, { params: { id } })).body.pathAndQuery;
/** Follows a link as the page behind it does. */
const follow = (pathAndQuery: string) =>
  consumer.send('GET', `/api/asset/byMetadata?${pathAndQuery.slice(pathAndQuery.indexOf('?') + 1)}`);

test('the link of every level leads back to it, and to nothing else; a product is linked by its own', async () => {
  expect(await linkOf(tree.claims)).toBe(
    '/request?fullyQualifiedName=warehouse.claims.%22claimEvents%22&technology=PostgreSQL&host=db.example&port=5432',
  );
  for (const id of [tree.database, tree.schema, tree.policies, tree.claims])
    expect((await follow(await linkOf(id))).body).toMatchObject({ id, registered: true });
  const made = await governor.call(createDataProduct, {
    body: { name: 'P', metadata: null, domains: [tree.domainId], dataSources: [{ sourceId: String(tree.sourceId) }] },
  });
  const id = Array.isArray(made.body) ? '' : made.body.id;
  expect(await linkOf(id)).toBe(`/data-product/${id}/request-access`);
  const params = { id: newUuid() };
  expect((await consumer.call(links.getAssetRequestAccessLink, { params })).status).toBe(404);
  expect((await server.nobody.call(links.getAssetRequestAccessLink, { params })).status).toBe(401);
});

test('an object whose name no link can hold is linked by its id', async () => {
  const id = newUuid();
  await sql`insert into data_object (id, connection_id, parent_id, object_path, name, object_type)
    values (${id}, ${tree.connectionId}, ${tree.schema}, ${['warehouse', 'claims', 'two\nlines']}::text[], ${'two\nlines'}, 'table')`.execute(
    server.deps.db,
  );
  expect(await linkOf(id)).toBe(`/assets/${id}/request`);
  await sql`delete from data_object where id = ${id}`.execute(server.deps.db);
});

test('names are checked by the hundred: registered, ambiguous, unknown, or no name at all', async () => {
  const fqn = ['warehouse.claims.policies', 'WAREHOUSE.Claims', 'nowhere.at.all', 'a..b', 'warehouse'];
  const check = async (query: object) =>
    (await consumer.call(links.checkLinks, { query: { fqn, ...query } })).body.data;
  expect((await check({})).map((one) => [one.state, one.assets.map((asset) => asset.id)])).toEqual([
    ['registered', [tree.policies]],
    ['registered', [tree.schema]],
    ['unknown', []],
    ['unknown', []],
    ['registered', [tree.database]],
  ]);
  expect((await check({}))[3]?.problem).toContain('no name');
  const other = await addAssetTree(server.deps.db, 'second', 'second.example');
  expect((await check({})).map((one) => one.state)).toEqual([
    'ambiguous',
    'ambiguous',
    'unknown',
    'unknown',
    'ambiguous',
  ]);
  const narrowed = await check({ technology: 'postgresql', host: 'SECOND.example' });
  expect(narrowed[0]).toMatchObject({ state: 'registered', assets: [{ id: other.policies, connectionKey: 'second' }] });
  const call = (query: { fqn: string[]; host?: string }) => consumer.call(links.checkLinks, { query });
  expect((await call({ fqn: Array.from({ length: 101 }, () => 'a') })).status).toBe(400);
  expect((await call({ fqn: ['a'], host: 'x' })).status).toBe(400);
  expect((await server.nobody.call(links.checkLinks, { query: { fqn } })).status).toBe(401);
  await sql`delete from connection where connection_key = 'second'`.execute(server.deps.db);
});

test('the export holds every object once, as CSV and as JSON, and its links lead where they say', async () => {
  const csv = await governor.send('GET', '/api/asset/link/export');
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(csv.headers.get('content-disposition')).toContain('request-links.csv');
  const rows = String(csv.body).trim().split('\r\n');
  expect(rows[0]).toContain('"connectionKey","technology","host","port","fullyQualifiedName"');
  expect(rows).toHaveLength(5);
  const json = await governor.send('GET', '/api/asset/link/export?format=json');
  const listed = links.exportedLink.array().parse(json.body);
  expect(listed.map((row) => row.fullyQualifiedName)).toEqual([
    'warehouse',
    'warehouse.claims',
    'warehouse.claims."claimEvents"',
    'warehouse.claims.policies',
  ]);
  for (const { requestUrl } of listed) {
    expect(requestUrl.startsWith(`${server.url}/request?`)).toBe(true);
    expect((await follow(requestUrl)).body).toMatchObject({ registered: true });
  }
  const narrowed = `/api/asset/link/export?format=json&type=table&type=view&parentId=${tree.schema}&connectionKey=warehouse`;
  expect(links.exportedLink.array().parse((await governor.send('GET', narrowed)).body)).toHaveLength(2);
  for (const format of ['csv', 'json'])
    expect(await governor.send('GET', `/api/asset/link/export?format=${format}&connectionKey=none`)).toMatchObject({
      status: 404,
      body: { code: 'resource.not_found' },
    });
  expect((await governor.send('GET', '/api/asset/link/export?format=xml')).status).toBe(400);
  expect((await consumer.send('GET', '/api/asset/link/export')).status).toBe(403);
  expect((await server.nobody.send('GET', '/api/asset/link/export')).status).toBe(401);
});

test('a name that a spreadsheet would run is shown by it instead', async () => {
  const id = newUuid();
  const evil = '=cmd|"/c calc"!A1';
  await sql`insert into data_object (id, connection_id, object_path, name, object_type)
    values (${id}, ${tree.connectionId}, ${[evil]}::text[], ${evil}, ${'@table'})`.execute(server.deps.db);
  const { body } = await governor.send('GET', '/api/asset/link/export');
  expect(body).toContain('"\'@table"');
  expect(body).not.toMatch(/(^|,)"[=@+-]/m);
  await sql`delete from data_object where id = ${id}`.execute(server.deps.db);
});

test('parts of a long export meet without a gap', async () => {
  await sql`insert into data_object (id, connection_id, parent_id, object_path, name, object_type)
    select gen_random_uuid(), ${tree.connectionId}, ${tree.schema}, array['warehouse', 'claims', 't' || n], 't' || n, 'table'
    from generate_series(1, 12000) n`.execute(server.deps.db);
  const { body } = await governor.send('GET', '/api/asset/link/export?format=json&type=table');
  const names = links.exportedLink
    .array()
    .parse(body)
    .map((row) => row.fullyQualifiedName);
  expect([names.length, new Set(names).size]).toEqual([12_001, 12_001]);
  await sql`delete from data_object where name ~ '^t[0-9]+$'`.execute(server.deps.db);
});

test('more links than a person follows are refused for a while, and checking does not count as following', async () => {
  const strict = await startTestServer({ databaseUrl: server.databaseUrl, env: { STOA_LINKS_PER_MINUTE: '2' } });
  try {
    const call = (operation: string) =>
      fetch(`${strict.url}/api/${operation}`, { headers: { authorization: `Bearer ${governor.token}` } });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await call('asset/byMetadata?fullyQualifiedName=a')).status);
    expect(statuses).toContain(429);
    expect((await call('link/check?fqn=a')).status).toBe(200);
  } finally {
    await strict.stop();
  }
});

test('of 200 tampered links none changes anything, leads away, or breaks the server', async () => {
  expect(tamperedQueries.length + tamperedIds.length).toBeGreaterThan(200);
  const before = await fingerprint(server.deps.db);
  const paths = [
    ...tamperedQueries.map(({ query }) => `/api/asset/byMetadata?${query}`),
    ...tamperedIds.flatMap((id) => [`/api/asset/${id}`, `/api/data-product/${id}`, `/api/data-product/${id}/byName`]),
  ];
  for (const path of paths) {
    const answer = await consumer.send('GET', path.replaceAll(' ', '%20'));
    expect([path, answer.status < 500 && (answer.status < 300 || answer.status >= 400)]).toEqual([path, true]);
    expect([path, answer.headers.get('location')]).toEqual([path, null]);
  }
  expect(whatChanged(before, await fingerprint(server.deps.db))).toEqual([]);
}, 180_000);

test('unknown and invisible answer alike', async () => {
  const byName = (fullyQualifiedName: string) =>
    consumer.call(contract.getAssetByMetadata, { query: { fullyQualifiedName } });
  const unknown = await byName('secret.schema.table');
  expect(unknown).toMatchObject({ status: 200, body: { registered: false } });
  const id = unknown.body.id;
  const made = await governor.call(createDataProduct, {
    body: {
      name: 'Hidden',
      metadata: null,
      domains: [tree.domainId],
      dataSources: [{ sourceId: String(tree.sourceId) }],
    },
  });
  const hidden = Array.isArray(made.body) ? '' : made.body.id;
  await sql`insert into setting (name, value) values ('application', ${JSON.stringify({ showDataProductsToConsumers: false })}::jsonb)
    on conflict (name) do update set value = setting.value || excluded.value`.execute(server.deps.db);
  const withoutCall = (body: unknown) => JSON.stringify(body).replaceAll(/urn:stoa:call:[^"]+/g, '');
  const answers = await Promise.all(
    [id, hidden].map((one) => consumer.call(contract.getAssetById, { params: { id: one } })),
  );
  expect(answers.map((answer) => answer.status)).toEqual([404, 404]);
  expect(withoutCall(answers[0]?.body)).toBe(withoutCall(answers[1]?.body));
});
