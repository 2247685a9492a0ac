import { createDataProduct, deleteDataProduct, updateDataProduct } from '@stoa/contract/data-product';
import {
  deleteProductDraft,
  listProductDrafts,
  type ProductDraft,
  productDraftsAtMost,
  readProductDraft,
  saveProductDraft,
} from '@stoa/contract/product-draft';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { type Catalogue, seedCatalogue } from '../data-product/seed-catalogue.fixture.ts';
import { forgetOldProductDrafts } from './drafts.ts';
import { writtenProduct } from './written-product.fixture.ts';

let server: TestServer;
let catalogue: Catalogue;
let manager: TestPerson;
let other: TestPerson;
let consumer: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  manager = await server.person({ username: 'manager' });
  other = await server.person({ username: 'other' });
  consumer = await server.person({ username: 'consumer' });
  catalogue = await seedCatalogue(server.deps.db);
  for (const person of [manager, other]) await grant(person);
});
afterAll(() => server.stop());

const grant = ({ globalUserId }: TestPerson) =>
  sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    values (${catalogue.claims}, 'Manage Data Products', 'user', ${globalUserId})`.execute(server.deps.db);
const lose = ({ globalUserId }: TestPerson) =>
  sql`delete from domain_permission where user_id = ${globalUserId}`.execute(server.deps.db);

const save = (who: TestPerson, id: string, body: ProductDraft) => who.call(saveProductDraft, { params: { id }, body });
const read = async (who: TestPerson, id: string) => (await who.call(readProductDraft, { params: { id } })).body;
const namesOf = async (who: TestPerson, q?: string) =>
  (await who.call(listProductDrafts, { query: q === undefined ? {} : { q } })).body.data.map((one) => one.name);
const bodyOf = (over: object = {}) => ({
  name: `Product ${newUuid()}`,
  metadata: null,
  domains: [catalogue.claims],
  dataSources: [{ sourceId: String(catalogue.sources.policies) }],
  ...over,
});
const publish = async (over: object = {}) => {
  const answer = await manager.call(createDataProduct, { body: bodyOf(over) });
  if (answer.status !== 201 || Array.isArray(answer.body)) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};
const changeOf = (product: { name: string; updatedAt: string }, name: string): ProductDraft => ({
  ...writtenProduct({ name }),
  begun: { from: writtenProduct({ name: product.name }).writing, updatedAt: product.updatedAt },
});

test('a draft comes back as it was written, whatever is in it, and to its author alone', async () => {
  const id = newUuid();
  const half = { rules: [], defaultEvent: { type: 'review', params: { stages: [{ any: [] }] } } };
  const draft = writtenProduct({
    name: 'Für "Berichte" 🙂',
    description: '<b>mehr</b>\n',
    domains: [newUuid()],
    dataSources: ['7'],
    asking: { DATA_ACCESS: { formId: newUuid(), flow: half }, MASKING_EXCEPTION: { formId: null, flow: null } },
  });
  const saved = await save(manager, id, draft);
  expect(saved).toMatchObject({ status: 200, body: { draft, product: null } });
  expect(await read(manager, id)).toEqual(saved.body);
  expect(await read(other, id)).toEqual({ draft: null, savedAt: null, keptUntil: null, product: null });
  expect(await namesOf(manager, 'BERICHTE')).toEqual(['Für "Berichte" 🙂']);
  expect(await namesOf(manager, 'something else')).toEqual([]);
  expect(await namesOf(other)).toEqual([]);
  expect((await other.call(deleteProductDraft, { params: { id } })).status).toBe(404);
  expect((await server.nobody.call(readProductDraft, { params: { id } })).status).toBe(401);
  expect((await manager.call(deleteProductDraft, { params: { id } })).status).toBe(204);
  expect((await manager.call(deleteProductDraft, { params: { id } })).status).toBe(404);
  expect(await namesOf(manager)).toEqual([]);
});

test('publishing ends the draft of that id in the same act, and a save that comes late does not bring it back', async () => {
  const id = newUuid();
  await save(manager, id, writtenProduct({ name: 'Soon' }));
  await save(other, id, writtenProduct({ name: "Somebody else's" }));
  const refused = await manager.call(createDataProduct, { body: bodyOf({ id, domains: [newUuid()] }) });
  expect(refused.status).toBe(422);
  expect(await namesOf(manager)).toEqual(['Soon']);
  await publish({ id });
  expect(await namesOf(manager)).toEqual([]);
  expect(await namesOf(other)).toEqual(["Somebody else's"]);
  expect(await save(manager, id, writtenProduct())).toMatchObject({
    status: 409,
    body: { code: 'product_draft.published' },
  });
  await other.call(deleteProductDraft, { params: { id } });
});

test('who may publish nowhere saves none; what was written before stays readable, and is refused at publishing', async () => {
  const id = newUuid();
  expect((await save(consumer, id, writtenProduct())).status).toBe(403);
  await grant(consumer);
  await save(consumer, id, writtenProduct({ name: 'Left over' }));
  await lose(consumer);
  expect(await save(consumer, id, writtenProduct())).toMatchObject({ status: 403 });
  expect((await read(consumer, id)).draft?.writing.name).toBe('Left over');
  const published = await consumer.call(createDataProduct, { body: bodyOf({ id }) });
  expect(published).toMatchObject({ status: 403, body: { detail: expect.stringContaining('Manage Data Products') } });
  expect(await namesOf(consumer)).toEqual(['Left over']);
  expect((await consumer.call(deleteProductDraft, { params: { id } })).status).toBe(204);
});

test('the draft of a change tells how its product stands, and is for those who may change it', async () => {
  const product = await publish();
  const draft = changeOf(product, 'A better name');
  expect((await save(manager, product.id, draft)).body).toMatchObject({ draft, product: 'SAME' });
  expect((await save(consumer, product.id, draft)).status).toBe(403);
  expect((await save(manager, newUuid(), draft)).status).toBe(404);
  await other.call(updateDataProduct, { params: { id: product.id }, body: { description: 'changed meanwhile' } });
  expect(await read(manager, product.id)).toMatchObject({ draft, product: 'CHANGED' });
  await manager.call(deleteDataProduct, { params: { id: product.id } });
  const { body } = await manager.call(listProductDrafts, { query: {} });
  expect(body.data).toMatchObject([{ id: product.id, name: 'A better name', product: 'GONE' }]);
  expect((await manager.call(deleteProductDraft, { params: { id: product.id } })).status).toBe(204);
});

test('of two windows that write on, the second one is told; who names what a save answered goes on', async () => {
  const id = newUuid();
  const path = `/api/product-draft/${id}`;
  const before = await manager.send('GET', path);
  const tag = before.headers.get('etag') ?? '';
  const put = (name: string, named: string) =>
    manager.send('PUT', path, writtenProduct({ name }), { 'if-match': named });
  const first = await put('one', tag);
  expect(first.status).toBe(200);
  expect(await put('two', tag)).toMatchObject({ status: 412, body: { code: 'precondition.failed' } });
  expect((await read(manager, id)).draft?.writing.name).toBe('one');
  const next = await put('one more', first.headers.get('etag') ?? '');
  expect(next.status).toBe(200);
  const again = await manager.send('GET', path);
  expect(again.headers.get('etag')).toBe(next.headers.get('etag'));
  const both = await Promise.all(['three', 'four'].map((name) => put(name, next.headers.get('etag') ?? '')));
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  await manager.call(deleteProductDraft, { params: { id } });
});

test('a draft that is too large, or one too many, is refused, and nothing of the others is lost', async () => {
  const id = newUuid();
  const big = writtenProduct({ dataSources: Array.from({ length: 30_000 }, (_, n) => String(n + 1)) });
  expect(await save(manager, id, big)).toMatchObject({ status: 413, body: { code: 'product_draft.too_large' } });
  const ids = Array.from({ length: productDraftsAtMost }, () => newUuid());
  await sql`insert into product_draft (global_user_id, id, name, content)
    select ${other.globalUserId}, i, 'one of many', ${JSON.stringify(writtenProduct())}::jsonb from unnest(${ids}::uuid[]) i`.execute(
    server.deps.db,
  );
  expect(await save(other, id, writtenProduct())).toMatchObject({
    status: 409,
    body: { code: 'product_draft.too_many' },
  });
  expect((await save(other, ids[0] ?? '', writtenProduct({ name: 'written on' }))).status).toBe(200);
  expect((await namesOf(other)).length).toBe(productDraftsAtMost);
  expect((await namesOf(other))[0]).toBe('written on');
  expect((await save(manager, id, writtenProduct())).status).toBe(200);
  await manager.call(deleteProductDraft, { params: { id } });
});

test('after 90 days it is neither shown nor kept', async () => {
  const id = newUuid();
  await save(manager, id, writtenProduct({ name: 'old' }));
  await sql`update product_draft set saved_at = now() - interval '90 days' where id = ${id}`.execute(server.deps.db);
  expect((await read(manager, id)).draft).toBeNull();
  expect(await namesOf(manager)).toEqual([]);
  await forgetOldProductDrafts(server.deps.db);
  const { rows } = await sql`select from product_draft where id = ${id}`.execute(server.deps.db);
  expect(rows).toHaveLength(0);
});
