import * as contract from '@stoa/contract/data-product';
import { listDataSources } from '@stoa/contract/data-source';
import type { QueryIn } from '@stoa/contract/operation';
import { updateApplicationSettings } from '@stoa/contract/settings';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { addTag } from '../tag/tags.fixture.ts';
import { standardFormVersion } from '../request-form/ensure-standard-form.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import { completeStaleSearch } from './search-document.ts';
import { type Catalogue, seedCatalogue } from './seed-catalogue.fixture.ts';

let server: TestServer;
let catalogue: Catalogue;
let governor: TestPerson;
let consumer: TestPerson;
const ids: Record<string, string> = {};

const publish = async (name: string, over: object = {}) => {
  const body = {
    name,
    metadata: null,
    domains: [catalogue.claims],
    dataSources: [{ sourceId: String(catalogue.sources.policies) }],
    ...over,
  };
  const answer = await governor.call(contract.createDataProduct, { body });
  if (answer.status !== 201 || Array.isArray(answer.body)) throw new Error(JSON.stringify(answer.body));
  ids[name] = answer.body.id;
};
const ask = (name: string, status: string, expiration: string | null = null) =>
  server.deps.db
    .insertInto('access_request')
    .values({
      id: newCuid(),
      type: 'DATA_ACCESS',
      status,
      requesting_user: consumer.globalUserId,
      beneficiary: consumer.globalUserId,
      data_product_id: ids[name] ?? null,
      form_version: standardFormVersion,
      form: '{}',
      flow: '{}',
      event: '{}',
      expiration,
    })
    .execute();
const namesOf = (answer: { body: { data: { name: string }[] } }) => answer.body.data.map((product) => product.name);
const search = (query: Record<string, never> | QueryIn<typeof contract.searchDataProducts>, who = consumer) =>
  who.call(contract.searchDataProducts, { query });

beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'gus', permissions: ['GOVERNANCE', 'APPLICATION_ADMIN'] });
  consumer = await server.person({ username: 'con' });
  catalogue = await seedCatalogue(server.deps.db);
  const approves = { rules: [], defaultEvent: { type: 'approve', params: { comment: 'open' } } };
  await publish('Claim events', {
    description: 'Every event of a claim',
    dataSources: [{ sourceId: String(catalogue.sources.claims) }],
  });
  await publish('Ledger', {
    domains: [catalogue.finance],
    dataSources: [{ sourceId: String(catalogue.sources.ledger) }],
  });
  await publish('Open policies', { dataAccessReviewFlow: approves });
  await publish('Policies 100', {});
  await publish('Policies_200', {});
  await ask('Claim events', 'APPROVED');
  await ask('Ledger', 'APPROVED', '2020-01-01T00:00:00Z');
  await ask('Policies 100', 'PENDING');
});
afterAll(() => server.stop());

test('all are listed by name, page by page, each once, with the access of the caller', async () => {
  expect((await server.nobody.call(contract.searchDataProducts)).status).toBe(401);
  const names: string[] = [];
  let nextToken: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof search>> = await search({
      limit: 2,
      ...(nextToken === null ? {} : { nextToken }),
    });
    expect(page.body.meta.totalCount).toBe(5);
    names.push(...namesOf(page));
    nextToken = page.body.meta.nextToken;
  } while (nextToken !== null);
  expect(names).toEqual(['Claim events', 'Ledger', 'Open policies', 'Policies 100', 'Policies_200']);
  const all = await search({});
  expect(all.body.data.map((product) => [product.status, product.accessState])).toEqual([
    ['APPROVED', 'HAVE'],
    ['EXPIRED', 'EXPIRED'],
    ['NONE', 'AUTO'],
    ['PENDING', 'PENDING'],
    ['NONE', 'ASK'],
  ]);
  expect((await search({ nextToken: 'nonsense' })).status).toBe(400);
  for (const sortBy of ['createdAt', 'updatedAt', 'members', 'name'] as const)
    expect(namesOf(await search({ sortBy, sortOrder: 'desc' }))).toHaveLength(5);
});

test('the filter by state finds exactly what the rows say of themselves', async () => {
  const all = await search({});
  for (const state of contract.accessState.options)
    expect(namesOf(await search({ state }))).toEqual(
      all.body.data.filter((p) => p.accessState === state).map((p) => p.name),
    );
});

test('filters by name, status, role and expiration are the ones of the published API', async () => {
  expect(namesOf(await search({ nameFilter: 'policies_' }))).toEqual(['Policies_200']);
  expect(namesOf(await search({ statusFilter: ['APPROVED', 'PENDING'] }))).toEqual(['Claim events', 'Policies 100']);
  expect(namesOf(await search({ statusFilter: 'PUBLISHER' }, governor))).toHaveLength(5);
  expect(namesOf(await search({ roleFilter: 'member' }))).toEqual(['Claim events']);
  expect(namesOf(await search({ roleFilter: ['noRole'] }))).toHaveLength(4);
  // Masking exceptions of all five are reviewed by governors, whatever their own flow for access says.
  expect(namesOf(await search({ roleFilter: 'steward' }, governor))).toHaveLength(5);
  expect(namesOf(await search({ expiration: 'true' }))).toEqual(['Ledger']);
});

test('words are found in names, descriptions, sources and columns, and the reason is told', async () => {
  expect(namesOf(await search({ q: 'ledg' }))).toEqual(['Ledger']);
  const byColumn = await search({ q: 'email' });
  expect(byColumn.body.data).toMatchObject([
    { name: 'Claim events', matches: [{ field: 'column', text: 'claims.claimEvents.customerEmail' }] },
  ]);
  expect(namesOf(await search({ q: 'claim_id' }))[0]).toBe('Claim events');
  expect(namesOf(await search({ q: 'policies' }))[0]).toMatch(/olicies/);
  expect(namesOf(await search({ q: "'); drop table x; -- & | ! :*" }))).toEqual([]);
  expect(namesOf(await search({ q: '&|!' }))).toEqual([]);
});

test('a slip of the keyboard is forgiven', async () => {
  expect(namesOf(await search({ q: 'custmoer' }))).toEqual(['Claim events']);
  expect(namesOf(await search({ q: 'legder' }))).toEqual(['Ledger']);
  expect(namesOf(await search({ q: 'zzzzzzz' }))).toEqual([]);
});

test('facets count what each choice would leave, heeding the other choices', async () => {
  const { facets } = (await search({ facets: 'true' })).body;
  expect(facets?.domain).toMatchObject([
    { label: 'Claims', count: 4 },
    { label: 'Finance', count: 1 },
  ]);
  expect(facets?.technology).toMatchObject([{ value: 'PostgreSQL', count: 5 }]);
  expect(Object.fromEntries(facets?.state.map((f) => [f.value, f.count]) ?? [])).toEqual({
    HAVE: 1,
    AUTO: 1,
    ASK: 1,
    PENDING: 1,
    EXPIRED: 1,
  });
  const chosen = (await search({ facets: 'true', domainId: catalogue.finance })).body;
  expect(chosen.data).toHaveLength(1);
  expect(chosen.facets?.domain).toHaveLength(2);
  expect(chosen.facets?.state).toMatchObject([{ value: 'EXPIRED', count: 1 }]);
  expect(namesOf(await search({ technology: 'Trino' }))).toEqual([]);
});

test('products are found by tags of their sources, of what stands above these and of their columns; a tag finds what is tagged below it', async () => {
  const { db } = server.deps;
  const [email, revenue, off] = [
    await addTag(db, 'PII.Email'),
    await addTag(db, 'Money.Revenue'),
    await addTag(db, 'Off'),
  ];
  const schema = newUuid();
  await sql`insert into data_object (id, connection_id, object_path, name, object_type, platform_id, effective_state)
    values (${schema}, ${catalogue.connectionId}, '{warehouse,finance}', 'finance', 'schema', ${schema}, 'enabled')`.execute(
    db,
  );
  await sql`update data_object set parent_id = ${schema} where object_path = '{warehouse,finance,ledger}'`.execute(db);
  await sql`insert into tag_application (tag_id, data_object_id, column_ordinal, column_name, source, disabled, disabled_at) values
    (${email}, ${catalogue.objects.claims}, 1, 'customerEmail', 'identification', false, null),
    (${revenue}, ${schema}, null, null, 'curated', false, null),
    (${off}, ${catalogue.objects.policies}, null, null, 'identification', true, now())`.execute(db);
  expect(namesOf(await search({ tag: 'PII' }))).toEqual(['Claim events']);
  expect(namesOf(await search({ tag: ['PII.Email', 'Money'] }))).toEqual(['Claim events', 'Ledger']);
  for (const tag of ['PII.E', 'Off', 'Nothing']) expect(namesOf(await search({ tag }))).toEqual([]);
  const { facets, tagFacet } = (await search({ facets: 'true', tagFacet: 'true', tag: 'Money' })).body;
  expect(tagFacet?.map(({ value, count }) => [value, count])).toEqual([
    ['Money', 1],
    ['Money.Revenue', 1],
    ['PII', 1],
    ['PII.Email', 1],
  ]);
  expect(facets?.domain).toMatchObject([{ label: 'Finance', count: 1 }]);
  const place = 'Stoa Connections.PostgreSQL.warehouse.warehouse.finance';
  const sources = await governor.call(listDataSources, { query: { tag: [place] } });
  expect(sources.body.data.map((one) => one.name)).toEqual(['finance.ledger']);
  expect(namesOf(await search({ tag: place }))).toEqual(['Ledger']);
});

test('where products are hidden, only people with a part in one find it, and no correction gives it away', async () => {
  await governor.call(updateApplicationSettings, { body: { showDataProductsToConsumers: false } });
  expect(namesOf(await search({}))).toEqual(['Claim events', 'Ledger', 'Policies 100']);
  expect(namesOf(await search({ q: 'opne' }))).toEqual([]);
  expect(
    (await consumer.call(contract.getDataProductById, { params: { id: ids['Open policies'] ?? '' } })).status,
  ).toBe(404);
  expect(namesOf(await search({}, governor))).toHaveLength(5);
  const manager = await server.person({ username: 'mia' });
  await sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    values (${catalogue.finance}, 'Manage Data Products', 'user', ${manager.globalUserId})`.execute(server.deps.db);
  expect(namesOf(await search({}, manager))).toEqual(['Ledger']);
});

test('a document that a crash left unfinished is made later; until then the product is found by its name', async () => {
  const id = ids['Claim events'];
  const { db } = server.deps;
  await sql`update data_product_search set document = to_tsvector('simple', 'claim events'), is_stale = true where data_product_id = ${id}`.execute(
    db,
  );
  const column = { q: 'customer' };
  const before = namesOf(await search(column));
  expect(namesOf(await search({ q: 'claim events' }))).toContain('Claim events');
  await completeStaleSearch(server.deps);
  expect([before, namesOf(await search(column))]).toEqual([[], ['Claim events']]);
  const { rows } = await sql`select from data_product_search where is_stale`.execute(db);
  expect(rows).toHaveLength(0);
});

test('a product over many sources is found by its name at once, and by its tables a moment later', async () => {
  const { db } = server.deps;
  const tables = Array.from({ length: 201 }, (_, n) => `turbine_${n}`);
  const { dataSourceIds } = await addDataSources(db, { connectionKey: 'many', schema: 'wind', tables });
  await sql`insert into domain_data_source (domain_id, data_source_id)
    select ${catalogue.claims}::uuid, unnest(${dataSourceIds}::int[])`.execute(db);
  await publish('Wind farm', { dataSources: dataSourceIds.map((id) => ({ sourceId: String(id) })) });
  expect(namesOf(await search({ q: 'wind' }, governor))).toEqual(['Wind farm']);
  await expect
    .poll(async () => namesOf(await search({ q: 'turbine' }, governor)), { timeout: 20_000 })
    .toEqual(['Wind farm']);
});
