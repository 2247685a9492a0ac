import * as access from '@stoa/contract/access-request';
import { getAssetById, getAssetByMetadata, getDataProductRequestForms } from '@stoa/contract/asset';
import * as contract from '@stoa/contract/data-product';
import * as use from '@stoa/contract/data-product-use';
import * as forms from '@stoa/contract/request-form';
import { readPublishedDocument } from '@stoa/contract/testing/published-document';
import { readUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { standardFormVersion } from '../request-form/ensure-standard-form.ts';
import { completeStaleSearch } from './search-document.ts';
import { type Catalogue, seedCatalogue } from './seed-catalogue.fixture.ts';

let server: TestServer;
let catalogue: Catalogue;
let manager: TestPerson;
let governor: TestPerson;
let consumer: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  manager = await server.person({ username: 'mia', name: 'Mia Manager' });
  governor = await server.person({ username: 'gus', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'con', name: 'Con Sumer' });
  catalogue = await seedCatalogue(server.deps.db);
  await grant(manager, catalogue.claims);
});
afterAll(() => server.stop());
beforeEach(() => sql`delete from provisioning_key`.execute(server.deps.db));

const grant = (person: TestPerson, domainId: string) =>
  server.deps.db
    .insertInto('domain_permission')
    .values({
      domain_id: domainId,
      permission: 'Manage Data Products',
      principal_type: 'user',
      user_id: person.globalUserId,
    })
    .execute();

let made = 0;
const bodyOf = (over: object = {}) => ({
  name: `Product ${++made}`,
  metadata: null,
  domains: [catalogue.claims],
  dataSources: [{ sourceId: String(catalogue.sources.policies) }],
  ...over,
});
const publish = async (over: object = {}) => {
  const answer = await manager.call(contract.createDataProduct, { body: bodyOf(over) });
  if (answer.status !== 201 || Array.isArray(answer.body)) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};
const approve = async (
  productId: string,
  person: TestPerson,
  over: { status?: string; expiration?: string; type?: string } = {},
) => {
  const id = newCuid();
  await server.deps.db
    .insertInto('access_request')
    .values({
      id,
      type: over.type ?? 'DATA_ACCESS',
      status: over.status ?? 'APPROVED',
      requesting_user: person.globalUserId,
      beneficiary: person.globalUserId,
      data_product_id: productId,
      form_version: standardFormVersion,
      form: JSON.stringify({ formVersion: standardFormVersion, answers: [], agreements: [] }),
      flow: '{}',
      event: JSON.stringify({ type: 'review', params: { stages: [] } }),
      decided_at: (over.status ?? 'APPROVED') === 'PENDING' ? null : new Date(),
      expiration: over.expiration ?? null,
    })
    .execute();
  return id;
};
const keys = async (targetId: string) =>
  (
    await sql<{ cause: string }>`select cause from provisioning_key where target_id = ${targetId} order by id`.execute(
      server.deps.db,
    )
  ).rows.map((row) => row.cause);

test('a manager publishes in their domain; others are told what they lack, and nobody is let in unknown', async () => {
  expect((await server.nobody.call(contract.createDataProduct, { body: bodyOf() })).status).toBe(401);
  const refused = await consumer.call(contract.createDataProduct, { body: bodyOf() });
  expect(refused).toMatchObject({
    status: 403,
    body: { code: 'permission.denied', needs: { permission: 'Manage Data Products' } },
  });
  const elsewhere = await manager.call(contract.createDataProduct, { body: bodyOf({ domains: [catalogue.finance] }) });
  expect(elsewhere.status).toBe(403);
  const product = await publish({ name: 'Claims 2026', description: 'All claims' });
  expect(product).toMatchObject({
    name: 'Claims 2026',
    slug: 'claims-2026',
    status: 'PUBLISHER',
    accessState: 'ASK',
    accessReason: 'Needs 1 approval.',
    technologies: ['PostgreSQL'],
    stats: { dataSourceCount: 1, totalRequestCount: 0 },
    owners: [{ username: 'mia' }],
    metadata: { subjectMatterExpert: { username: 'mia' } },
    dataAccessPolicy: { defaultEvent: { type: 'review' } },
    abilities: { manage: { allowed: true }, changeOwners: { allowed: false } },
  });
  expect(await keys(product.id)).toEqual(['product']);
  const { rows } = await sql<{
    action: string;
  }>`select action from audit_event where targets @> ${JSON.stringify([{ id: product.id }])}::jsonb`.execute(
    server.deps.db,
  );
  expect(rows).toEqual([{ action: 'DataProductCreated' }]);
  for (const id of [product.id, 'claims-2026'])
    expect((await consumer.call(contract.getDataProductById, { params: { id } })).body).toMatchObject({
      id: product.id,
      status: 'NONE',
    });
  expect((await consumer.call(contract.getDataProductById, { params: { id: newUuid() } })).status).toBe(404);
});

test('what cannot be published is refused whole', async () => {
  const cases: [object, number, string][] = [
    [{ dataSources: [] }, 422, 'data_product.no_sources'],
    [{ dataSources: [{ sourceId: '999999' }] }, 422, 'data_product.source_unknown'],
    [{ dataSources: [{ sourceId: String(catalogue.sources.disabled) }] }, 422, 'data_product.source_unknown'],
    [{ dataSources: [{ sourceId: String(catalogue.sources.ledger) }] }, 422, 'data_product.source_out_of_domain'],
    [{ domains: [newUuid()] }, 422, 'data_product.domain_unknown'],
    [{ requestFormId: newUuid() }, 422, 'data_product.form_unknown'],
    [{ metadata: { subjectMatterExpert: { id: newUuid() } } }, 422, 'data_product.person_unknown'],
    [
      { dataAccessReviewFlow: { rules: [], defaultEvent: { type: 'review', params: { stages: [] } } } },
      422,
      'review_flow.invalid',
    ],
    [{ name: 'semi;colon' }, 400, 'request.malformed'],
  ];
  for (const [over, status, code] of cases)
    expect(await manager.call(contract.createDataProduct, { body: bodyOf(over) })).toMatchObject({
      status,
      body: { code },
    });
});

test('a list is published whole or not at all, and names and ids are taken once', async () => {
  const id = newUuid();
  const both = await manager.call(contract.createDataProduct, {
    body: [bodyOf({ id, name: 'Twin one' }), bodyOf({ name: 'Twin two' })],
  });
  expect(both.status).toBe(201);
  expect(both.body).toHaveLength(2);
  const again = await manager.call(contract.createDataProduct, {
    body: [bodyOf({ name: 'Fresh' }), bodyOf({ name: 'twin ONE' })],
  });
  expect(again).toMatchObject({ status: 409, body: { code: 'data_product.name_taken' } });
  expect((await manager.call(contract.getDataProductByName, { params: { name: 'Fresh' } })).status).toBe(404);
  const sameId = await manager.call(contract.createDataProduct, { body: bodyOf({ id }) });
  expect(sameId).toMatchObject({ status: 409, body: { code: 'data_product.id_taken' } });
  const race = await Promise.all(
    [1, 2, 3, 4].map(() => manager.call(contract.createDataProduct, { body: bodyOf({ name: 'Raced' }) })),
  );
  expect(race.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409]);
});

test('the members of former versions of the API are accepted', async () => {
  const flow = { rules: [], defaultEvent: { type: 'approve' as const, params: { comment: 'open data' } } };
  const product = await publish({ dataAccessPolicy: flow, requestFormId: '00000000-0000-4000-8000-000000000001' });
  expect(product.dataAccessPolicy).toMatchObject({ defaultEvent: { type: 'approve' } });
  const seen = await consumer.call(contract.getDataProductById, { params: { id: product.id } });
  expect(seen.body).toMatchObject({ accessState: 'AUTO' });
  const answer = await consumer.call(getDataProductRequestForms, { params: { id: product.id } });
  expect(answer.body.map((form) => [form.name, form.requestType])).toEqual([
    ['Standard Request Form', 'DATA_ACCESS'],
    ['Standard Request Form', 'MASKING_EXCEPTION'],
  ]);
});

test('a name is one name however it is written, also beside one that was stored before names were tidied', async () => {
  const product = await publish({ name: ' Customer\u00a0 360 ' });
  expect(product).toMatchObject({ name: 'Customer 360', slug: 'customer-360' });
  const create = (name: string) => manager.call(contract.createDataProduct, { body: bodyOf({ name }) });
  const taken = { status: 409, body: { code: 'data_product.name_taken', errors: [{ path: 'body.name' }] } };
  for (const name of ['Customer 360', 'customer 360 ', ' Customer 360', 'Customer  360', 'Customer\u2003360'])
    expect(await create(name)).toMatchObject(taken);
  expect((await create('Customer\n360')).status).toBe(400);
  await publish({ name: '\u00e9clair' });
  expect(await create('E\u0301clair')).toMatchObject(taken);
  await publish({ name: 'Fußball ﬁgures' });
  for (const name of ['FUSSBALL figures', 'Ｆußball ﬁgures']) expect(await create(name)).toMatchObject(taken);
  const byName = await consumer.call(contract.getDataProductByName, { params: { name: 'E\u0301CLAIR ' } });
  expect(byName.body).toMatchObject({ name: '\u00e9clair' });
  const old = await publish({ name: 'Formerly' });
  const store = (name: string) =>
    sql`update data_product set name = ${name}, slug = 'old-style' where id = ${old.id}`.execute(server.deps.db);
  await store('Old  style ');
  expect(await create('Old style')).toMatchObject(taken);
  const edit = (name: string) =>
    manager.call(contract.updateDataProduct, { params: { id: old.id }, body: { name, description: 'As it was.' } });
  expect((await edit('Old  style ')).body).toMatchObject({ name: 'Old  style ', description: 'As it was.' });
  expect((await edit('Old style 2')).body).toMatchObject({ name: 'Old style 2' });
  expect(await edit('CUSTOMER 360')).toMatchObject(taken);
});

test('names are found composed or not, whichever way they were stored', async () => {
  const product = await publish({ name: 'Cr\u00e8me br\u00fbl\u00e9e' });
  const decomposed = await publish({ name: 'Decomposed' });
  await sql`update data_product set name = ${'Cre\u0300me fouette\u0301e'} where id = ${decomposed.id}`.execute(
    server.deps.db,
  );
  // What is done for them when such names are there from before.
  await sql`update data_product_search d set is_stale = true from data_product p
    where p.id = d.data_product_id and p.name is not nfkc normalized`.execute(server.deps.db);
  await completeStaleSearch(server.deps);
  for (const word of ['cr\u00e8me', 'cre\u0300me'])
    for (const query of [{ q: word }, { nameFilter: word }]) {
      const { body } = await consumer.call(contract.searchDataProducts, { query });
      expect(body.data.map(({ id }) => id).toSorted()).toEqual([product.id, decomposed.id].toSorted());
    }
});

test('of a list that is refused, the product in the way is told by its place and its name', async () => {
  const before = (await consumer.call(contract.searchDataProducts, { query: {} })).body.meta.totalCount ?? 0;
  const list = (at: number, over: object) =>
    manager.call(contract.createDataProduct, {
      body: Array.from({ length: 5 }, (_, n) => bodyOf({ name: `Listed ${n}`, ...(n === at ? over : {}) })),
    });
  expect(await list(3, { name: 'listed 1' })).toMatchObject({
    status: 409,
    body: {
      code: 'data_product.name_taken',
      detail: expect.stringContaining('Product 4 of 5, "listed 1"'),
      index: 3,
      name: 'listed 1',
      errors: [{ path: 'body.3.name' }],
    },
  });
  expect(await list(2, { dataSources: [] })).toMatchObject({
    status: 422,
    body: { code: 'data_product.no_sources', index: 2, name: 'Listed 2', errors: [{ path: 'body.2.dataSources' }] },
  });
  const { id } = await publish();
  expect(await list(4, { id })).toMatchObject({
    status: 409,
    body: { code: 'data_product.id_taken', index: 4, name: 'Listed 4', errors: [{ path: 'body.4' }] },
  });
  const after = (await consumer.call(contract.searchDataProducts, { query: {} })).body.meta.totalCount;
  expect(after).toBe(before + 1);
});

test('a renamed product is found by its former name and slug, and names freed by it can be taken', async () => {
  const product = await publish({ name: 'Old name' });
  const renamed = await manager.call(contract.updateDataProduct, {
    params: { id: product.id },
    body: { name: 'New name' },
  });
  expect(renamed.body).toMatchObject({ name: 'New name', slug: 'new-name' });
  for (const name of ['Old name', 'New name'])
    expect((await consumer.call(contract.getDataProductByName, { params: { name } })).body).toMatchObject({
      id: product.id,
    });
  expect((await consumer.call(contract.getDataProductById, { params: { id: 'old-name' } })).body).toMatchObject({
    id: product.id,
  });
  const heir = await publish({ name: 'Old name' });
  expect((await consumer.call(contract.getDataProductByName, { params: { name: 'Old name' } })).body).toMatchObject({
    id: heir.id,
  });
});

test('a steward changes description and metadata alone; an owner more; a governor the owners', async () => {
  const steward = await server.person({ username: 'sue' });
  const flow = {
    rules: [],
    defaultEvent: {
      type: 'review' as const,
      params: { stages: [{ any: [{ type: 'USER' as const, id: steward.globalUserId }] }] },
    },
  };
  const product = await publish({ dataAccessReviewFlow: flow });
  const params = { id: product.id };
  const edit = (person: TestPerson, body: contract.UpdateDataProductBody) =>
    person.call(contract.updateDataProduct, { params, body });
  expect((await edit(steward, { description: 'by its steward' })).body).toMatchObject({
    description: 'by its steward',
  });
  expect(await edit(steward, { suspended: true })).toMatchObject({
    status: 403,
    body: { code: 'data_product.field_forbidden' },
  });
  expect((await edit(consumer, { description: 'x' })).status).toBe(403);
  const second = await server.person({ username: 'max' });
  await grant(second, catalogue.claims);
  expect((await edit(second, { description: 'by a manager' })).status).toBe(200);
  const open = { rules: [], defaultEvent: { type: 'approve' as const, params: { comment: 'open' } } };
  expect(await edit(second, { dataAccessReviewFlow: open })).toMatchObject({
    status: 403,
    body: { code: 'data_product.field_forbidden' },
  });
  expect(await edit(manager, { owners: [second.globalUserId] })).toMatchObject({ status: 403 });
  expect((await edit(governor, { owners: [second.globalUserId] })).body).toMatchObject({
    owners: [{ username: 'max' }],
  });
  expect((await edit(second, { dataAccessReviewFlow: open })).status).toBe(200);
});

test('suspending and resuming knock on the door of the reconciler, and a repeat does nothing', async () => {
  const product = await publish();
  await approve(product.id, consumer);
  const params = { id: product.id };
  for (const suspended of [true, true, false])
    await manager.call(contract.updateDataProduct, { params, body: { suspended } });
  expect(await keys(product.id)).toEqual(['product', 'suspension', 'suspension']);
  await manager.call(contract.updateDataProduct, { params, body: { suspended: true } });
  const seen = await consumer.call(contract.getDataProductById, { params });
  expect(seen.body).toMatchObject({ suspended: true, accessState: 'BLOCKED', status: 'APPROVED' });
});

test('deleting cancels what waits, revokes what holds, keeps the history and frees the name', async () => {
  const product = await publish({ name: 'Doomed' });
  const other = await server.person({ username: 'pen' });
  const approved = await approve(product.id, consumer);
  const pending = await approve(product.id, other, { status: 'PENDING' });
  expect((await consumer.call(contract.deleteDataProduct, { params: { id: product.id } })).status).toBe(403);
  const both = await Promise.all(
    [1, 2].map(() => manager.call(contract.deleteDataProduct, { params: { id: product.id } })),
  );
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 404]);
  const { rows } = await sql<{ id: string; status: string }>`
    select id, status from access_request where data_product_id = ${product.id}`.execute(server.deps.db);
  expect(Object.fromEntries(rows.map((row) => [row.id, row.status]))).toEqual({
    [approved]: 'REVOKED',
    [pending]: 'CANCELED',
  });
  expect(await keys(product.id)).toEqual(['product', 'deletion']);
  expect((await consumer.call(contract.getDataProductById, { params: { id: product.id } })).status).toBe(404);
  expect((await publish({ name: 'Doomed' })).slug).toBe('doomed');
});

test('sources are replaced as a set; new ones must lie in the domains, and a preview says who gains and loses', async () => {
  const { policies, claims } = catalogue.sources;
  const product = await publish({ dataSources: [{ sourceId: String(policies) }] });
  const covering = await publish({ dataSources: [{ sourceId: String(claims) }] });
  await approve(product.id, consumer);
  const covered = await server.person({ username: 'cov', name: 'Cov Ered' });
  await approve(product.id, covered);
  await approve(covering.id, covered);
  const params = { id: product.id };
  const dataSources = [{ sourceId: String(claims) }];
  const preview = await manager.call(use.previewDataProduct, { body: { dataProductId: product.id, dataSources } });
  expect(preview.body).toMatchObject({
    gains: { count: 1, people: [{ username: 'con', reason: 'gains 1 data source' }] },
    loses: { count: 2 },
    connections: [{ connectionKey: 'warehouse', objects: 1 }],
  });
  expect(preview.body.sources.map((s) => s.change).sort()).toEqual(['added', 'removed']);
  expect(
    (await consumer.call(use.previewDataProduct, { body: { dataProductId: product.id, dataSources } })).status,
  ).toBe(403);
  expect((await consumer.call(contract.getAllDataSources, { params })).body).toEqual({
    dataSources: [{ sourceId: String(policies) }],
  });
  const refused = await manager.call(contract.updateDataSources, {
    params,
    body: { dataSources: [{ sourceId: String(catalogue.sources.ledger) }] },
  });
  expect(refused).toMatchObject({ status: 422, body: { code: 'data_product.source_out_of_domain' } });
  expect((await consumer.call(contract.updateDataSources, { params, body: { dataSources } })).status).toBe(403);
  expect((await manager.call(contract.updateDataSources, { params, body: { dataSources } })).body).toMatchObject({
    sourceCount: 1,
  });
  expect(await keys(product.id)).toEqual(['product', 'product']);
  const listed = await consumer.call(contract.searchDataSources, { params });
  expect(listed.body.data).toMatchObject([
    { sourceId: String(claims), status: 'SUBSCRIBED', objectPath: ['warehouse', 'claims', 'claimEvents'] },
  ]);
});

test('members and sources of one edit hold together or not at all', async () => {
  const steward = await server.person({ username: 'ste' });
  const stages = [{ any: [{ type: 'USER' as const, id: steward.globalUserId }] }];
  const flow = { rules: [], defaultEvent: { type: 'review' as const, params: { stages } } };
  const product = await publish({ dataAccessReviewFlow: flow });
  const params = { id: product.id };
  const { policies, ledger } = catalogue.sources;
  const edit = (person: TestPerson, body: contract.UpdateDataProductBody) =>
    person.call(contract.updateDataProduct, { params, body });
  const refs = (...ids: number[]) => ids.map((id) => ({ sourceId: String(id) }));
  await sql`delete from provisioning_key`.execute(server.deps.db);

  const refused = await edit(manager, { description: 'half', dataSources: refs(policies, ledger) });
  expect(refused).toMatchObject({ status: 422, body: { code: 'data_product.source_out_of_domain' } });
  expect((await edit(manager, { description: 'half', dataSources: [] })).status).toBe(422);
  expect((await edit(steward, { description: 'half', dataSources: refs(ledger) })).status).toBe(403);
  expect((await edit(steward, { description: 'whole', dataSources: refs(policies) })).status).toBe(200);
  expect((await consumer.call(contract.getDataProductById, { params })).body).toMatchObject({ description: 'whole' });
  expect(await keys(product.id)).toEqual([]);

  // A source of a domain that the product gets by the same edit.
  await grant(manager, catalogue.finance);
  const moved = { domains: [catalogue.finance], dataSources: refs(ledger) };
  expect(await edit(manager, moved)).toMatchObject({ status: 200, body: { sourceCount: 1, sourcesOutOfDomain: 0 } });
  expect((await edit(manager, moved)).status).toBe(200);
  expect((await manager.call(contract.getAllDataSources, { params })).body).toEqual({ dataSources: refs(ledger) });
  expect(await keys(product.id)).toEqual(['product']);
});

test('sources tell the access of the caller, or of another person to those who may know', async () => {
  const product = await publish();
  await approve(product.id, consumer);
  const params = { id: product.id };
  expect((await manager.call(contract.searchDataSources, { params })).body.data).toMatchObject([{ status: 'NONE' }]);
  const query = { user: consumer.globalUserId };
  expect((await manager.call(contract.searchDataSources, { params, query })).body.data).toMatchObject([
    { status: 'SUBSCRIBED' },
  ]);
  const nosy = await server.person({ username: 'nosy' });
  expect((await nosy.call(contract.searchDataSources, { params, query })).status).toBe(403);
});

test('members are those whose access holds, and their reasons are for the readers of a request', async () => {
  const product = await publish();
  const ended = await server.person({ username: 'ned' });
  await approve(product.id, consumer);
  await approve(product.id, ended, { expiration: '2020-01-01T00:00:00Z' });
  const answer = await manager.call(access.searchDataProductMembers, { params: { id: product.id } });
  expect(answer.body).toMatchObject({
    data: [{ user: { username: 'con' }, form: {} }],
    meta: { totalCount: 1, pageCount: 1 },
  });
  const seen = await ended.call(access.searchDataProductMembers, { params: { id: product.id } });
  expect(seen.body.data[0]).not.toHaveProperty('form');
  expect(seen.body.data[0]).not.toHaveProperty('grantedDuration');
  const none = await manager.call(access.searchDataProductMembers, {
    params: { id: product.id },
    query: { searchText: '%' },
  });
  expect(none.body.meta.totalCount).toBe(0);
});

test('a masking exception makes nobody a member, counts as no access, and moves no product among those with members', async () => {
  const [first, second] = [await publish({ name: 'One member' }), await publish({ name: 'Exceptions alone' })];
  const excepted = await server.person({ username: 'exa' });
  await approve(first.id, consumer);
  await approve(second.id, excepted, { type: 'MASKING_EXCEPTION' });
  await approve(second.id, consumer, { type: 'MASKING_EXCEPTION' });
  for (const query of [{}, { status: ['APPROVED' as const] }, { type: ['MASKING_EXCEPTION' as const] }]) {
    const { body } = await manager.call(access.searchDataProductMembers, { params: { id: second.id }, query });
    expect(body.meta.totalCount).toBe(0);
  }
  const { body: seen } = await manager.call(contract.getDataProductById, { params: { id: second.id } });
  expect(seen.memberCount).toBe(0);
  const { body: sorted } = await manager.call(contract.searchDataProducts, {
    query: { sortBy: 'members', sortOrder: 'desc', limit: 50 },
  });
  const ids = sorted.data.map((product) => product.id);
  expect(ids.indexOf(first.id)).toBeLessThan(ids.indexOf(second.id));
  const admin = await server.person({ username: 'una', permissions: ['USER_ADMIN'] });
  const params = { globalUserId: excepted.globalUserId };
  expect((await admin.call(readUser, { params })).body.liveAccessCount).toBe(0);
});

test('columns, use and activity of a product are read', async () => {
  const product = await publish({ dataSources: [{ sourceId: String(catalogue.sources.claims) }] });
  await approve(product.id, consumer);
  const params = { id: product.id };
  const columns = await consumer.call(use.searchDataProductColumns, { params, query: { searchText: 'email' } });
  expect(columns.body).toMatchObject({ data: [{ name: 'customerEmail', tags: [] }], meta: { totalCount: 1 } });
  const how = await consumer.call(use.getDataProductUse, { params });
  expect(how.body.connections).toMatchObject([
    {
      command: "psql 'host=db.example port=5432 dbname=warehouse sslmode=disable'",
      objects: [{ sampleSql: 'select * from claims."claimEvents" limit 10;' }],
    },
  ]);
  const asManager = await manager.call(use.listDataProductActivity, { params, query: { limit: 1 } });
  expect(asManager.body.data).toMatchObject([{ action: 'AccessRequested' }]);
  const rest = await manager.call(use.listDataProductActivity, {
    params,
    query: { nextToken: asManager.body.meta.nextToken ?? '' },
  });
  expect(rest.body.data).toMatchObject([{ action: 'DataProductCreated', text: 'Mia Manager published it' }]);
  const asConsumer = await consumer.call(use.listDataProductActivity, { params });
  expect(asConsumer.body.data.map((event) => event.action)).toEqual(['DataProductCreated']);
});

test('the forms are listed, with the standard one that nobody may change', async () => {
  const listed = await consumer.call(forms.searchRequestForms);
  expect(listed.body).toMatchObject({
    data: [
      { name: 'Standard Request Form', standard: true, associatedDomains: [], abilities: { edit: { allowed: false } } },
    ],
    meta: { totalCount: 1 },
  });
  const id = listed.body.data[0]?.id ?? '';
  expect((await consumer.call(forms.getRequestFormById, { params: { id } })).body.fields).toMatchObject([
    { type: 'SHORT_ANSWER', required: true },
  ]);
  expect((await consumer.call(forms.getRequestFormById, { params: { id: newUuid() } })).status).toBe(404);
  expect((await server.nobody.call(forms.searchRequestForms)).status).toBe(401);
});

const published = readPublishedDocument();
test.skipIf(published === undefined)('the answers fit the published document', async () => {
  const product = await publish({ description: 'in the published words' });
  await approve(product.id, consumer);
  const params = { id: product.id };
  const answers: [string, Promise<{ status: number; body: unknown }>][] = [
    ['searchDataProducts', consumer.call(contract.searchDataProducts, { query: { limit: 100 } })],
    ['getDataProductById', consumer.call(contract.getDataProductById, { params })],
    ['getDataProductByName', consumer.call(contract.getDataProductByName, { params: { name: product.name } })],
    ['updateDataProduct', manager.call(contract.updateDataProduct, { params, body: { description: 'b' } })],
    [
      'updateDataSources',
      manager.call(contract.updateDataSources, {
        params,
        body: { dataSources: [{ sourceId: String(catalogue.sources.claims) }] },
      }),
    ],
    ['searchDataSources', consumer.call(contract.searchDataSources, { params })],
    ['getAllDataSources', consumer.call(contract.getAllDataSources, { params })],
    ['searchDataProductMembers', manager.call(access.searchDataProductMembers, { params })],
    ['getRequestForms', consumer.call(getDataProductRequestForms, { params })],
    ['searchDataProductColumns', consumer.call(use.searchDataProductColumns, { params })],
    ['searchRequestForms', consumer.call(forms.searchRequestForms)],
    ['getAssetById', consumer.call(getAssetById, { params })],
    ['getAssetById', consumer.call(getAssetById, { params: { id: catalogue.objects.claims } })],
    ['getAssetByMetadata', consumer.call(getAssetByMetadata, { query: { fullyQualifiedName: 'a.b.c' } })],
    ['createDataProduct', manager.call(contract.createDataProduct, { body: bodyOf() })],
  ];
  for (const [operationId, answering] of answers) {
    const answer = await answering;
    const schema = published?.operations
      .find((o) => o.operationId === operationId)
      ?.responses.get(String(answer.status));
    expect(schema, operationId).toBeDefined();
    expect(schema === undefined ? [] : published?.checkerOf(schema)(answer.body), operationId).toEqual([]);
  }
});
